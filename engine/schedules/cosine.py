"""The cosine schedule (Loshchilov and Hutter 2017, equation 5, without restarts), as PyTorch's CosineAnnealingLR."""

from math import cos, pi

from engine.hyperparameters import Configuration


def cosine(configuration: Configuration, epoch: int) -> float:
    """From 1 down to `schedule_floor`, which it would reach one epoch after the last.

    `epoch` counts from 0 after the warm-up; the half wave is as long as the epochs that the warm-up leaves.
    """
    length = max(1, configuration.epochs - configuration.schedule_warmup)
    floor = configuration.schedule_floor
    return floor + (1.0 - floor) * (1.0 + cos(pi * epoch / length)) / 2.0
