"""A clock that stands still until it is told to go on, in place of this machine's (SQLite databases ask that one)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from results import clock


class FakeClock:
    """Has `datetime`'s `now`, the only thing that `results.clock` asks of it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self, _zone: object) -> datetime:
        """The moment."""
        return self.moment

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Use it for every database of this process."""
        patch.setattr(clock, "datetime", self)
