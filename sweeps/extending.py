"""A sweep that has run is asked for more: more epochs, replicates, configurations or values. Pure; called by the API.

`extended_document` merges the wish into the document the sweep was made from; `missing` says what of the larger sweep
is not there yet. Refuses what would make the trained curves wrong: less than there is, and more epochs under a
schedule that spans all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from engine.hyperparameters import HYPERPARAMETERS, Configuration
from engine.trials import Trial
from sweeps.jobs import jobs_of
from sweeps.parsing.findings import Findings, nearest, shown
from sweeps.parsing.nesting import leaves
from sweeps.parsing.parameter_forms import given
from sweeps.parsing.schema_early_termination import MOST
from sweeps.parsing.sections import section
from sweeps.plan import PlannedJob, PlannedTrial
from sweeps.planning import searched
from sweeps.seeds import data_seed, init_seed
from sweeps.spec import SweepSpec

if TYPE_CHECKING:
    from engine.data.catalog import DatasetFacts

SPANNING_SCHEDULES = ("cosine",)  # their course depends on the last epoch, from the first update on


class Extension(BaseModel):
    """What is wished beyond what the sweep has; everything is optional, something must be given."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Extension")

    epochs: int | None = Field(
        default=None, ge=1, le=MOST, description="last epoch of every trial; trained on from its last"
    )
    replicates: int | None = Field(
        default=None, ge=1, le=MOST, description="trainings of each configuration, old ones counted"
    )
    run_cap: int | None = Field(default=None, ge=1, le=MOST, description="most configurations, old ones counted")
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description="parameter -> more values for it",
        examples=[{"learning_rate": [5.0, 20.0]}],
    )
    dropped: bool = Field(
        default=False, description="train too what was dropped when the sweep was stopped or reached its target"
    )

    @property
    def begins_more(self) -> bool:
        """Whether it asks for configurations beside those that were trained: then a search that was stopped goes on."""
        return self.run_cap is not None or bool(self.parameters) or self.dropped


@dataclass(frozen=True)
class Missing:
    """What the larger sweep lacks. `configurations` are numbered on from those there are; `jobs` train new trials.

    `longer`: the epochs that every trained trial is to go on to, or None.
    `searching`: whether an adaptive search has configurations to propose still.
    """

    configurations: tuple[Configuration, ...]
    jobs: tuple[PlannedJob, ...]
    longer: int | None
    searching: bool = False


def extended_document(document: Mapping[str, Any], wish: object) -> tuple[dict[str, Any], Extension]:
    """The document of the larger sweep, and the wish as it was read; raises `InvalidSweep` with paths into the wish."""
    findings = Findings()
    wished = section(Extension, wish, (), findings)
    whole = deepcopy(dict(document)) if wished.epochs is None else with_epochs(document, wished.epochs)
    whole["parameters"] = whole.get("parameters") or {}
    if wished.replicates is not None:
        whole["backsweep"] = {**(whole.get("backsweep") or {}), "replicates": wished.replicates}
    if wished.run_cap is not None:
        whole["run_cap"] = wished.run_cap
    for name, _, more, path in leaves(_grouped(wished.parameters), findings):
        _add_values(whole, name, more, path, findings)
    if not findings.faults and wished == Extension():
        findings.fault((), "asks for nothing; give epochs, replicates, run_cap, parameters or dropped")
    findings.refuse()
    return whole, wished


def with_epochs(document: Mapping[str, Any], epochs: int) -> dict[str, Any]:
    """The document with so many epochs for every trial."""
    whole = deepcopy(dict(document))
    whole["parameters"] = whole.get("parameters") or {}
    _set(whole, "epochs", {"value": epochs})
    return whole


def refusal(spec: SweepSpec, wished: Extension, stored: Sequence[Configuration], replicates: int) -> str | None:
    """Why the sweep cannot become the larger one, as a sentence, or None. `replicates`: those it has."""
    lengths = {one.epochs for one in stored}
    if spec.adaptive and wished.parameters:
        return "its search chooses the values itself; raise run_cap for more configurations"
    if spec.replicates < replicates:
        return f"it has {replicates} replicates, more than the {spec.replicates} asked for"
    capped = _beyond_cap(spec, wished, stored)
    if capped is not None:
        return capped
    if wished.epochs is None:
        return None
    if len(lengths) > 1:
        return f"its epochs are swept ({', '.join(map(str, sorted(lengths)))}), so there is no one length to go on from"
    if wished.epochs < max(lengths, default=0):
        return f"its trials have {max(lengths)} epochs, more than the {wished.epochs} asked for"
    spanning = sorted({one.schedule for one in stored if one.schedule in SPANNING_SCHEDULES})
    if spanning and wished.epochs not in lengths:
        return (
            f"its {spanning[0]} schedule spans all epochs, so {wished.epochs} epochs are another training "
            "from the first update on; submit them as a sweep of their own"
        )
    return None


