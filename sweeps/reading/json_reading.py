"""JSON to plain data, with what is wrong left visible for `sweeps.reading.document_checks`."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence

from sweeps.errors import Fault, InvalidSweep
from sweeps.reading.document_checks import Repeated

MOST_DIGITS = 400  # longer whole numbers are beyond every floating-point number


def read_json(text: str) -> object:
    """The value; raises `InvalidSweep` naming line and column where the text is not JSON."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidSweep([Fault("", f"is not JSON: {error.msg} at {where}")]) from None
    except RecursionError:
        raise InvalidSweep([Fault("", "is nested too deeply")]) from None


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(key for key, _ in pairs)
    return Repeated(members, {key for key, count in counts.items() if count > 1})


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MOST_DIGITS else math.inf
