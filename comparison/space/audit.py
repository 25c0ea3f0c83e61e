"""The audit of a sweep's search space. Called by the API; what its figures mean: docs/search-space.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comparison.configurations import summarise
from comparison.importance.observations import Diverged, Observations, observations
from comparison.judging import LOST, has_result, judge
from comparison.outcomes.base import Outcome
from comparison.results import TrialResult
from comparison.space.converging_rates import ConvergingRates, converging_rates
from comparison.space.edges import AuditedRange, audited_ranges
from sweeps.feasibility import infeasible_share
from sweeps.spec import SweepSpec


@dataclass(frozen=True)
class Audit:
    """Shares are of the ended trials, `failed_share` of all, `infeasible_share` of random points of the space.

    `configurations` that have ended `of` those planned. None: nothing has ended, or the document is not at hand.
    """

    configurations: int
    of: int
    diverged_share: float | None
    stuck_share: float | None
    failed_share: float
    infeasible_share: float | None
    ranges: tuple[AuditedRange, ...]
    learning_rates: tuple[ConvergingRates, ...]
    notes: tuple[str, ...]


def audit(
    results: Sequence[TrialResult],
    swept: Sequence[str],
    spec: SweepSpec | None,
    metric: str = "validation_cost",
    goal: str = "minimize",
) -> Audit:
    """The audit over what has ended. `spec`: the sweep's own, None where its document cannot be read any more."""
    judged_by = judge(metric, goal)
    summaries = summarise(results, (), swept, judged_by)
    seen, everything = (observations(summaries, judged_by, treated) for treated in (Diverged.LEFT_OUT, Diverged.WORST))
    ended = [one for one in results if has_result(one)]
    listed, drawn = ({}, {}) if spec is None else (spec.parameters, spec.drawn)
    ranges = audited_ranges(seen.points, everything.points, swept, listed, drawn) if seen.points else ()
    return Audit(
        configurations=len({one.configuration_number for one in ended}),
        of=len({one.configuration_number for one in results}),
        diverged_share=_share(ended, Outcome.DIVERGED),
        stuck_share=_share(ended, Outcome.STUCK),
        failed_share=sum(one.state in LOST for one in results) / max(1, len(results)),
        infeasible_share=None if spec is None else infeasible_share(spec),
        ranges=ranges,
        learning_rates=converging_rates(results, judged_by) if "learning_rate" in swept else (),
        notes=tuple(_notes(ranges, seen)),
    )


def _share(ended: Sequence[TrialResult], outcome: Outcome) -> float | None:
    return sum(one.outcome == outcome for one in ended) / len(ended) if ended else None


def _notes(ranges: Sequence[AuditedRange], seen: Observations) -> Iterator[str]:
    for one in ranges:
        if one.edge is None:
            continue
        end = "lowest" if one.edge == "low" else "highest"
        where = f"near the {end} end of its range" if one.drawn else f"the {end} that was tried"
        allowed = "" if one.try_next else "; nothing beyond it is allowed"
        yield f"The best {one.name}, {one.best:g}, is {where}: better ones may lie beyond{allowed}."
    if seen.others:
        same = " and ".join(f"{name} {value}" for name, value in seen.where.items())
        yield f"Ranges are those of configurations with {same}; {seen.others} others are measured otherwise."
    if not seen.points:
        yield "No configuration has ended with a finite loss: there is nothing to place in a range."
