"""What no sweep's document may hold, whatever it was written in; each fault with its path.

Used by `sweeps.reading.documents`. Knows nothing of sweeps, only of plain data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sweeps.errors import Fault, bounded, pointer

MOST_DEPTH = 32
MOST_VALUES = 250_000
Path = tuple[str | int, ...]
Step = tuple[Any, str | int]  # the step above, or None, and a key or an index


class Repeated(dict[str, object]):
    """An object in which keys stood twice; `keys_twice` names them."""

    def __init__(self, members: Mapping[str, object], keys_twice: set[str]) -> None:
        super().__init__(members)
        self.keys_twice = keys_twice


def faults_of(document: object) -> list[Fault]:
    """The faults in the document's order, as many as an answer has room for. Depth cannot break the walk."""
    return bounded(_faults(document))


def _faults(document: object) -> Iterator[Fault]:
    """Walks with a stack of its own; what is sound and holds nothing is passed over at once."""
    waiting: list[tuple[Step | None, int, object]] = [(None, 0, document)]
    seen = 0
    while waiting:
        step, depth, value = waiting.pop()
        yield from (Fault(_pointer(step), message) for message in _messages(value))
        if not isinstance(value, dict | list):
            continue
        seen += len(value)
        if seen > MOST_VALUES:
            yield Fault("", f"holds more than {MOST_VALUES:,} values")
            return
        inner: list[tuple[Step | None, int, object]] = [
            ((step, key), depth + 1, member) for key, member in _members(value) if not _is_sound(member)
        ]
        if depth >= MOST_DEPTH and value:
            yield Fault(_pointer(step), f"is nested deeper than {MOST_DEPTH} levels")
        else:
            waiting += reversed(inner)


def _members(value: dict[str, object] | list[object]) -> Iterable[tuple[str | int, object]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


def _is_sound(value: object) -> bool:
    """Whether there is nothing to look for in it; whole numbers, true, false and null are most of what there is."""
    return value is None or isinstance(value, int)


def _pointer(step: Step | None) -> str:
    """The pointer of a chain of steps from a value up to the document."""
    steps: list[str | int] = []
    while step is not None:
        step, key = step
        steps.append(key)
    return pointer(*reversed(steps))


def _messages(value: object) -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield "is not a finite number (or beyond 1.8e308)"
    elif isinstance(value, str):
        yield from _text_messages("holds", value)
    elif isinstance(value, dict):
        if isinstance(value, Repeated):
            yield from (f"has the key {_shown(key)} twice" for key in sorted(value.keys_twice))
        for key in value:
            yield from _text_messages("has a key with", key)


def _text_messages(verb: str, text: str) -> Iterator[str]:
    """NUL and lone surrogates: no PostgreSQL text column takes them."""
    if "\0" in text:
        yield f"{verb} a NUL character"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        yield f"{verb} half a surrogate pair, which is not a character"


def _shown(key: str) -> str:
    return repr(key) if len(key) <= 60 else repr(key[:57] + "...")
