"""The median rule, decided by Optuna's `MedianPruner` (Golovin et al., 2017, Vizier, "performance curve stopping").

A trial stops whose best value by then is worse than the median of all trials at that epoch. Optuna counts trials that
have ended; here trials are trained side by side, so every trial that has reached the epoch counts, its own included.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, ClassVar

from sweeps.early_termination.base import Standing, Standings, Verdict
from sweeps.early_termination.pruning import completed, empty_study, number, quiet, running

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Median:
    """Optuna's names and meanings; a step is an epoch. Raises `ValueError`.

    Nothing stops before `n_startup_trials` (and `n_min_trials`) trials have reached the epoch.
    """

    name: ClassVar[str] = "median"

    n_startup_trials: int = 5
    n_warmup_steps: int = 0
    interval_steps: int = 1
    n_min_trials: int = 1

    def __post_init__(self) -> None:
        if self.n_startup_trials < 0 or self.n_warmup_steps < 0:
            raise ValueError("n_startup_trials and n_warmup_steps must be at least 0")
        if self.interval_steps < 1 or self.n_min_trials < 1:
            raise ValueError("interval_steps and n_min_trials must be at least 1")

    def check_epochs(self, epochs: int) -> tuple[int, ...]:
        """Every `interval_steps` epochs from `n_warmup_steps` on; neither epoch 0 nor the last."""
        return tuple(range(self.n_warmup_steps or self.interval_steps, epochs, self.interval_steps))

    def decide(self, goal: str, epoch: int, candidates: Standings, reached: Standings) -> tuple[Verdict, ...]:
        """One verdict for each candidate; one that never had a finite value is stopped."""
        from optuna.pruners import MedianPruner

        pruner = MedianPruner(
            self.n_startup_trials, self.n_warmup_steps, self.interval_steps, n_min_trials=self.n_min_trials
        )
        study = empty_study(goal)
        study.add_trials(completed(0.0, {epoch: one.value}) for one in reached)  # their results are not asked for
        threshold = self._threshold(reached)
        with quiet():
            return tuple(
                Verdict(one.trial_id, pruner.prune(study, _under_way(one, epoch)), _judged(one), threshold)
                for one in candidates
            )

    def _threshold(self, reached: Standings) -> float | None:
        """The median of what is finite; for the record only, the pruner decides."""
        import numpy as np

        values = [one.value for one in reached if isfinite(number(one.value))]
        enough = len(reached) >= max(self.n_startup_trials, self.n_min_trials)
        return float(np.percentile(np.array(values), 50)) if values and enough else None


def _under_way(one: Standing, epoch: int) -> FrozenTrial:
    """The trial with its best value, as if reported before its value at this epoch."""
    return running({0: one.best, epoch: one.value})


def _judged(one: Standing) -> float | None:
    return one.value if one.best is None else one.best
