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
from results.values import Claim, ClaimedTrial
from worker.curve import TrialCurve
from worker.errors import DatasetChanged

logger = logging.getLogger(__name__)
# What a torn archive raises, wherever it is torn.
_UNREADABLE = (ValueError, LookupError, EOFError, OSError, RuntimeError, BadZipFile, zlib.error)


@dataclass(frozen=True)
class Beginning:
    """A training ready to go, and the curves of its trials so far, by position."""

    training: Training
    curves: tuple[TrialCurve, ...]
    epochs: int  # the last epoch to train
    check_epochs: frozenset[int] = frozenset()  # where early termination decides


def begin(database: Database, claim: Claim, together: bool = True) -> Beginning:
    """Load, split and restore; raises `DatasetChanged`. `together`: whether trials may share an array."""
    data = _data(claim)
    states = _states(claim)
    training = Training([claimed.trial for claimed in claim.trials], data, states, together=together)
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
    """The trials' states at the latest epoch of which all have a sound one; None where there is none: from the start.

    Usually that of the last flush; where one of its states is damaged, that of the flush before. Starting earlier is
    always right: the same epochs come out with the same bits, and stored ones are kept.
    """
    saved = [_sound_states(claim, claimed) for claimed in claim.trials]
    common = set(saved[0]).intersection(*saved[1:])
    return [states[max(common)] for states in saved] if common else None


def _sound_states(claim: Claim, claimed: ClaimedTrial) -> dict[int, TrialState]:
    """What can be read of the trial's two last states, by epoch."""
    found = {}
    for stored in (claimed.checkpoint, claimed.earlier_checkpoint):
        if stored is None:
            continue
        try:
            state = TrialState.from_bytes(stored)
        except _UNREADABLE as error:
            message = "job %d: a checkpoint of trial %d is damaged, going on from an earlier one: %r"
            logger.warning(message, claim.job_id, claimed.number, error)
        else:
            found[state.epoch] = state
    return found
