"""Errors of the sweeps package: what is wrong in a sweep's document, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_FAULTS = 1000  # a document of a million wrong values is answered soon, in bearable length
MOST_TEXT = 200_000  # characters of all of them
LONGEST_KEY = 200  # characters of a key in a pointer


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `pointer` says where (JSON pointer, RFC 6901), `message` what, and the mend."""

    pointer: str
    message: str


class SweepError(Exception):
    """Base of all errors that sweeps raises on purpose."""


class InvalidSweep(SweepError):
    """A document that is not a sweep; `faults` holds everything that is wrong with it, in the document's order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.message}" for fault in self.faults[:5]))


class UnknownMediaType(InvalidSweep):
    """A document in a format that is neither JSON nor YAML."""


def pointer(*steps: str | int) -> str:
    """The JSON pointer of a path of keys and indices: `~` and `/` inside a key are escaped (RFC 6901, section 3).

    A key that is longer than any that is understood is cut.
    """
    return "".join("/" + _cut(str(step)).replace("~", "~0").replace("/", "~1") for step in steps)


def bounded(faults: Iterable[Fault]) -> list[Fault]:
    """The faults that an answer has room for; a last one says where there were more."""
    kept: list[Fault] = []
    text = 0
    for fault in faults:
        if len(kept) >= MOST_FAULTS or text > MOST_TEXT:
            return [*kept, Fault("", f"the first {len(kept):,} faults are listed; there may be more")]
        kept.append(fault)
        text += len(fault.pointer) + len(fault.message)
    return kept


def _cut(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else key[: LONGEST_KEY - 3] + "..."
