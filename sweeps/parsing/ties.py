"""`zip` of the `backsweep` section: parameters whose lists go together, the first with the first and so on.

Called by `sweeps.parsing.structure`. Refuses lists of different lengths, and a parameter in two ties.
"""

from __future__ import annotations

from collections.abc import Sequence

from sweeps.conditions import Conditions, given_name
from sweeps.parsing.findings import Findings
from sweeps.parsing.parameters import Parameters

Ties = tuple[tuple[str, ...], ...]


def ties(content: Sequence[Sequence[str]], parameters: Parameters, conditions: Conditions, findings: Findings) -> Ties:
    """The registered names of each tie; faulty ones are reported and left out."""
    found: list[tuple[str, ...]] = []
    for index, group in enumerate(content):
        before = len(findings.faults)
        known = {name for tie in found for name in tie}
        names = [_member(written, (index, place), parameters, findings) for place, written in enumerate(group)]
        tie = tuple(name for name in names if name is not None)
        for place, name in enumerate(names):
            path = ("backsweep", "zip", index, place)
            if name is not None and (name in known or name in tie[: tie.index(name)] or tie.count(name) > 1):
                findings.fault(path, f"{name} is tied twice")
                break
            if name in conditions:
                findings.fault(path, f"{name} has a condition, so it cannot be tied as well")
        if len(findings.faults) == before and _fit(tie, index, parameters, findings):
            found.append(tie)
    return tuple(found)


def _member(written: str, place: tuple[int, int], parameters: Parameters, findings: Findings) -> str | None:
    path = ("backsweep", "zip", *place)
    name = given_name(written, parameters, path, findings)
    if name is not None and parameters[name].drawn is not None:
        findings.fault(path, f"{name} is drawn from a distribution; only parameters with values can be tied")
        return None
    if name is not None and len({one.weight for one in parameters[name].listed}) > 1:
        findings.fault(path, f"{name} has probabilities; only parameters with plain values can be tied")
        return None
    return name


def _fit(tie: tuple[str, ...], index: int, parameters: Parameters, findings: Findings) -> bool:
    path = ("backsweep", "zip", index)
    if len(tie) < 2:
        findings.fault(path, "must name at least two parameters")
        return False
    lengths = {name: len(parameters[name].listed) for name in tie}
    if 0 in lengths.values():
        return False  # faulty values, reported already
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        findings.fault(path, f"needs equally many values of each: {counts}")
        return False
    return True
