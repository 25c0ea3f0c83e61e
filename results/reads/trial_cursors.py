"""Cursors of pages of trials: where the last page ended, as opaque text. Used by `results.reads.trials`.

A cursor holds the order it belongs to; one of another order, or anything else, is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from results.errors import InvalidCursor
from results.reads.trial_sorting import Sorting
from results.text import storable

_LARGEST = 2**63 - 1
_UNREADABLE = InvalidCursor("this is not a cursor that a page of trials gave")


def write_cursor(order: Sorting, value: Any, trial_id: int) -> str:
    """The cursor after the trial with this value of the sorted column and this key."""
    plain = value.isoformat() if isinstance(value, datetime) else value
    text = json.dumps([_order(order), plain, trial_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: Sorting) -> tuple[Any, int]:
    """Value and key; raises `InvalidCursor`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        name, value, trial_id = found
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise _UNREADABLE from None
    if name != _order(order):
        raise InvalidCursor("this cursor belongs to a page in another order; ask for the first page again")
    if type(trial_id) is not int or not 0 < trial_id <= _LARGEST:
        raise _UNREADABLE
    return _value(order, value), trial_id


def _order(order: Sorting) -> str:
    return f"-{order.name}" if order.descending else order.name


def _value(order: Sorting, value: Any) -> Any:
    """The value as its column holds it; a forged one must not reach the database as another type."""
    if value is None:
        return None
    try:
        return _READERS[order.column.type.python_type](value)
    except (TypeError, ValueError, OverflowError):
        raise _UNREADABLE from None


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def _real(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > _LARGEST:
        raise ValueError("not a whole number")
    return value


def _text(value: Any) -> str:
    if type(value) is not str or storable(value) != value:
        raise ValueError("not a text that a column can hold")
    return value


_READERS: dict[type, Callable[[Any], Any]] = {datetime: _moment, float: _real, int: _whole, str: _text}
