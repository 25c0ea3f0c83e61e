"""How often the fits' intervals hold what a curve was made of. Used by `benchmarks.outcomes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from comparison.curves.decay import Numbers
from comparison.curves.fitting import Fit, exponential, power_law

MODELS = ("exponential", "power law")
FIT_NOISES = (0.003, 0.01, 0.03)
FIT_LENGTHS = (20, 50, 200)


@dataclass(frozen=True)
class Made:
    """Costs of epochs 0 to the last, and what they were made of."""

    costs: Numbers
    asymptote: float
    amplitude: float
    rate: float


@dataclass(frozen=True)
class Coverage:
    """Of `curves` curves of one kind: how many fits were believed, and whose 95 % intervals held the truth."""

    model: str
    proportional: bool
    noise: float
    epochs: int
    curves: int
    believed: int
    rates: int
    asymptotes: int


def made(model: str, epochs: int, noise: float, seed: int, *, proportional: bool) -> Made:
    """A curve: asymptote 0.05 to 0.5, amplitude 0.5 to 2, and 2 to 8 time constants or a power of 0.3 to 1.5.

    The noise has a standard deviation of `noise` times the amplitude, or times the cost where it is proportional.
    """
    random = np.random.default_rng((seed, epochs))
    asymptote, amplitude = random.uniform(0.05, 0.5), random.uniform(0.5, 2)
    times = np.arange(epochs + 1.0)
    if model == "exponential":
        rate = random.uniform(2, 8) / epochs
        costs = asymptote + amplitude * np.exp(-rate * times)
    else:
        rate = random.uniform(0.3, 1.5)
        costs = asymptote + amplitude * np.maximum(times, 0.5) ** -rate
    draws = noise * random.normal(size=epochs + 1)
    return Made(costs * np.exp(draws) if proportional else costs + amplitude * draws, asymptote, amplitude, rate)


def fitted(model: str, costs: Numbers) -> Fit:
    """The fit of the model to costs."""
    return exponential(costs) if model == "exponential" else power_law(costs)


def coverages(
    curves: int, noises: Sequence[float] = FIT_NOISES, lengths: Sequence[int] = FIT_LENGTHS
) -> list[Coverage]:
    """Every model with either noise at every noise and length."""
    return [
        _coverage(model, proportional, noise, epochs, curves)
        for model in MODELS
        for proportional in (False, True)
        for noise in noises
        for epochs in lengths
    ]


def _coverage(model: str, proportional: bool, noise: float, epochs: int, curves: int) -> Coverage:
    drawn = [made(model, epochs, noise, seed, proportional=proportional) for seed in range(curves)]
    pairs = [(one, fitted(model, one.costs)) for one in drawn]
    held = [
        (fit.rate.low <= one.rate <= fit.rate.high, fit.asymptote.low <= one.asymptote <= fit.asymptote.high)
        for one, fit in pairs
        if fit.rate is not None and fit.asymptote is not None
    ]
    rates, asymptotes = (sum(column) for column in (zip(*held, strict=True) if held else ((), ())))
    return Coverage(model, proportional, noise, epochs, curves, len(held), rates, asymptotes)
