"""Least squares of cost = c + a g(t, theta), where g is an exponential or a power of the epoch t.

Variable projection (Golub and Pereyra, 1973): c and a are linear, so only theta is searched. Used by `comparison.curves.fitting`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

Numbers = NDArray[np.float64]
Basis = Callable[[Numbers, Numbers], Numbers]
GRID = 200  # values of theta at which the first look is taken
EDGE = 1e-9  # of log theta: where a profile is still below its limit, the interval is open


@dataclass(frozen=True)
class Decay:
    """The best c + a g(t, theta) for costs y (n,); `squares`: sum of squared residuals."""

    asymptote: float
    amplitude: float
    theta: float
    squares: float
    residuals: Numbers


class Profile:
    """Sums of squares of costs (n,) at epochs (n,) over theta within `bounds`, by `basis(epochs, theta)`."""

    def __init__(self, epochs: Numbers, costs: Numbers, basis: Basis, bounds: tuple[float, float]) -> None:
        self._epochs, self._costs, self._basis = epochs, costs, basis
        self._mean = float(costs.mean())
        self._centred = costs - self._mean
        self._logs = np.linspace(np.log(bounds[0]), np.log(bounds[1]), GRID)

    def best(self) -> Decay:
        """The least sum of squares within the bounds."""
        coarse = np.array([self.squares(log) for log in self._logs])
        place = int(np.argmin(coarse))
        around = (self._logs[max(0, place - 1)], self._logs[min(GRID - 1, place + 1)])
        log = float(minimize_scalar(self.squares, bounds=around, method="bounded", options={"xatol": 1e-10}).x)
        shape = self._basis(self._epochs, np.exp(log))
        amplitude, offset = self._line(shape)
        residuals = self._centred - offset - amplitude * shape
        return Decay(self._mean + offset, amplitude, float(np.exp(log)), float(residuals @ residuals), residuals)

    def squares(self, log: float) -> float:
        """Sum of squares at a given log theta, c and a at their best."""
        shape = self._basis(self._epochs, np.exp(log))
        amplitude, offset = self._line(shape)
        residuals = self._centred - offset - amplitude * shape
        return float(residuals @ residuals)

    def theta_interval(self, best: Decay, limit: float) -> tuple[float, float] | None:
        """Theta at which the sum of squares reaches `limit`, on both sides; None where a side stays below it."""
        log = float(np.log(best.theta))
        ends = []
        for edge in (self._logs[0], self._logs[-1]):
            if abs(edge - log) < EDGE or self.squares(edge) <= limit:
                return None
            ends.append(float(np.exp(brentq(lambda one: self.squares(one) - limit, *sorted((edge, log))))))
        return ends[0], ends[1]

    def asymptote_interval(
        self, best: Decay, limit: float, thetas: tuple[float, float], furthest: float
    ) -> tuple[float, float] | None:
        """The asymptotes at which the sum of squares, theta and a at their best, reaches `limit`.

        `thetas`: theta's own interval at this limit, beyond which no sum is below it. None where a side lies further
        than `furthest` from the best asymptote.
        """
        sums = self._sums_at(np.linspace(*np.log(thetas), GRID))
        ends = []
        for side in (-1.0, 1.0):
            far = best.asymptote + side * furthest
            if self._squares_of_asymptote(far, sums) <= limit:
                return None
            between = sorted((best.asymptote, far))
            ends.append(float(brentq(lambda one: self._squares_of_asymptote(one, sums) - limit, *between)))
        return ends[0], ends[1]

    def _squares_of_asymptote(self, asymptote: float, sums: tuple[Numbers, Numbers, Numbers]) -> float:
        """The least over the grid of theta that the sums are of, refined by a parabola through its neighbours."""
        offset = asymptote - self._mean
        ones, squared, with_costs = sums
        whole = float(self._centred @ self._centred) + len(self._costs) * offset**2
        found = whole - (with_costs - offset * ones) ** 2 / squared
        place = int(np.clip(np.argmin(found), 1, GRID - 2))
        left, middle, right = found[place - 1 : place + 2]
        bend = left - 2 * middle + right
        return float(middle - (right - left) ** 2 / (8 * bend)) if bend > 0 else float(middle)

    def _line(self, shape: Numbers) -> tuple[float, float]:
        """A and c (from the mean cost) at their best for a shape."""
        centred = shape - shape.mean()
        amplitude = float(centred @ self._centred / max(float(centred @ centred), 1e-300))
        return amplitude, -amplitude * float(shape.mean())

    def _sums_at(self, logs: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Of g, of g^2 and of g times the centred costs, (thetas,) each."""
        shapes = np.array([self._basis(self._epochs, np.exp(log)) for log in logs])
        return shapes.sum(axis=1), np.maximum(np.vecdot(shapes, shapes), 1e-300), shapes @ self._centred
