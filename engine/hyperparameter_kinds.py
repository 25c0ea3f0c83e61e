"""The kinds of values a hyperparameter takes: how each is parsed, bounded and refused.

Used by the registry in `engine.hyperparameters`; knows no single hyperparameter and imports no NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

Value = str | int | float | None | tuple[int, ...] | tuple[str, ...]


class Refused(ValueError):
    """A value outside its kind; the message completes the sentence "<name> ..."."""


@dataclass(frozen=True)
class Number:
    """A finite real number in [low, high], the ends left out where they are open."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def parse(self, value: object) -> float:
        """The value as a float; `Refused` for booleans, text, NaN, infinities and what is out of range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(f"must be a number, not {_shown(value)}")
        try:
            number = float(value)
        except OverflowError:
            raise Refused(f"must be {self.range_text()}, not a number beyond 1.8e308") from None
        too_low = number < self.low or (self.low_open and number == self.low)
        too_high = number > self.high or (self.high_open and number == self.high)
        if not math.isfinite(number) or too_low or too_high:
            raise Refused(f"must be {self.range_text()}, not {_shown(value)}")
        return number + 0.0  # of the two zeros the positive one

    def range_text(self) -> str:
        """The range in words, as errors and the documentation print it."""
        low = "" if math.isinf(self.low) else f"{'above' if self.low_open else 'at least'} {self.low:g}"
        high = "" if math.isinf(self.high) else f"{'below' if self.high_open else 'at most'} {self.high:g}"
        return " and ".join(part for part in (low, high) if part) or "a finite number"


@dataclass(frozen=True)
class Integer:
    """A whole number in [low, high]; 3.0 counts as 3."""

    low: int
    high: int

    def parse(self, value: object) -> int:
        """The value as an int; `Refused` otherwise."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(f"must be a whole number, not {_shown(value)}")
        if isinstance(value, float) and not value.is_integer():
            raise Refused(f"must be a whole number, not {_shown(value)}")
        if not self.low <= value <= self.high:
            raise Refused(f"must be {self.range_text()}, not {_shown(value)}")
        return int(value)

    def range_text(self) -> str:
        """The range in words."""
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True)
class Choice:
    """One of a few names; `spellings` maps other common spellings to them."""

    names: tuple[str, ...]
    spellings: tuple[tuple[str, str], ...] = ()

    def parse(self, value: object) -> str:
        """The canonical name; `Refused` names the nearest one."""
        if not isinstance(value, str):
            raise Refused(f"must be one of {', '.join(self.names)}, not {_shown(value)}")
        folded = value.strip().lower().replace("-", "_").replace(" ", "_")
        name = dict(self.spellings).get(folded, folded)
        if name not in self.names:
            near = get_close_matches(name, [*self.names, *dict(self.spellings)], n=1)
            hint = f"; did you mean {dict(self.spellings).get(near[0], near[0])!r}?" if near else ""
            raise Refused(f"must be one of {', '.join(self.names)}, not {_shown(value)}{hint}")
        return name

    def range_text(self) -> str:
        """The names."""
        return ", ".join(self.names)


@dataclass(frozen=True)
class Name:
    """A name of something that is stored elsewhere, such as a data set; whether it exists is asked there."""

    def parse(self, value: object) -> str:
        """The text; `Refused` when it is empty, longer than 100 characters or not text."""
        if not isinstance(value, str) or not value.strip() or len(value) > 100:
            raise Refused(f"must be a name of at most 100 characters, not {_shown(value)}")
        return value.strip()

    def range_text(self) -> str:
        """In words."""
        return "the name of a data set"


@dataclass(frozen=True)
class Sizes:
    """The units of each hidden layer, input side first; a lone number is one layer, an empty list none."""

    most_layers: int = 32
    most_units: int = 4096

    def parse(self, value: object) -> tuple[int, ...]:
        """A tuple of unit counts; `Refused` otherwise."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, list | tuple):
            raise Refused(f"must be a list of hidden layer sizes such as [32, 16], not {_shown(value)}")
        if len(value) > self.most_layers:
            raise Refused(f"must name at most {self.most_layers} hidden layers, not {len(value)}")
        try:
            return tuple(Integer(1, self.most_units).parse(size) for size in value)
        except Refused as refusal:
            raise Refused(f"holds a layer size that {refusal}") from None

    def range_text(self) -> str:
        """In words."""
        return f"a list of up to {self.most_layers} sizes from 1 to {self.most_units}"


@dataclass(frozen=True)
class Choices:
    """One name for all hidden layers, or a list with one name per hidden layer."""

    choice: Choice

    def parse(self, value: object) -> str | tuple[str, ...]:
        """A name or a tuple of names; a list whose names are all the same stays a list."""
        if isinstance(value, list | tuple):
            return tuple(self.choice.parse(one) for one in value)
        return self.choice.parse(value)

    def range_text(self) -> str:
        """The names."""
        return f"one of {self.choice.range_text()}, or a list with one per hidden layer"


Kind = Number | Integer | Choice | Name | Sizes | Choices


def _shown(value: object) -> str:
    """The value as its user wrote it, cut to a length that a message can hold."""
    text = repr(list(value)) if isinstance(value, Sequence) and not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
