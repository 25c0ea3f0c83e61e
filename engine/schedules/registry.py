"""Schedules by their name in `engine.hyperparameters`, and the learning rates of an epoch with its warm-up."""

from __future__ import annotations

from collections.abc import Callable

from engine.hyperparameters import Configuration
from engine.schedules.constant import constant
from engine.schedules.cosine import cosine
from engine.schedules.exponential import exponential
from engine.schedules.step import step

SCHEDULES: dict[str, Callable[[Configuration, int], float]] = {
    "constant": constant,
    "step": step,
    "exponential": exponential,
    "cosine": cosine,
}


def learning_rates(configuration: Configuration, epoch: int, updates: int) -> float | list[float]:
    """The learning rate of an epoch (counted from 1), or those of its updates, one each, while it warms up.

    Warm-up is linear over all its updates and ends at the whole learning rate (Goyal et al. 2017, section 2.2); the
    schedule begins after it.
    """
    behind = epoch - 1
    warmup = configuration.schedule_warmup
    if behind < warmup:
        ramp = warmup * updates
        return [configuration.learning_rate * (behind * updates + u + 1) / ramp for u in range(updates)]
    return configuration.learning_rate * SCHEDULES[configuration.schedule](configuration, behind - warmup)
