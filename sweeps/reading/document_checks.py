"""What no sweep's document may hold, whatever it was written in; each fault with its path.

Used by `sweeps.reading.documents`. Knows nothing of sweeps, only of plain data.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from sweeps.errors import Fault, pointer

MOST_DEPTH = 32
Path = tuple[str | int, ...]


class Repeated(dict[str, object]):
    """An object in which keys stood twice; `keys_twice` names them."""

    def __init__(self, members: Mapping[str, object], keys_twice: set[str]) -> None:
        super().__init__(members)
        self.keys_twice = keys_twice


def faults_of(document: object) -> list[Fault]:
    """Every fault, in the document's order. Walks with a stack of its own: depth cannot break it."""
    found: list[Fault] = []
    waiting: list[tuple[Path, object]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        found += (Fault(pointer(*path), message) for message in _messages(value))
        inner = list(_members(path, value))
        if inner and len(path) >= MOST_DEPTH:
            found.append(Fault(pointer(*path), f"is nested deeper than {MOST_DEPTH} levels"))
        else:
            waiting += reversed(inner)
    return found


def _members(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict):
        yield from (((*path, key), member) for key, member in value.items())
    elif isinstance(value, list):
        yield from (((*path, index), member) for index, member in enumerate(value))


def _messages(value: object) -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield "is not a finite number (or beyond 1.8e308)"
    elif isinstance(value, str):
        yield from _text_messages("holds", value)
    elif isinstance(value, dict):
        if isinstance(value, Repeated):
            yield from (f"has the key {key!r} twice" for key in sorted(value.keys_twice))
        for key in value:
            yield from _text_messages("has a key with", key)


def _text_messages(verb: str, text: str) -> Iterator[str]:
    """NUL and lone surrogates: no PostgreSQL text column takes them."""
    if "\0" in text:
        yield f"{verb} a NUL character"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        yield f"{verb} half a surrogate pair, which is not a character"
