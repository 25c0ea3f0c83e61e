"""Least squares of cost = c + a g(t, theta), where g is an exponential or a power of the epoch t.

Variable projection (Golub and Pereyra, 1973): c and a are linear, so only theta is searched. Used by
`comparison.curves.fitting`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

Numbers = NDArray[np.float64]
Basis = Callable[[Numbers, float], Numbers]
GRID = 200  # values of theta at which the first look is taken
EDGE = 1e-9  # of log theta: where a profile is still below its limit, the interval is open


@dataclass(frozen=True)
class Decay:
    """The best c + a g(t, theta) for costs y (n,); `squares`: weighted sum of squared `residuals`, y - fitted."""

    asymptote: float
    amplitude: float
    theta: float
    squares: float
    residuals: Numbers


class Profile:
    """Sums of squares of costs (n,) at epochs (n,), weighted (n,), over theta in `bounds`; g is `basis(t, theta)`."""

    def __init__(
        self, epochs: Numbers, costs: Numbers, weights: Numbers, basis: Basis, bounds: tuple[float, float]
    ) -> None:
        self._epochs, self.weights, self._basis = epochs, weights, basis
        self._total = float(weights.sum())
        self._mean = float(weights @ costs) / self._total
        self._centred = costs - self._mean
        self.whole = float(weights @ self._centred**2)
        self._logs = np.linspace(np.log(bounds[0]), np.log(bounds[1]), GRID)

    def best(self) -> Decay:
        """The least sum of squares within the bounds."""
        ones, squared, with_costs = self._sums_at(self._logs)
        spread = np.maximum(squared - ones**2 / self._total, 1e-300)
        place = int(np.argmax(with_costs**2 / spread))  # what a explains of the whole
        around = (self._logs[max(0, place - 1)], self._logs[min(GRID - 1, place + 1)])
        log = float(minimize_scalar(self.squares, bounds=around, method="bounded", options={"xatol": 1e-10}).x)
        shape = self._basis(self._epochs, float(np.exp(log)))
        amplitude, offset = self._line(shape)
        residuals = self._centred - offset - amplitude * shape
        squares = float(self.weights @ residuals**2)
        return Decay(self._mean + offset, amplitude, float(np.exp(log)), squares, residuals)

    def squares(self, log: float) -> float:
        """Sum of squares at a given log theta, c and a at their best."""
        shape = self._basis(self._epochs, float(np.exp(log)))
        amplitude, offset = self._line(shape)
        residuals = self._centred - offset - amplitude * shape
        return float(self.weights @ residuals**2)

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
        sums = self._sums_at(np.linspace(np.log(thetas[0]), np.log(thetas[1]), GRID))
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
        found = self.whole + self._total * offset**2 - (with_costs - offset * ones) ** 2 / squared
        place = int(np.argmin(found))
        if place in (0, GRID - 1):
            return float(found[place])
        left, middle, right = found[place - 1 : place + 2]
        bend = left - 2 * middle + right
        return float(middle - (right - left) ** 2 / (8 * bend)) if bend > 0 else float(middle)

    def _line(self, shape: Numbers) -> tuple[float, float]:
        """A and c (from the mean cost) at their best for a shape."""
        mean = float(self.weights @ shape) / self._total
        weighted = self.weights * (shape - mean)
        amplitude = float(weighted @ self._centred) / max(float(weighted @ (shape - mean)), 1e-300)
        return amplitude, -amplitude * mean

    def _sums_at(self, logs: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Weighted, of g, of g^2 and of g times the centred costs, (thetas,) each."""
        shapes = np.array([self._basis(self._epochs, float(np.exp(log))) for log in logs])
        squared = np.maximum(shapes**2 @ self.weights, 1e-300)
        return shapes @ self.weights, squared, shapes @ (self.weights * self._centred)
