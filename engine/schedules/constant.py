"""The constant schedule."""

from engine.hyperparameters import Configuration


def constant(configuration: Configuration, epoch: int) -> float:
    """1 in every epoch."""
    return 1.0
