"""The step schedule, as `torch.optim.lr_scheduler.StepLR`."""

from engine.hyperparameters import Configuration


def step(configuration: Configuration, epoch: int) -> float:
    """`schedule_factor` to the number of whole `schedule_epochs` behind; `epoch` counts from 0 after the warm-up."""
    return float(configuration.schedule_factor ** (epoch // configuration.schedule_epochs))
