"""A worker whose training is done by hand: the writes are the real ones, the numbers follow from trial and epoch."""

from __future__ import annotations

from collections.abc import Callable

from results.errors import IllegalMove
from results.values import Claim, Flush
from sweeps.states import State
from tests.results.samples import epoch_row, progress


def refusal_of(act: Callable[[], object]) -> str | None:
    """Why it was refused, or None."""
    try:
        act()
    except IllegalMove as refused:
        return refused.reason
    return None


class Worker:
    """A claim in some process's hands; it trains from the beginning, as where no state was saved."""

    def __init__(self, claim: Claim, name: str) -> None:
        self.claim, self.name, self.epoch = claim, name, -1
        self.last = claim.trials[0].trial.configuration.epochs

    def flush(self, epochs: int, state: State = State.RUNNING) -> Flush:
        """The next epochs; a trial's costs follow from its number and the epoch alone."""
        until = min(self.last, self.epoch + epochs)
        done = range(self.epoch + 1, until + 1)
        self.epoch = until
        return Flush(
            epochs=[
                epoch_row(one.trial_id, epoch, 1 / (2 + one.number + epoch))
                for one in self.claim.trials
                for epoch in done
            ],
            progress=[progress(one.trial_id, until, state) for one in self.claim.trials] if until >= 0 else (),
        )
