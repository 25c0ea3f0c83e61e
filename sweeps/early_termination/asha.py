"""Asynchronous successive halving, decided by Optuna's `SuccessiveHalvingPruner` (Li et al., 2020, arXiv 1810.05934).

At rung k, epoch min_resource * reduction_factor^(min_early_stopping_rate + k), the best 1/reduction_factor of all that
have completed the rung go on. Optuna notes what completed a rung in system attributes, which are rebuilt here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, takewhile
from math import isfinite
from typing import TYPE_CHECKING, ClassVar

from sweeps.early_termination.base import Standings, Verdict, finite, loss_under
from sweeps.early_termination.pruning import empty_study, number, quiet, running

if TYPE_CHECKING:
    from optuna.pruners import SuccessiveHalvingPruner
    from optuna.study import Study


@dataclass(frozen=True)
class Asha:
    """Optuna's names and meanings; of the first `reduction_factor` - 1 trials at a rung the best one goes on.

    `bootstrap_count`: until more than so many trials have completed a rung, none passes it. Raises `ValueError`.
    """

    name: ClassVar[str] = "asha"

    min_resource: int = 1
    reduction_factor: int = 4
    min_early_stopping_rate: int = 0
    bootstrap_count: int = 0

    def __post_init__(self) -> None:
        if self.min_resource < 1 or self.reduction_factor < 2:
            raise ValueError("min_resource must be at least 1, and reduction_factor at least 2")
        if self.min_early_stopping_rate < 0 or self.bootstrap_count < 0:
            raise ValueError("min_early_stopping_rate and bootstrap_count must be at least 0")

    def check_epochs(self, epochs: int) -> tuple[int, ...]:
        """The rungs of a trial of that many epochs, its last epoch left out."""
        return tuple(takewhile(lambda rung: rung < epochs, map(self._rung_epoch, count())))

    def decide(self, goal: str, epoch: int, candidates: Standings, reached: Standings) -> tuple[Verdict, ...]:
        """One verdict for each candidate; a value that is not finite is stopped and counts for no rung."""
        from optuna.pruners import SuccessiveHalvingPruner

        rung = next(rung for rung in count() if self._rung_epoch(rung) >= epoch)
        pruner = SuccessiveHalvingPruner(
            self.min_resource, self.reduction_factor, self.min_early_stopping_rate, self.bootstrap_count
        )
        study, key = _study(goal, epoch, rung, reached), f"completed_rung_{rung}"
        places = {one.trial_id: place for place, one in enumerate(reached)}
        threshold = self._threshold(goal, reached)
        with quiet():
            return tuple(
                Verdict(one.trial_id, _stops(pruner, study, places[one.trial_id], key), one.value, threshold)
                for one in candidates
            )

    def _threshold(self, goal: str, reached: Standings) -> float | None:
        """What a candidate must not be worse than; for the record only, the pruner decides."""
        loss = loss_under(goal)
        losses = sorted(one for one in map(loss, (standing.value for standing in reached)) if isfinite(one))
        return finite(losses[max(len(losses) // self.reduction_factor - 1, 0)], goal) if losses else None

    def _rung_epoch(self, rung: int) -> int:
        return self.min_resource * int(self.reduction_factor ** (self.min_early_stopping_rate + rung))


def _study(goal: str, epoch: int, rung: int, reached: Standings) -> Study:
    """All that reached the rung, in their order, with what Optuna notes of the rungs that they have completed."""
    study = empty_study(goal)
    for one in reached:
        noted = {f"completed_rung_{earlier}": 0.0 for earlier in range(rung)}  # those values are not asked for again
        if isfinite(number(one.value)):
            noted[f"completed_rung_{rung}"] = number(one.value)
        study.add_trial(running({epoch: one.value}, noted))
    return study


def _stops(pruner: SuccessiveHalvingPruner, study: Study, place: int, key: str) -> bool:
    """Whether the trial at that place stops. It completes the rung now, so it must not have done so before."""
    trial = study.get_trials(deepcopy=False)[place]
    trial.system_attrs.pop(key, None)  # the pruner notes it again
    return pruner.prune(study, trial)
