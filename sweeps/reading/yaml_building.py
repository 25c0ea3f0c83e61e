"""Builds plain data out of YAML's events, with a stack of its own. Used by `sweeps.reading.yaml_reading`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sweeps.errors import Fault, InvalidSweep, pointer
from sweeps.reading.document_checks import MOST_VALUES, Path, Repeated

MOST_CHARACTERS = 4_000_000  # of a document with its aliases written out


@dataclass
class _Frame:
    """A container that is still open; `key` is the key that waits for its value, `size` what is within."""

    container: dict[str, object] | list[object]
    anchor: str | None
    key: str | None = None
    twice: set[str] = field(default_factory=set)
    size: _Size = field(default_factory=lambda: _Size(1))


@dataclass(frozen=True)
class _Size:
    """How large a value is with its aliases written out: nodes, and characters of its text and keys."""

    nodes: int
    characters: int = 0

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.nodes + other.nodes, self.characters + other.characters)


class Builder:
    """Takes values, aliases, openings and closings in order; `document` is the result."""

    def __init__(self) -> None:
        self.document: object = None
        self._begun = False
        self._frames: list[_Frame] = []
        self._anchored: dict[str, tuple[object, _Size]] = {}  # anchor -> value, its size
        self._size = _Size(0)

    @property
    def depth(self) -> int:
        """Number of open containers."""
        return len(self._frames)

    @property
    def path(self) -> Path:
        """Where the next value will stand."""
        steps = [len(one.container) if isinstance(one.container, list) else one.key for one in self._frames]
        return tuple(step for step in steps if step is not None)

    @property
    def expects_key(self) -> bool:
        """Whether the next scalar is the key of an object."""
        return bool(self._frames) and isinstance(self._frames[-1].container, dict) and self._frames[-1].key is None

    def refusal(self, message: str) -> InvalidSweep:
        """The error to raise about the next value."""
        return InvalidSweep([Fault(pointer(*self.path), message)])

    def begin_document(self) -> None:
        """Refuse a second document."""
        if self._begun:
            raise InvalidSweep([Fault("", "holds more than one YAML document")])
        self._begun = True

    def add(self, value: object, anchor: str | None) -> None:
        """A scalar: a key where one is expected, else a value."""
        if self.expects_key:
            self._take_key(str(value))
        else:
            self._place(value, _Size(1, len(value) if isinstance(value, str) else 0), anchor)

    def add_alias(self, anchor: str | None) -> None:
        """What an anchor named, once more; counted as if it were written out."""
        if self.expects_key or anchor is None or anchor not in self._anchored:
            raise self.refusal(f"refers to *{anchor}, which is not a value that ended before it")
        value, size = self._anchored[anchor]
        self._place(value, size, None)

    def open(self, container: dict[str, object] | list[object], anchor: str | None) -> None:
        """Begin a list or an object."""
        if self.expects_key:
            raise self.refusal("has a key that is not text")
        self._frames.append(_Frame(container, anchor))

    def close(self) -> None:
        """End the innermost list or object."""
        frame = self._frames.pop()
        value = frame.container
        if frame.twice and isinstance(value, dict):
            value = Repeated(value, frame.twice)
        self._size += _Size(1 - frame.size.nodes, -frame.size.characters)  # counted when they were placed
        self._place(value, frame.size, frame.anchor)

    def _take_key(self, key: str) -> None:
        frame = self._frames[-1]
        if key == "<<":
            raise self.refusal("uses a merge key (<<), which is not understood; write the keys out")
        if key in frame.container:
            frame.twice.add(key)
        frame.key = key
        frame.size += _Size(0, len(key))
        self._size += _Size(0, len(key))

    def _place(self, value: object, size: _Size, anchor: str | None) -> None:
        self._size += size
        if self._size.nodes > MOST_VALUES:
            raise self.refusal(f"makes the document larger than {MOST_VALUES:,} values")
        if self._size.characters > MOST_CHARACTERS:
            raise self.refusal(f"makes the document larger than {MOST_CHARACTERS:,} characters")
        if anchor is not None:
            self._anchored[anchor] = (value, size)
        if not self._frames:
            self.document = value
            return
        frame = self._frames[-1]
        frame.size += size
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key is not None:
            frame.container[frame.key] = value
            frame.key = None
