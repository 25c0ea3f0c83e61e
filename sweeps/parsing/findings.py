"""What parsing finds on its way: faults, which refuse the document, and notes, which tell its user what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from sweeps.errors import MOST_FAULTS, MOST_TEXT, Fault, InvalidSweep, bounded, pointer


@dataclass
class Findings:
    """Collects while the parts of a document are parsed; each parser goes on after a fault where it can.

    Beyond what an answer has room for it gives up: `fault` then raises `InvalidSweep`.
    """

    faults: list[Fault] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)  # an ordered set
    _text: int = 0  # characters of the faults

    def fault(self, path: Iterable[str | int], message: str) -> None:
        """Something that refuses the document, at `path`."""
        fault = Fault(pointer(*path), message)
        self.faults.append(fault)
        self._text += len(fault.pointer) + len(message)
        if len(self.faults) > MOST_FAULTS or self._text > MOST_TEXT:
            raise InvalidSweep(bounded(self.faults))

    def note(self, sentence: str) -> None:
        """Something that its user should know; the same sentence is kept once."""
        self.notes.setdefault(sentence)

    def refuse(self) -> None:
        """Raise `InvalidSweep` if there is any fault."""
        if self.faults:
            raise InvalidSweep(self.faults)


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` for the closest known name, or nothing."""
    near = get_close_matches(name.strip().lower(), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def shown(value: object) -> str:
    """The value as its user would recognise it, cut to a length that a message can hold."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
