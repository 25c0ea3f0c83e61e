"""The cost of knowing nothing: what the best constant prediction costs on the training part.

Called by the worker once per job; a curve that settles no lower than this is "stuck".
"""

from __future__ import annotations

import numpy as np

from engine.data.splitting import SplitData


def constant_predictor_cost(data: SplitData, cost: str) -> float:
    """Training cost of the best prediction that is the same for every sample.

    For the squares it is the mean target and the cost its variance; for both cross-entropies it is the frequency of
    each class and the cost an entropy (natural logarithm). Costs are over the samples' mean; see `engine.costs`.
    """
    targets = np.asarray(data.train_targets, dtype=np.float64)
    mean = targets.mean(axis=0)
    if cost == "sum_of_squares":
        return float(targets.var(axis=0).sum())
    if cost == "mean_squared_error":
        return float(targets.var(axis=0).mean())
    if cost == "cross_entropy":
        return float(_plogp(mean).sum())
    if cost == "binary_cross_entropy":
        return float((_plogp(mean) + _plogp(1.0 - mean)).mean())
    raise ValueError(f"unknown cost {cost!r}")


def _plogp(share: np.ndarray) -> np.ndarray:
    """-p log p, 0 at p = 0."""
    return -share * np.log(np.where(share > 0, share, 1.0))
