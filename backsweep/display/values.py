"""Single values as text: costs to three digits that count, times as people say them, what is missing as a dash."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backsweep.client import ENDED

MISSING = "-"


def number(value: float | None, digits: int = 3) -> str:
    """A number to `digits` significant digits, without an exponent where that stays short."""
    if value is None:
        return MISSING
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        decimals = max(0, digits - 1 - _magnitude(value))
        return f"{value:.{min(decimals, 7)}f}"
    return f"{value:.{digits - 1}e}"


def ratio_end(value: float) -> str:
    """The end of a ratio's interval: as a number, but with as many digits as show on which side of 1 it lies."""
    texts = [number(value, digits) for digits in range(3, 8)]
    return texts[0] if value == 1 else next((text for text in texts if float(text) != 1), texts[0])


def _magnitude(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])


def share(value: float | None) -> str:
    """A share in percent."""
    return MISSING if value is None else f"{100 * value:.0f}%"


def seconds(value: float | None) -> str:
    """A duration: 0.42 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if value is None:
        return MISSING
    if value < 10:
        return f"{value:.2g} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def moment(text: str | None) -> str:
    """A time of the service (ISO 8601, UTC) to the second, still in UTC."""
    return MISSING if text is None else f"{_moment(text):%Y-%m-%d %H:%M:%S} UTC"


def duration(sweep: dict[str, Any]) -> str:
    """From a sweep's start to its end, its pause or now, without the time that it was idle before it continued."""
    if sweep["started_at"] is None:
        return MISSING
    until = sweep["finished_at"] or sweep["paused_at"]
    end = _moment(until) if until else datetime.now(UTC)
    return seconds(max(0.0, (end - _moment(sweep["started_at"])).total_seconds() - sweep["idle_seconds"]))


def state(sweep: dict[str, Any]) -> str:
    """A sweep's state, and what its user wants of it where that is still to come."""
    coming = {"pause": "to be paused", "cancel": "to be cancelled"}.get(sweep["wanted"])
    now = str(sweep["state"])
    already = now in ENDED or (now, sweep["wanted"]) == ("paused", "pause")
    return now if coming is None or already else f"{now} ({coming})"


def hyperparameter(value: Any) -> str:
    """A hyperparameter's value as sweeps write it."""
    if value is None:
        return MISSING
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def counted(count: int, noun: str) -> str:
    """Such as 1 trial, 96 trials."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def words(name: str) -> str:
    """A name of the API as words, so that headings can break."""
    return name.replace("_", " ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
