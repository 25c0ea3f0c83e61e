"""A sweep's configurations as points with one loss each: what importances are computed from.

Used by `comparison.importance`. Configurations whose losses are another quantity than most (another data set, another
cost function) are left out; diverged ones are treated as the caller says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from comparison.configurations import ConfigurationSummary
from comparison.judging import Judge
from engine.hyperparameter_kinds import Value


class Diverged(StrEnum):
    """How configurations without a finite loss enter: half of their replicates diverged, or more."""

    WORST = "worst"  # with the highest finite loss of the sweep
    LEFT_OUT = "left_out"  # not at all


@dataclass(frozen=True)
class Observation:
    """A configuration's swept values and its median loss over replicates; finite."""

    values: Mapping[str, Value]
    loss: float


@dataclass(frozen=True)
class Observations:
    """`where`: what all have in common beside, for losses to be one quantity. `diverged`: how many had no loss.

    `others`: configurations left out because they differ in `where`.
    """

    points: tuple[Observation, ...]
    where: Mapping[str, Value]
    diverged: int
    others: int


def observations(found: Sequence[ConfigurationSummary], judged_by: Judge, treated: Diverged) -> Observations:
    """The points of the largest group of configurations that are judged by the same quantity; ended ones only."""
    ended = [one for one in found if one.rank is not None]
    groups: dict[tuple[tuple[str, Value], ...], list[ConfigurationSummary]] = {}
    for one in ended:
        quantity = tuple((name, one.values[name]) for name in sorted(judged_by.depends_on) if name in one.values)
        groups.setdefault(quantity, []).append(one)
    where, chosen = max(groups.items(), key=lambda item: len(item[1])) if groups else ((), [])
    finite = [one.loss for one in chosen if one.loss is not None]
    worst = max(finite) if finite and treated is Diverged.WORST else math.nan
    losses = [worst if one.loss is None else one.loss for one in chosen]
    return Observations(
        points=tuple(
            Observation(one.values, loss) for one, loss in zip(chosen, losses, strict=True) if math.isfinite(loss)
        ),
        where=dict(where),
        diverged=len(chosen) - len(finite),
        others=len(ended) - len(chosen),
    )
