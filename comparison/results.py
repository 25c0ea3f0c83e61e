"""One trial's result, as the comparisons take it. `results.reads.comparison` fills it from SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.hyperparameter_kinds import Value


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What became of a trial, so far. None: not recorded yet, not finite, or not defined (accuracy in regression).

    `values`: its hyperparameters by name. `state`: as in `sweeps.states`. `target_epochs`: target -> first epoch at or
    below it, reached ones only. `seconds`: its share of the training time. `epochs_recorded`: its last epoch so far.
    """

    trial_id: int
    configuration_number: int
    replicate: int
    values: Mapping[str, Value]
    state: str
    outcome: str | None
    best_validation_cost: float | None
    best_epoch: int | None
    final_validation_cost: float | None
    best_train_cost: float | None
    final_train_cost: float | None
    best_validation_accuracy: float | None
    final_validation_accuracy: float | None
    target_epochs: Mapping[float, int]
    seconds: float | None
    epochs_recorded: int = 0
