"""The configurations of a random search: every parameter drawn on its own, by the hash of what it is for.

Called by `sweeps.planning`. The same sweep gives the same configurations; a larger run_cap adds to them; another
parameter changes no draw of the others. What was drawn before, breaks a constraint or lies out of range is drawn
again, within limits: a space may have fewer configurations than were asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS, Configuration
from sweeps.axes import Axis, Point
from sweeps.parsing.counting import USUAL_CAP
from sweeps.parsing.distribution_forms import taken
from sweeps.parsing.findings import Findings
from sweeps.seeds import search_seed
from sweeps.space import Space
from sweeps.spec import SweepSpec
from sweeps.uniforms import uniform

MOST_ATTEMPTS = 500  # draws for one configuration
DRAWS_EACH = 20  # and on the average of all, so that a space that is nearly used up does not take for ever
MOST_AGAIN = 100_000  # draws beyond one for each
MOST_REDRAWS = 10_000  # of one parameter that falls out of its range; parsing saw to it that one in ten does not


@dataclass
class Tally:
    """What became of the draws. `exhausted`: the search ended before it had all the configurations asked for."""

    drawn: int = 0
    repeated: int = 0
    forbidden: int = 0
    exhausted: bool = False

    @property
    def kept(self) -> int:
        """Configurations found."""
        return self.drawn - self.repeated - self.forbidden


def configurations(spec: SweepSpec) -> tuple[tuple[Configuration, ...], Tally]:
    """At most `run_cap` different configurations, and what became of the draws."""
    seed, tally = search_seed(spec.seed), Tally()
    found: dict[Configuration, None] = {}
    wanted = spec.run_cap or USUAL_CAP
    budget = MOST_ATTEMPTS + min(DRAWS_EACH * wanted, wanted + MOST_AGAIN)
    for number in range(wanted):
        drawn = _new(spec, seed, number, found, tally, budget)
        if drawn is None:
            tally.exhausted = True
            break
        found[drawn] = None
    return tuple(found), tally


def check_draws(spec: SweepSpec, findings: Findings) -> None:
    """Refuse constraints that hold for none of a good number of draws. Called by `sweeps.parsing.sweep`."""
    if spec.method == "grid" or not spec.space.constraints:
        return
    if _new(spec, search_seed(spec.seed), 0, {}, Tally(), MOST_ATTEMPTS) is None:
        findings.fault(("backsweep", "constraints"), f"hold for none of {MOST_ATTEMPTS:,} draws")


def notes(tally: Tally, run_cap: int | None) -> Iterator[str]:
    """What the user should know of the draws."""
    if tally.exhausted:
        yield (
            f"The search ended with {tally.kept:,} of {run_cap or USUAL_CAP:,} configurations: "
            f"{tally.drawn:,} draws gave no more that differ."
        )
    if tally.forbidden:
        share = 100 * tally.forbidden / tally.drawn
        yield f"The constraints exclude {share:.3g} % of the draws; {tally.forbidden:,} were drawn again."
    if tally.repeated and not tally.exhausted:
        yield f"{tally.repeated:,} of {tally.drawn:,} draws repeated a configuration and were drawn again."


def _new(
    spec: SweepSpec, seed: int, number: int, known: Mapping[Configuration, None], tally: Tally, budget: int
) -> Configuration | None:
    """A configuration that is not known yet, or None after `MOST_ATTEMPTS`."""
    for attempt in range(MOST_ATTEMPTS):
        if tally.drawn >= budget:
            return None
        tally.drawn += 1
        values: dict[str, Any] = draw(spec.space, seed, number, attempt)
        if not spec.space.allows(values):
            tally.forbidden += 1
            continue
        drawn = Configuration(**values)
        if drawn not in known:
            return drawn
        tally.repeated += 1
    return None


def draw(space: Space, seed: int, number: int, attempt: int) -> dict[str, Value]:
    """One point of the space, keyed by its arguments; constraints are not asked."""
    values: dict[str, Value] = {}
    for axis in space.axes:
        if space.exists(axis, values):
            values |= zip(axis.names, _point(axis, seed, number, attempt), strict=True)
    return values


def _point(axis: Axis, seed: int, number: int, attempt: int) -> Point:
    purpose = axis.names[0]
    if axis.distribution is None:
        return _listed(axis, uniform(seed, number, purpose, attempt))
    entry = HYPERPARAMETERS[purpose]
    for redraw in range(MOST_REDRAWS):
        share = uniform(seed, number, f"{purpose}:{redraw}" if redraw else purpose, attempt)
        value = taken(entry, axis.distribution, share)
        if value is not None:
            return (value,)
    raise AssertionError(f"{axis} gives no value that {purpose} takes")


def _listed(axis: Axis, share: float) -> Point:
    if not axis.sums:
        return axis.points[int(share * len(axis.points))]
    return axis.points[min(bisect_right(axis.sums, share * axis.sums[-1]), len(axis.points) - 1)]
