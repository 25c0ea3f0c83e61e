"""W&B's hyperband: at each bracket a trial goes on while it is among the best 1/eta of all that reached it.

Brackets and threshold are those of W&B's open-source sweep controller (`hyperband_stop_runs`; Li et al., 2018,
arXiv 1603.06560): the threshold is the sorted losses' entry at index int(n / eta), and what equals it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sweeps.early_termination.base import Standing, Standings, Verdict, finite, loss_under


@dataclass(frozen=True)
class Hyperband:
    """Brackets from `min_iter` upwards, or `s` of them from `max_iter` downwards; exactly one of the two is given.

    `strict`: the value at the bracket is judged; otherwise, as W&B does by default, the trial's best value by then.
    Raises `ValueError` for a combination that has no brackets.
    """

    name: ClassVar[str] = "hyperband"

    min_iter: int | None = None
    max_iter: int | None = None
    s: int | None = None
    eta: float = 3.0
    strict: bool = False

    def __post_init__(self) -> None:
        if (self.min_iter is None) == (self.max_iter is None):
            raise ValueError("needs min_iter, or max_iter and s, and not both")
        if (self.max_iter is None) != (self.s is None):
            raise ValueError("s goes with max_iter, and max_iter with s")
        if any(number is not None and number < 1 for number in (self.min_iter, self.max_iter, self.s)):
            raise ValueError("min_iter, max_iter and s must be at least 1")
        if not 1 < self.eta < float("inf"):
            raise ValueError("eta must be a finite number above 1")

    def check_epochs(self, epochs: int) -> tuple[int, ...]:
        """The brackets of a trial of that many epochs, ascending; its last epoch is none, for there it ends anyway."""
        brackets = self._upwards(epochs) if self.min_iter is not None else self._downwards()
        return tuple(sorted({bracket for bracket in brackets if 1 <= bracket < epochs}))

    def decide(self, goal: str, epoch: int, candidates: Standings, reached: Standings) -> tuple[Verdict, ...]:
        """One verdict for each candidate; what is not finite is stopped, even where nothing else is finite either."""
        if not candidates:
            return ()
        loss = loss_under(goal)
        threshold = sorted(loss(one.value) for one in reached)[int(1.0 / self.eta * len(reached))]
        return tuple(self._verdict(one, goal, threshold) for one in candidates)

    def _verdict(self, candidate: Standing, goal: str, threshold: float) -> Verdict:
        loss = loss_under(goal)
        at_epoch = loss(candidate.value)
        judged = at_epoch if self.strict or at_epoch == float("inf") else min(at_epoch, loss(candidate.best))
        stop = judged == float("inf") or judged > threshold
        return Verdict(candidate.trial_id, stop, finite(judged, goal), finite(threshold, goal))

    def _upwards(self, epochs: int) -> Iterator[int]:
        bracket = float(self.min_iter or 1)
        while bracket < epochs:
            yield int(bracket)
            bracket *= self.eta

    def _downwards(self) -> Iterator[int]:
        bracket = float(self.max_iter or 1)
        for _ in range(self.s or 0):
            bracket /= self.eta
            if bracket < 1:
                return
            yield int(bracket)
