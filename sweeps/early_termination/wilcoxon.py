"""The Wilcoxon rule, decided by Optuna's `WilcoxonPruner`: what is worse than the best, seed by seed, stops.

The steps of the signed-rank test are the replicates: at the check epoch the values of a configuration's replicates are
paired with those of the best configuration's same replicates. All replicates of a configuration get one verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite, log2
from typing import ClassVar

from sweeps.early_termination.base import Standings, Verdict
from sweeps.early_termination.pruning import completed, empty_study, number, quiet, running

Replicates = Mapping[int, float | None]  # replicate -> value at the check epoch


@dataclass(frozen=True)
class Wilcoxon:
    """`min_iter`: the epoch of the first look; every `interval` epochs another one, or none without.

    `p_threshold`, `n_startup_steps` (replicates) are Optuna's. Every look is a test of its own: many of them stop more
    than `p_threshold` says. Raises `ValueError`.
    """

    name: ClassVar[str] = "wilcoxon"

    min_iter: int
    interval: int | None = None
    p_threshold: float = 0.1
    n_startup_steps: int = 2

    def __post_init__(self) -> None:
        if self.min_iter < 1 or (self.interval is not None and self.interval < 1) or self.n_startup_steps < 0:
            raise ValueError("min_iter and interval must be at least 1, n_startup_steps at least 0")
        if not 0 < self.p_threshold <= 1:
            raise ValueError("p_threshold must be above 0 and at most 1")

    @property
    def fewest_replicates(self) -> int:
        """Replicates below which nothing can stop: of n pairs the smallest one-sided p is 2^-n."""
        n = max(2, self.n_startup_steps, ceil(-log2(self.p_threshold)))
        return n if 2.0**-n < self.p_threshold else n + 1

    def check_epochs(self, epochs: int) -> tuple[int, ...]:
        """The looks at a trial of that many epochs, its last epoch left out."""
        return tuple(range(self.min_iter, epochs, self.interval or epochs))

    def decide(self, goal: str, epoch: int, candidates: Standings, reached: Standings) -> tuple[Verdict, ...]:
        """One verdict for each candidate; a configuration with a value that is not finite is not stopped.

        `value` and `threshold` of a verdict are the means of the configuration and of the best one. The best is
        chosen among those of which the most replicates have come so far.
        """
        from optuna.pruners import WilcoxonPruner

        found = _by_configuration(reached)
        most = max(map(len, found.values()), default=0)
        study = empty_study(goal)
        with quiet():
            pruner = WilcoxonPruner(p_threshold=self.p_threshold, n_startup_steps=self.n_startup_steps)
            for values in found.values():
                if len(values) == most and _mean(values) is not None:
                    study.add_trial(completed(_mean(values), values))
            best = study.best_value if study.trials else None
            stops = {key: pruner.prune(study, running(found[key])) for key in {one.configuration for one in candidates}}
        return tuple(
            Verdict(one.trial_id, stops[one.configuration], _mean(found[one.configuration]), best) for one in candidates
        )


def _by_configuration(reached: Standings) -> dict[int, Replicates]:
    found: dict[int, dict[int, float | None]] = defaultdict(dict)
    for one in reached:
        found[one.configuration][one.replicate] = one.value
    return dict(found)


def _mean(values: Replicates) -> float | None:
    mean = sum(number(value) for value in values.values()) / len(values)
    return mean if isfinite(mean) else None
