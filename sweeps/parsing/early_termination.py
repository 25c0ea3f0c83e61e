"""The `early_terminate` section of a document becomes a rule: W&B's hyperband, and types of our own.

Called by `sweeps.parsing.sweep`; `policy_of` reads the section again from the stored document for every claim.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import BaseModel

from sweeps.early_termination.asha import Asha
from sweeps.early_termination.base import Rule
from sweeps.early_termination.hyperband import Hyperband
from sweeps.early_termination.median import Median
from sweeps.early_termination.policy import USUAL_AUDIT, Policy
from sweeps.early_termination.wilcoxon import Wilcoxon
from sweeps.parsing.findings import Findings, nearest, shown
from sweeps.parsing.schema_early_termination import AshaSection, HyperbandSection, MedianSection, WilcoxonSection
from sweeps.parsing.sections import section

KEY = "early_terminate"


def rule(document: Mapping[str, object], findings: Findings) -> Rule | None:
    """The rule of the section; None without a section, and where it is faulty."""
    content = document.get(KEY)
    if content is None:
        return None
    if not isinstance(content, dict):
        findings.fault((KEY,), f"must be an object with a type, not {shown(content)}")
        return None
    kind = content.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        hint = nearest(kind, TYPES) if isinstance(kind, str) else ""
        wrong = "is missing" if kind is None else f"{shown(kind)} is not known{hint}"
        findings.fault((KEY, "type"), f"{wrong}; known: {', '.join(TYPES)}")
        return None
    before = len(findings.faults)
    try:
        made = TYPES[kind](content, findings)
    except ValueError as error:
        if len(findings.faults) == before:  # else this follows from those
            findings.fault((KEY,), str(error))
        return None
    return made if len(findings.faults) == before else None


def check_rule(found: Rule | None, lengths: Collection[int], replicates: int, findings: Findings) -> None:
    """Note a rule that can stop nothing; `lengths`: the numbers of epochs that trials may have."""
    if isinstance(found, Wilcoxon) and replicates < found.fewest_replicates:
        findings.note(
            f"wilcoxon stops nothing: with {replicates} replicates no p-value is below {found.p_threshold:g}; "
            f"it takes {found.fewest_replicates}."
        )
    if found is not None and lengths and not found.check_epochs(max(lengths)):
        findings.note(f"{found.name} stops nothing: it has no check epoch before epoch {max(lengths)}, the last.")


def policy_of(document: object, seed: int) -> Policy | None:
    """The early termination of a stored document, which was accepted before; None where it asks for none."""
    if not isinstance(document, Mapping):
        return None
    found = rule(document, Findings())
    ours = document.get("backsweep")
    audit = ours.get("audit", USUAL_AUDIT) if isinstance(ours, Mapping) else USUAL_AUDIT
    return None if found is None else Policy(found, seed, float(audit))


def _hyperband(content: Mapping[str, Any], findings: Findings) -> Rule:
    """As W&B: max_iter and s come before min_iter, and s means nothing without max_iter."""
    given = dict(content)
    if given.get("max_iter") is not None and given.pop("min_iter", None) is not None:
        findings.note("hyperband has max_iter, so its min_iter is ignored, as W&B does.")
    if given.get("max_iter") is None and given.pop("s", None) is not None:
        findings.note("hyperband has no max_iter, so its s is ignored, as W&B does.")
    found = section(HyperbandSection, given, (KEY,), findings)
    return Hyperband(found.min_iter, found.max_iter, found.s, found.eta, found.strict)


def _optunas(model: type[BaseModel], made: Callable[..., Rule]) -> Callable[[Mapping[str, Any], Findings], Rule]:
    """The reader of a type whose keys are the fields of its rule."""
    return lambda content, findings: made(**section(model, content, (KEY,), findings).model_dump(exclude={"type"}))


TYPES: dict[str, Callable[[Mapping[str, Any], Findings], Rule]] = {
    "hyperband": _hyperband,
    "asha": _optunas(AshaSection, Asha),
    "median": _optunas(MedianSection, Median),
    "wilcoxon": _optunas(WilcoxonSection, Wilcoxon),
}
