"""How long to leave a server alone that did not answer: twice as long after every failure, a minute at most."""

from __future__ import annotations

from time import monotonic

_FIRST, _LONGEST = 2.0, 60.0
_DOUBLINGS = 10  # beyond the longest by then; a float is beyond its range after 1,023


class Backoff:
    """The patience of one process with one address."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0
        self.reason = ""

    def remaining(self) -> float:
        """Seconds until the next attempt is due; 0 when it is."""
        return max(0.0, self._until - monotonic())

    def failed(self, reason: str) -> None:
        """Remember a failure."""
        self._until = monotonic() + min(_LONGEST, _FIRST * 2 ** min(self._failures, _DOUBLINGS))
        self._failures += 1
        self.reason = reason

    def succeeded(self) -> None:
        """Forget all failures."""
        self._failures = 0
        self._until = 0.0
