"""The exponential schedule, as `torch.optim.lr_scheduler.ExponentialLR`."""

from engine.hyperparameters import Configuration


def exponential(configuration: Configuration, epoch: int) -> float:
    """`schedule_factor` to the number of epochs behind; `epoch` counts from 0 after the warm-up."""
    return float(configuration.schedule_factor**epoch)
