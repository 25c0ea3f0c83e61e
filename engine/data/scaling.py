"""Scaling of inputs and targets, column by column, fitted on the training part alone.

Used by `splitting` and carried by a saved model. An input that is constant in the training part becomes 0 everywhere:
it tells nothing, and dividing by its span would be dividing by 0. A target that is constant there keeps its unit: where
it differs in the validation part, every prediction is wrong, and that must be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import InvalidDataset


@dataclass(frozen=True, eq=False)
class Scaler:
    """`scaled = (raw - offset) / span`, each (columns,) float64; the span of a constant column is infinite."""

    offset: NDArray[np.float64]
    span: NDArray[np.float64]

    def scale(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """(samples, columns) in raw units to the same in the network's units; infinite where that overflows."""
        with np.errstate(over="ignore"):
            return (raw - self.offset) / self.span

    def unscale(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inverse of `scale`; a constant column comes back as its constant."""
        return scaled * np.where(np.isinf(self.span), 0.0, self.span) + self.offset


def fit(kind: str, training: NDArray[np.float64], constant_span: float = np.inf) -> Scaler:
    """The scaler of `kind` (min_max, standard or none) for training values (samples, columns).

    `constant_span`: what differences of a constant column are divided by.

    min_max maps the training part's range to [0, 1]; standard subtracts its mean and divides by its standard
    deviation (over n, not n - 1, as scikit-learn's StandardScaler).
    """
    low, high = training.min(axis=0), training.max(axis=0)
    with np.errstate(over="ignore"):
        if kind == "min_max":
            offset, span = low, high - low
        elif kind == "standard":
            offset, span = training.mean(axis=0), training.std(axis=0)
        elif kind == "none":
            return Scaler(np.zeros(training.shape[1]), np.ones(training.shape[1]))
        else:
            raise ValueError(f"unknown scaling {kind!r}")
    constant = low == high
    unusable = ~constant & ~(np.isfinite(span) & np.isfinite(offset) & (span > 0))
    if unusable.any():
        raise InvalidDataset(
            f"column {int(np.argmax(unusable)) + 1} cannot be scaled in float64: "
            "its values are too large or too close together; rescale it before use"
        )
    return Scaler(np.where(constant, low, offset), np.where(constant, constant_span, span))
