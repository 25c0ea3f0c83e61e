"""Curves of a stated kind, length and noise: the known answers that the outcome rules are held against.

Used by `benchmarks.outcomes` and, in small, by the tests. Kinds are drawn clear of their borders: a curve that settles
just between two kinds has no known answer. The noise is a factor exp(noise * normal) on every cost.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from comparison.curve import Curve
from comparison.outcome import Outcome

CONSTANT_COST = 0.9
Costs = NDArray[np.float64]
Kind = Callable[[Costs, np.random.Generator], tuple[Costs, Costs]]


def synthetic(kind: Outcome, epochs: int, noise: float, seed: int) -> Curve:
    """One curve of this kind with epochs 0 to `epochs`; the same arguments give the same curve."""
    random = np.random.default_rng((tuple(Outcome).index(kind), epochs, round(1e6 * noise), seed))
    train, validation = KINDS[kind](np.arange(epochs + 1) / epochs, random)
    noisy = [costs * np.exp(noise * random.normal(size=epochs + 1)) for costs in (train, validation)]
    return Curve(tuple(map(float, noisy[0])), tuple(map(float, noisy[1])), CONSTANT_COST)


def _decay(time: Costs, start: float, floor: float, rate: float) -> Costs:
    return floor + start * np.exp(-rate * time)


def _diverged(time: Costs, random: np.random.Generator) -> tuple[Costs, Costs]:
    """Grows from the start, or falls and then grows, to at least 4 times the start."""
    turn = random.uniform(0, 0.5)
    start, growth = random.uniform(0.9, 2.5), random.uniform(3, 8)
    fallen = _decay(np.minimum(time, turn), start, 0.1, 4)
    costs = fallen * np.exp(growth * np.maximum(0, time - turn) / (1 - turn)) * (1 + np.maximum(0, time - turn) * 4)
    return costs, 1.1 * costs


def _stuck(time: Costs, random: np.random.Generator) -> tuple[Costs, Costs]:
    """From its start at once to a level at or above the constant predictor's, and flat there."""
    costs = np.full(len(time), CONSTANT_COST * random.uniform(1.0, 2.4))
    costs[0] = random.uniform(1.0, 3.0)
    return costs, 1.02 * costs


def _overfitting(time: Costs, random: np.random.Generator) -> tuple[Costs, Costs]:
    """Training falls all the way; validation turns after 15 to 50 % and rises by 40 to 150 % of its minimum."""
    turn, rise, floor = random.uniform(0.15, 0.5), random.uniform(0.4, 1.5), random.uniform(0.2, 0.5)
    train = _decay(time, 1.0, 0.01, random.uniform(4, 8))
    falling = floor * (1 + 2 * (np.exp(-4 * np.minimum(time, turn) / turn) - np.exp(-4.0)))
    return train, falling * (1 + rise * np.maximum(0, time - turn) / (1 - turn))


def _oscillating(time: Costs, random: np.random.Generator) -> tuple[Costs, Costs]:
    """After a short fall it jumps by half of its level or more from epoch to epoch, without progress."""
    level, jump = random.uniform(0.1, 0.5), random.uniform(0.25, 0.5)
    sign = np.where(np.arange(len(time)) % 2, 1.0, -1.0)
    costs = _decay(time, 1.0, 0.0, 30) + level * np.exp(jump * sign + 0.15 * random.normal(size=len(time)))
    return costs, 1.1 * costs


def _converged(time: Costs, random: np.random.Generator) -> tuple[Costs, Costs]:
    """Settled at 5 to 70 % of the constant predictor's cost after less than a third of the epochs."""
    costs = _decay(time, random.uniform(0.8, 2), CONSTANT_COST * random.uniform(0.05, 0.7), random.uniform(20, 60))
    return costs, 1.05 * costs


def _plateaued(time: Costs, random: np.random.Generator) -> tuple[Costs, Costs]:
    """Falls steadily, by a third or more of what is left at half-time, until 60 to 70 %; then flat."""
    end, floor = random.uniform(0.6, 0.7), CONSTANT_COST * random.uniform(0.2, 0.6)
    costs = floor + random.uniform(1.5, 3) * floor * np.maximum(0, end - time) / end
    return costs, 1.05 * costs


def _still_descending(time: Costs, random: np.random.Generator) -> tuple[Costs, Costs]:
    """An exponential decay of which 0.7 to 2.5 time constants have passed."""
    costs = _decay(time, 1.0, random.uniform(0, 0.2), random.uniform(0.7, 2.5))
    return costs, 1.1 * costs


KINDS: dict[Outcome, Kind] = {
    Outcome.DIVERGED: _diverged,
    Outcome.STUCK: _stuck,
    Outcome.OVERFITTING: _overfitting,
    Outcome.OSCILLATING: _oscillating,
    Outcome.CONVERGED: _converged,
    Outcome.PLATEAUED: _plateaued,
    Outcome.STILL_DESCENDING: _still_descending,
}