def _beyond_cap(spec: SweepSpec, wished: Extension, stored: Sequence[Configuration]) -> str | None:
    """Why there is no room for the configurations that are wished, or None."""
    if spec.run_cap is None:
        return None
    if wished.run_cap is not None and wished.run_cap < len(stored):
        return f"it has {len(stored):,} configurations, more than the run_cap of {wished.run_cap:,} asked for"
    asked = {name for name, *_ in leaves(_grouped(wished.parameters), Findings())}
    new = any(set(spec.parameters.get(name, ())) - {getattr(one, name) for one in stored} for name in asked)
    if new and len(stored) >= spec.run_cap:
        return f"it has the {len(stored):,} configurations of its run_cap; raise run_cap as well"
    return None


def missing(
    spec: SweepSpec,
    stored: Sequence[Configuration],
    replicates: int,
    trial_count: int,
    job_count: int,
    datasets: Mapping[str, DatasetFacts],
    workers: int = 2,
) -> Missing:
    """What is to be trained: `spec` is that of the larger sweep, `stored` its configurations by number."""
    wanted = _proposed_already(spec, stored) if spec.adaptive else searched(spec)[0]
    lengths = {one.epochs for one in wanted}
    longer = max(lengths) if len(lengths) == 1 and any(one.epochs < max(lengths) for one in stored) else None
    there = [one if longer is None else replace(one, epochs=longer) for one in stored]
    known = set(there)
    room = None if spec.run_cap is None else max(0, spec.run_cap - len(there))
    new = tuple(one for one in wanted if one not in known)[:room]
    seeds = [(init_seed(spec.seed, replicate), data_seed(spec.seed, replicate)) for replicate in range(spec.replicates)]
    numbers = count(trial_count)
    trials = [
        PlannedTrial(next(numbers), number, replicate, Trial(one, *seeds[replicate]))
        for number, one in enumerate((*there, *new))
        for replicate in range(0 if number >= len(there) else replicates, spec.replicates)
    ]
    planned = jobs_of(trials, spec, datasets, workers) if trials else ()
    jobs = tuple(replace(job, number=job_count + job.number) for job in planned)
    searching = spec.adaptive and (spec.run_cap is None or len(stored) < spec.run_cap)
    return Missing(new, jobs, longer, searching)


def _proposed_already(spec: SweepSpec, stored: Sequence[Configuration]) -> tuple[Configuration, ...]:
    """The configurations of a search, with the epochs of the larger sweep where it has one length."""
    lengths = spec.parameters.get("epochs", ())
    return tuple(replace(one, epochs=int(str(lengths[0]))) if len(lengths) == 1 else one for one in stored)


def _set(whole: Mapping[str, Any], name: str, definition: dict[str, Any]) -> None:
    """Give a hyperparameter another definition, where and as the document spells it."""
    steps = next((path for found, _, _, path in leaves(whole["parameters"], Findings()) if found == name), None)
    *groups, last = steps or ("parameters", name)
    inner: Any = whole
    for step in groups:
        inner = inner[step]
    inner[last] = definition


def _grouped(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The wish with `optimizer.momentum`, as notes write a member of a group, as that group."""
    found: dict[str, Any] = {}
    for written, more in parameters.items():
        *groups, last = written.split(".")
        inner = found
        for group in groups:
            inner = inner.setdefault(group, {"parameters": {}}).setdefault("parameters", {})
        inner[last] = more
    return found


def _add_values(
    whole: Mapping[str, Any], name: str, more: object, path: tuple[str | int, ...], findings: Findings
) -> None:
    definitions = {found: definition for found, _, definition, _ in leaves(whole["parameters"], Findings())}
    if name not in definitions:
        findings.fault(path, f"is not a parameter of this sweep{nearest(name, definitions)}")
        return
    new = _values(more)
    if new is None:
        findings.fault(path, f"must be a list of values, not {shown(more)}")
        return
    old = _old_values(name, definitions[name], whole.get("method"))
    if old is None:
        findings.fault(path, "is drawn in this sweep and has no list to add to; raise run_cap for more draws")
        return
    _set(whole, name, {"values": [*old, *(value for value in new if value not in old)]})


def _old_values(name: str, definition: object, method: object) -> list[Any] | None:
    """The values that a parameter has, as the document lists them or as a grid does; None where it is drawn."""
    if not isinstance(definition, dict) or "probabilities" in definition:
        return None
    if method != "grid":
        return _values(definition)
    listed = given(HYPERPARAMETERS[name], definition, (), "grid", Findings()).listed
    return _values(definition) or [one.value for one in listed] or None


def _values(written: object) -> list[Any] | None:
    if isinstance(written, list):
        return written
    if isinstance(written, dict) and isinstance(written.get("values"), list):
        return list(written["values"])
    if isinstance(written, dict) and "value" in written:
        return [written["value"]]
    return None
