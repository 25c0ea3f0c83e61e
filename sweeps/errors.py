"""Errors of the sweeps package: what is wrong in a sweep's document, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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
    """The JSON pointer of a path of keys and indices: `~` and `/` inside a key are escaped (RFC 6901, section 3)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
