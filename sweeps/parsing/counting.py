"""How large a sweep is, counted before anything is expanded: 10^12 points cost a multiplication.

Values that no condition and no constraint tells apart are counted as one, with their number. Called by
`sweeps.parsing.sweep`.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

from engine.hyperparameter_kinds import Value
from sweeps.axes import Axis
from sweeps.parsing.findings import Findings
from sweeps.space import Space

USUAL_CAP = 30  # configurations of a search whose user names no number: W&B would go on until it is stopped
MOST_CHECKED = 200_000  # combinations that constraints are asked about, one by one
MOST_STEPS = 5_000_000  # parts of constraints that are evaluated for a document: about a second
MOST_CASES = 50_000  # combinations of what conditions tell apart
SIMPLER = "give fewer values, or fewer and shorter constraints"
PATH = ("backsweep", "constraints")
Cell = tuple[dict[str, Value], int]  # values that stand for others, and how many they are


def cap_of_search(method: str, run_cap: int | None, findings: Findings) -> int | None:
    """The most configurations: a search has no end of its own, so it gets one."""
    if method == "grid" or run_cap is not None:
        return run_cap
    findings.note(f"A {method} search needs a run_cap and none was given: at most {USUAL_CAP} configurations.")
    return USUAL_CAP


def configurations_of(space: Space, method: str, run_cap: int | None, findings: Findings) -> int:
    """Number of configurations, at most `run_cap`; of a search the most there can be."""
    if findings.faults:
        return min(_product(space), run_cap or _product(space))
    if method != "grid":
        _check_steps(space, run_cap or 0, "draws", findings)
    if any(axis.size is None for axis in space.axes):
        return run_cap or 0
    free = replace(space, constraints=())
    if prod(len(_cells(axis, free)) for axis in space.axes) > MOST_CASES:
        findings.fault(("backsweep", "conditions"), f"tell more than {MOST_CASES:,} cases apart; give fewer")
        return 0
    points = _count(free)
    if space.constraints and method == "grid":
        points = _constrained(space, points, findings)
    return points if run_cap is None else min(points, run_cap)


def check_size(configurations: int, replicates: int, max_trials: int, findings: Findings) -> None:
    """Refuse more than `max_trials` trials."""
    trials = configurations * replicates
    if trials > max_trials:
        findings.fault(
            ("parameters",),
            f"asks for {configurations:,} configurations in {replicates:,} replicates, {trials:,} trials; "
            f"at most {max_trials:,} are accepted: give fewer values, fewer replicates, or a run_cap",
        )


def check_pairs(space: Space, findings: Findings) -> bool:
    """Whether constraints on one or two parameters may be asked about every pair of their values; refused if not."""
    steps = 0
    for one in space.constraints:
        sizes = [axis.size or 1 for axis in space.axes if one.asks & set(axis.names)]
        steps += one.expression.parts * prod(sizes) if len(one.asks) <= 2 else 0
    if steps > MOST_STEPS:
        findings.fault(PATH, f"take {steps:,} steps for all pairs of values; at most {MOST_STEPS:,}: {SIMPLER}")
    return steps <= MOST_STEPS


def _check_steps(space: Space, points: int, what: str, findings: Findings) -> bool:
    """Whether every constraint may be asked about so many points; refused if not."""
    steps = points * sum(one.expression.parts for one in space.constraints)
    if steps > MOST_STEPS:
        findings.fault(PATH, f"take {steps:,} steps for {points:,} {what}; at most {MOST_STEPS:,}: {SIMPLER}")
    return steps <= MOST_STEPS


def _product(space: Space) -> int:
    """Combinations of all values, faulty parameters left out."""
    return prod(max(1, axis.size or 1) for axis in space.axes)


def _constrained(space: Space, points: int, findings: Findings) -> int:
    """Combinations that the constraints allow; the share of the others is noted."""
    if points > MOST_CHECKED:
        findings.fault(
            PATH, f"would be asked about {points:,} combinations; at most {MOST_CHECKED:,}: give fewer values"
        )
        return 0
    if not _check_steps(space, points, "combinations", findings):
        return 0
    allowed = _count(space)
    if not allowed:
        findings.fault(PATH, f"allow none of the {points:,} combinations")
    elif allowed < points:
        share = 100 * (1 - allowed / points)
        findings.note(f"The constraints exclude {points - allowed:,} of {points:,} combinations ({share:.3g} %).")
    return allowed


def _count(space: Space) -> int:
    """Points that exist and are allowed."""
    cells = [_cells(axis, space) for axis in space.axes]

    def below(index: int, values: dict[str, Value]) -> int:
        """Points of the axes from `index` on, given the values before."""
        if index == len(cells):
            return 1
        absent: list[Cell] = [({}, 1)]
        found = 0
        for cell, number in cells[index] if space.exists(space.axes[index], values) else absent:
            extended = {**values, **cell}
            if all(one.holds(extended) for one in space.due[index]):
                found += number * below(index + 1, extended)
        return found

    return below(0, {})


def _cells(axis: Axis, space: Space) -> list[Cell]:
    """The axis's points, those put together that no condition and no constraint tells apart."""
    if axis.distribution is not None:
        return [({}, axis.distribution.size or 1)]
    asked = [
        (axis.names.index(other), accepted)
        for needs in space.conditions.values()
        for other, accepted in needs.items()
        if other in axis.names
    ]
    named = [place for place, name in enumerate(axis.names) if any(name in one.asks for one in space.constraints)]
    if not asked and not named:
        return [(dict(zip(axis.names, axis.points[0], strict=True)), len(axis.points))]
    found: dict[tuple[object, ...], Cell] = {}
    for point in axis.points:
        kind = (*(point[place] in accepted for place, accepted in asked), *(point[place] for place in named))
        if kind not in found:
            found[kind] = dict(zip(axis.names, point, strict=True)), 0
        found[kind] = found[kind][0], found[kind][1] + 1
    return list(found.values())
