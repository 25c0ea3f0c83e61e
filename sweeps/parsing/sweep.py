"""A document becomes a sweep: `parse` reads plain data (see `sweeps.reading.documents`) into a frozen `SweepSpec`.

Called by the API. Every part has its own parser, which goes on after a fault, so that the answer names all of them;
the grid is counted, never expanded.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.hyperparameters import HYPERPARAMETERS
from sweeps.early_termination.policy import Policy
from sweeps.errors import Fault, InvalidSweep
from sweeps.parsing.advice import advise
from sweeps.parsing.combinations import Datasets, check_combinations
from sweeps.parsing.counting import cap_of_search, check_pairs, check_size, configurations_of
from sweeps.parsing.early_termination import check_rule, rule
from sweeps.parsing.findings import Findings, shown
from sweeps.parsing.memory import check_jobs, check_memory
from sweeps.parsing.metric_section import metric
from sweeps.parsing.options import options
from sweeps.parsing.pairs import Pairs
from sweeps.parsing.parameters import Parameters, parameters
from sweeps.parsing.reuse_option import reuse
from sweeps.parsing.schema import BacksweepSection
from sweeps.parsing.schema_early_termination import MOST
from sweeps.parsing.search_options import search_of, second_metric
from sweeps.parsing.sections import whole
from sweeps.parsing.structure import structure
from sweeps.parsing.top_level import check_keys, method, title
from sweeps.random_search import check_draws
from sweeps.spec import SweepSpec


def parse(document: object, datasets: Datasets, max_trials: int) -> SweepSpec:
    """The sweep that the document describes; `datasets` by name, `max_trials` the largest sweep accepted.

    Raises `InvalidSweep` with every fault.
    """
    if not isinstance(document, dict):
        raise InvalidSweep([Fault("", f"must be an object with the keys of a sweep, not {shown(document)}")])
    findings = Findings()
    spec = _spec(document, datasets, max_trials, findings)
    findings.refuse()
    check_draws(spec, findings)
    findings.refuse()
    return spec


def _spec(document: Mapping[str, object], datasets: Datasets, max_trials: int, findings: Findings) -> SweepSpec:
    check_keys(document, findings)
    name = title("name", "sweep", document, findings)
    project = title("project", "backsweep", document, findings)
    chosen_by = method(document, findings)
    judged_by = metric(document, findings)
    given = parameters(document, chosen_by, findings)
    chosen = options(document, findings)
    stopping = _early_termination(document, given, chosen, findings)
    search = search_of(chosen_by, chosen, findings)
    second = second_metric(document, search, judged_by, findings)
    cap = _run_cap(document, findings)
    built = structure(chosen, given, findings)
    check_memory(given, datasets, chosen.validation_fraction, findings)
    cap = cap_of_search(chosen_by, cap, findings)
    space = built.space(given)
    if check_pairs(space, findings):
        pairs = Pairs(given, built)
        check_combinations(pairs, [one.name for one in (judged_by, second) if one is not None], datasets, findings)
        advise(pairs, datasets, chosen.validation_fraction, findings)
    count = configurations_of(space, chosen_by, cap, findings)
    check_size(count, chosen.replicates, max_trials, findings)
    check_jobs(given, space, count, chosen, datasets, findings)
    return SweepSpec(
        name=name,
        project=project,
        method=chosen_by,
        metric=judged_by,
        parameters={key: parameter.values for key, parameter in given.items() if parameter.drawn is None},
        replicates=chosen.replicates,
        seed=chosen.seed,
        validation_fraction=chosen.validation_fraction,
        targets=tuple(chosen.targets),
        trials_per_job=chosen.trials_per_job,
        seconds_per_job=chosen.seconds_per_job,
        notes=tuple(findings.notes),
        run_cap=cap,
        drawn={key: parameter.drawn.distribution for key, parameter in given.items() if parameter.drawn is not None},
        space=space,
        roles=built.roles,
        reuse=reuse(document, chosen_by, judged_by, chosen, findings),
        early_termination=stopping,
        search=search,
        second_metric=second,
    )


def _early_termination(
    document: Mapping[str, object], given: Parameters, chosen: BacksweepSection, findings: Findings
) -> Policy | None:
    found = rule(document, findings)
    lengths = given["epochs"].values if "epochs" in given else (HYPERPARAMETERS["epochs"].default,)
    check_rule(found, [value for value in lengths if isinstance(value, int)], chosen.replicates, findings)
    return None if found is None else Policy(found, chosen.seed, chosen.audit)


def _run_cap(document: Mapping[str, object], findings: Findings) -> int | None:
    cap = whole(document.get("run_cap"))
    if cap is None:
        return None
    if isinstance(cap, bool) or not isinstance(cap, int) or not 1 <= cap <= MOST:
        findings.fault(("run_cap",), f"must be a whole number from 1 to {MOST}, not {shown(cap)}")
        return None
    return cap
