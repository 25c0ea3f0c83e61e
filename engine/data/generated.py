"""Generated two-dimensional problems: points and classes that are the same on every host and NumPy.

Used by `loading`. They draw from NumPy's legacy `RandomState`, whose streams are frozen for good (NEP 19), and round
to 6 decimals, so that the last bits of a host's `sin` and `log` do not reach the digest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import make_circles, make_moons

Points = tuple[NDArray[np.float64], NDArray[np.int64]]

_DECIMALS = 6
_SEED = 0


def xor() -> Points:
    """400 points, 100 around each corner of the unit square (deviation 0.15); the class is the corners' XOR."""
    random = np.random.RandomState(_SEED)
    corners = np.repeat([(0, 0), (0, 1), (1, 0), (1, 1)], 100, axis=0)
    inputs = corners + 0.15 * random.standard_normal(corners.shape)
    return _rounded(inputs), np.asarray(corners[:, 0] ^ corners[:, 1], dtype=np.int64)


def moons() -> Points:
    """500 points on two interleaving half circles of radius 1 (deviation 0.15)."""
    inputs, labels = make_moons(n_samples=500, noise=0.15, shuffle=False, random_state=_SEED)
    return _rounded(inputs), labels.astype(np.int64)


def circles() -> Points:
    """500 points on two circles about the origin, radii 1 and 0.5 (deviation 0.08)."""
    inputs, labels = make_circles(n_samples=500, noise=0.08, factor=0.5, shuffle=False, random_state=_SEED)
    return _rounded(inputs), labels.astype(np.int64)


def spirals() -> Points:
    """600 points on three interleaved spirals of 200: radius 0 to 1 over two thirds of a turn, noise on the angle.

    After the case study of Stanford's CS231n ("Minimal neural network").
    """
    random = np.random.RandomState(_SEED)
    radius = np.tile(np.linspace(0.0, 1.0, 200), 3)
    arm = np.repeat(np.arange(3), 200)
    angle = 4.0 * (arm + radius) + 0.2 * random.standard_normal(600)
    return _rounded(np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)), arm.astype(np.int64)


def _rounded(inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded; adding 0 turns -0.0, which has other bytes, into 0.0."""
    return np.round(inputs, _DECIMALS) + 0.0
