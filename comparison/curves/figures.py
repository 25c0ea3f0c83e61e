"""All figures of one trial's curve. Called by the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comparison.curves.course import Course
from comparison.curves.effort import PATIENCE, Effort, efforts
from comparison.curves.fitting import Fit, exponential, power_law
from comparison.curves.levels import Levels, levels


@dataclass(frozen=True)
class CostFigures:
    """One cost's levels, and how fast it fell."""

    levels: Levels
    exponential: Fit
    power_law: Fit


@dataclass(frozen=True)
class Figures:
    """`epochs`: the last one; -1 before epoch 0. `targets` are validation costs, in the order asked for."""

    epochs: int
    train_cost: CostFigures
    validation_cost: CostFigures
    targets: tuple[Effort, ...]
    patience: int


def figures(course: Course, targets: Sequence[float], patience: int = PATIENCE) -> Figures:
    """The figures of a course of any length, ended or not; the same course gives the same figures."""
    return Figures(
        epochs=len(course.train_cost) - 1,
        train_cost=_of_cost(course.train_cost),
        validation_cost=_of_cost(course.validation_cost),
        targets=efforts(course, targets, patience),
        patience=patience,
    )


def _of_cost(costs: Sequence[float | None]) -> CostFigures:
    return CostFigures(levels(costs), exponential(costs), power_law(costs))
