"""The best trial of a sweep, and its network out of its last checkpoint; `NoModel` where there is none to be had.

Best is what the sweep's own metric says: the least loss of `comparison.judging`, among trials that have a result.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from zipfile import BadZipFile

from comparison.judging import ENDED, judge
from comparison.results import TrialResult
from engine.data.dataset import Dataset
from engine.data.loading import load
from engine.data.splitting import split
from engine.errors import EngineError
from engine.saved_model import TrainedModel, trained_model
from engine.state import TrialState
from results.reads.tracking_artifacts import BestTrial
from results.reads.tracking_values import TrackedSweep

_UNREADABLE = (ValueError, KeyError, EOFError, OSError, BadZipFile, zlib.error)  # of a torn archive, wherever torn


class NoModel(Exception):
    """The best trial's network cannot be given; the message says why, for the tag `backsweep.model`."""


@dataclass(frozen=True, eq=False)
class BestNetwork:
    """The network at `epoch`, and the data set it was trained on."""

    network: TrainedModel
    dataset: Dataset
    epoch: int


def best(results: Sequence[TrialResult], metric: str, goal: str) -> TrialResult | None:
    """The trial with the least loss, the earliest among equals; None where none has a finite one."""
    loss = judge(metric, goal).loss
    found = [(loss(one), one.trial_id, one) for one in results if one.state in ENDED]
    finite = [entry for entry in found if math.isfinite(entry[0])]
    return min(finite, key=lambda entry: entry[:2])[2] if finite else None


def best_network(trial: BestTrial, sweep: TrackedSweep) -> BestNetwork:
    """Its network as it stood at its last checkpoint, with the scalers of the sweep's split."""
    if trial.state is None:
        raise NoModel("its weights were not kept")
    try:
        state = TrialState.from_bytes(trial.state)
    except _UNREADABLE as error:
        raise NoModel(f"its weights cannot be read: {error}") from error
    chosen = trial.configuration
    try:
        dataset = load(trial.dataset_name)
        if dataset.facts.digest != trial.dataset_digest:
            raise NoModel(f"the data set {trial.dataset_name} is no longer what it was trained on")
        data = split(dataset, sweep.validation_fraction, sweep.split_seed, chosen.scaling, chosen.precision)
        network = trained_model(state, chosen, data, dataset.classes)
    except (EngineError, KeyError) as error:
        raise NoModel(f"its network cannot be made from its weights: {error}") from error
    return BestNetwork(network, dataset, state.epoch)
