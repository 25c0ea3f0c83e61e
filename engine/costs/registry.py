"""Costs by their name in `engine.hyperparameters`."""

from __future__ import annotations

from engine.costs.base import Cost
from engine.costs.binary_cross_entropy import BinaryCrossEntropy
from engine.costs.cross_entropy import CrossEntropy
from engine.costs.squares import MeanSquaredError, SumOfSquares

COSTS: dict[str, Cost] = {
    "sum_of_squares": SumOfSquares(),
    "mean_squared_error": MeanSquaredError(),
    "cross_entropy": CrossEntropy(),
    "binary_cross_entropy": BinaryCrossEntropy(),
}
