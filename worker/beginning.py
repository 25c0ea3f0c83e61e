"""How an attempt begins: the data of its sweep, and every trial fresh or where its checkpoint stands.

Called by `train_job`. Refuses data that differ from what the sweep was planned on.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zipfile import BadZipFile

from engine.data.baseline import constant_predictor_cost
from engine.data.loading import load
from engine.data.splitting import SplitData, split
from engine.state import TrialState
from engine.training import Training
from results.database import Database
from results.reads import curves
from results.values import Claim
from worker.curve import TrialCurve
from worker.errors import DatasetChanged

logger = logging.getLogger(__name__)
_UNREADABLE = (ValueError, KeyError, EOFError, OSError, BadZipFile, zlib.error)  # of a torn archive, wherever torn


@dataclass(frozen=True)
class Beginning:
    """A training ready to go, and the curves of its trials so far, by position."""

    training: Training
    curves: tuple[TrialCurve, ...]
    epochs: int  # the last epoch to train
    check_epochs: frozenset[int] = frozenset()  # where early termination decides


def begin(database: Database, claim: Claim) -> Beginning:
    """Load, split and restore; raises `DatasetChanged`."""
    data = _data(claim)
    states = _states(claim)
    training = Training([claimed.trial for claimed in claim.trials], data, states)
    constant_cost = constant_predictor_cost(data, claim.trials[0].trial.configuration.cost)
    epochs = claim.trials[0].trial.configuration.epochs
    now = datetime.now(UTC)
    with database.read() as connection:
        stored = [curves.of_trial(connection, claimed.trial_id) for claimed in claim.trials]
    return Beginning(
        training,
        tuple(
            TrialCurve(claimed.trial_id, rows, claim.targets, constant_cost, now)
            for claimed, rows in zip(claim.trials, stored, strict=True)
        ),
        epochs,
        _check_epochs(claim, epochs),
    )


def _check_epochs(claim: Claim, epochs: int) -> frozenset[int]:
    policy = claim.early_termination
    found = () if policy is None else policy.rule.check_epochs(epochs)
    if policy is not None and found:
        policy.rule.decide(claim.metric_goal, found[0], (), ())  # loads what it needs now, not while the sweep is held
    return frozenset(found)


def _data(claim: Claim) -> SplitData:
    """The split of the sweep; a job's trials share data set, scaling and precision."""
    shared = claim.trials[0].trial.configuration
    dataset = load(shared.dataset)
    if dataset.facts.digest != claim.dataset_digest:
        raise DatasetChanged(shared.dataset, claim.dataset_digest, dataset.facts.digest)
    return split(dataset, claim.validation_fraction, claim.split_seed, shared.scaling, shared.precision)


def _states(claim: Claim) -> Sequence[TrialState] | None:
    """The trials' checkpoints if all stand at one epoch, as one flush leaves them; else None: from the start.

    Starting again is always right: the same epochs come out with the same bits, and stored ones are kept.
    """
    saved = [claimed.checkpoint for claimed in claim.trials if claimed.checkpoint is not None]
    if len(saved) < len(claim.trials):
        return None
    try:
        states = [TrialState.from_bytes(state) for state in saved]
    except _UNREADABLE as error:
        logger.warning("job %d: a checkpoint cannot be read, training from the start: %r", claim.job_id, error)
        return None
    return states if len({state.epoch for state in states}) == 1 else None
