"""Counts how often the rules say the known word: over synthetic kinds by noise and length, and over causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.outcomes.causes import CAUSES, Cause
from benchmarks.outcomes.synthetic import synthetic
from benchmarks.outcomes.training import curves_of
from comparison.curve import Curve
from comparison.outcome import Outcome, outcome

NOISES = (0.0, 0.003, 0.01, 0.03, 0.1)
LENGTHS = (12, 20, 50, 100, 300)
Words = Counter[Outcome]


@dataclass(frozen=True)
class Cell:
    """What the curves of one noise and length were called: kind -> words."""

    noise: float
    epochs: int
    words: dict[Outcome, Words]


@dataclass(frozen=True)
class CauseCount:
    """What the trainings of one cause were called."""

    cause: Cause
    words: Words

    @property
    def right(self) -> int:
        """How many were called what is right for the cause."""
        return sum(count for word, count in self.words.items() if word in self.cause.right)


def cells(curves: int, noises: Sequence[float] = NOISES, lengths: Sequence[int] = LENGTHS) -> list[Cell]:
    """`curves` of each kind at every noise and length."""
    return [
        Cell(noise, epochs, {kind: _words(kind, epochs, noise, curves) for kind in Outcome})
        for noise in noises
        for epochs in lengths
    ]


def causes(seeds: int) -> list[CauseCount]:
    """Every cause, trained under seeds 1 to `seeds`."""
    return [CauseCount(one, Words(map(word, curves_of(one, range(1, seeds + 1))))) for one in CAUSES]


def right_share(found: Sequence[Cell]) -> float:
    """Share of all curves of the cells that were called by their kind."""
    right = sum(cell.words[kind][kind] for cell in found for kind in Outcome)
    return right / sum(cell.words[kind].total() for cell in found for kind in Outcome)


def matrix(found: Sequence[Cell]) -> dict[Outcome, Words]:
    """The confusion matrix of some cells together: kind -> words."""
    return {kind: sum((cell.words[kind] for cell in found), Words()) for kind in Outcome}


def _words(kind: Outcome, epochs: int, noise: float, curves: int) -> Words:
    return Words(word(synthetic(kind, epochs, noise, seed)) for seed in range(curves))


def word(curve: Curve) -> Outcome:
    """The outcome of a curve that is long enough to have one."""
    found = outcome(curve)
    assert found is not None
    return found
