"""Whether the noise of a curve is in proportion to its cost or constant, and the fit under that noise.

Iteratively reweighted least squares (Carroll and Ruppert, *Transformation and Weighting in Regression*, 1988, chapter
2). Used by `comparison.curves.fitting`.
"""

from __future__ import annotations

import math

import numpy as np

from comparison.curves.decay import Basis, Decay, Numbers, Profile

LEAST_FITTED = 1e-3  # of the largest cost: a fitted cost below counts as this where noise is proportional
REWEIGHTINGS = 3  # by the fit before
CLEARLY = 2.0  # of log likelihood: proportional noise is the more careful assumption, for it trusts early costs less


def weighted(epochs: Numbers, costs: Numbers, basis: Basis, bounds: tuple[float, float]) -> tuple[Profile, Decay, str]:
    """The fit under noise in proportion to the fitted cost, or under constant noise where that is clearly likelier."""
    weights = even = np.ones(len(costs))
    found = [_at(epochs, costs, even, basis, bounds)]
    for _ in range(REWEIGHTINGS):
        fitted = np.maximum(costs - found[-1][1].residuals, LEAST_FITTED * float(np.abs(costs).max()))
        weights = fitted**-2.0
        found.append(_at(epochs, costs, weights, basis, bounds))
    if _log_likelihood(found[0][1], even) > _log_likelihood(found[-1][1], weights) + CLEARLY:
        return *found[0], "constant"
    return *found[-1], "proportional"


def _at(
    epochs: Numbers, costs: Numbers, weights: Numbers, basis: Basis, bounds: tuple[float, float]
) -> tuple[Profile, Decay]:
    profile = Profile(epochs, costs, weights, basis, bounds)
    return profile, profile.best()


def _log_likelihood(best: Decay, weights: Numbers) -> float:
    """Of normal residuals whose variance is in proportion to 1 / weight, its scale at its best."""
    count = len(weights)
    return float(np.log(weights).sum() - count * math.log(max(best.squares, 1e-300) / count)) / 2
