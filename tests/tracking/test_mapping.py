"""Rows as MLflow content: pure functions, held against MLflow's own rules."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from mlflow.entities import RunStatus
from mlflow.utils.validation import _validate_metric_name, _validate_param, _validate_tag

from results.reads.tracking_values import (
    Leader,
    SweepSummary,
    TrackedDataset,
    TrackedSweep,
    TrackedTrial,
    UnsentTrial,
)
from results.values import EpochRow
from sweeps.states import State
from tracking.mapping.datasets import dataset_inputs
from tracking.mapping.identity import sweep_key, trial_key
from tracking.mapping.notes import sweep_note
from tracking.mapping.states import STATUS
from tracking.mapping.sweeps import sweep_run
from tracking.mapping.text import cut, values_text
from tracking.mapping.trials import trial_run

NOON = datetime(2026, 1, 1, 12, 0, 0, 999_999, tzinfo=UTC)
DIGITS = TrackedDataset("digits", "0" * 64, "classification", 1797, 64, 10, "scikit-learn")
SUMMARY = SweepSummary(
    {"finished": 2}, {"stuck": 1, "converged": 1}, (DIGITS,), (), {"learning_rate": (0.1, 0.5), "l2": (0.0,)}
)


def sweep(**changes: Any) -> TrackedSweep:
    values: dict[str, Any] = {
        "sweep_id": 7,
        "uid": "a" * 32,
        "name": "digits",
        "project": "convergence",
        "method": "grid",
        "state": State.RUNNING,
        "metric_name": "validation_cost",
        "metric_goal": "minimize",
        "replicates": 2,
        "seed": 7,
        "split_seed": 8,
        "validation_fraction": 0.2,
        "targets": (0.5,),
        "configuration_count": 200,
        "trial_count": 400,
        "created_at": NOON,
        "finished_at": None,
        "experiment_id": None,
        "run_id": None,
        "tracked_state": None,
    }
    return TrackedSweep(**{**values, **changes})


def trial(**changes: Any) -> TrackedTrial:
    values: dict[str, Any] = {
        "trial_id": 1,
        "number": 24,
        "configuration_number": 12,
        "replicate": 1,
        "hyperparameters": {"learning_rate": 0.5, "layers": [32, 32], "l2": 0.0, "epochs": 3, "clip_norm": None},
        "parameter_count": 100,
        "dataset": DIGITS,
        "init_seed": 1,
        "data_seed": 2,
        "state": State.FINISHED,
        "outcome": "converged",
        "outcome_epoch": 2,
        "epochs_recorded": 3,
        "diverged_epoch": None,
        "results": {"best_validation_cost": 0.25, "best_epoch": 2},
        "target_epochs": {0.5: 1},
        "seconds": 1.5,
        "blas_kernel": "Haswell",
        "error": None,
        "reused_from": None,
        "started_at": NOON,
        "finished_at": NOON + timedelta(seconds=9),
        "run_id": None,
        "tracked_epoch": -1,
        "tracked_state": None,
    }
    return TrackedTrial(**{**values, **changes})


def row(epoch: int, **values: float | None) -> EpochRow:
    measured: dict[str, Any] = {
        "train_cost": 1.0,
        "validation_cost": 1.0,
        "train_accuracy": None,
        "validation_accuracy": None,
        "gradient_norm": None,
        "epoch_seconds": 0.1,
    }
    return EpochRow(trial_id=1, epoch=epoch, updates=epoch, recorded_at=NOON, **{**measured, **values})


def test_a_trials_name_says_what_differs() -> None:
    summary = SweepSummary({}, {}, (), (), {"learning_rate": (0.1, 0.5), "layers": ((32,), (32, 32)), "l2": (0.0,)})
    run = trial_run(sweep(), summary, "p", UnsentTrial(trial(), (), True))
    assert run.name == "c012 r1 learning_rate=0.5 layers=32,32"


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20))
@settings(deadline=None, max_examples=100)
def test_only_finite_values_are_sent_with_their_epoch_and_time(costs: list[float]) -> None:
    rows = tuple(row(epoch, train_cost=cost) for epoch, cost in enumerate(costs))
    run = trial_run(sweep(), SUMMARY, "p", UnsentTrial(trial(state=State.RUNNING), rows, True))
    sent = [(point.step, point.value) for point in run.metrics if point.key == "train_cost"]
    assert sent == [(epoch, cost) for epoch, cost in enumerate(costs) if math.isfinite(cost)]
    assert {point.timestamp for point in run.metrics} <= {1_767_268_800_999}


def test_a_trial_ends_only_with_its_last_epochs() -> None:
    part = trial_run(sweep(), SUMMARY, "p", UnsentTrial(trial(), (row(0),), complete=False))
    assert (part.status, part.end_time) == ("RUNNING", None)
    assert "best_validation_cost" not in {point.key for point in part.metrics}
    whole = trial_run(sweep(), SUMMARY, "p", UnsentTrial(trial(), (row(0),), complete=True))
    assert (whole.status, whole.end_time) == ("FINISHED", 1_767_268_809_999)
    values = {point.key: point.value for point in whole.metrics}
    assert values["best_validation_cost"] == 0.25
    assert values["epochs_to_target_0.5"] == 1
    assert values["diverged"] == 0
    assert values["learning_rate"] == 0.5
    assert "l2" not in values


def test_parameters_are_all_hyperparameters_and_seeds() -> None:
    params = trial_run(sweep(), SUMMARY, "p", UnsentTrial(trial(), (), True)).params
    assert params["layers"] == "[32, 32]"
    assert params["clip_norm"] == "default"
    assert (params["init_seed"], params["data_seed"], params["split_seed"]) == ("1", "2", "8")


def test_every_state_has_a_status_that_mlflow_knows() -> None:
    assert set(STATUS) == set(State)
    assert set(STATUS.values()) <= set(RunStatus.all_status() and map(RunStatus.to_string, RunStatus.all_status()))


def test_keys_are_as_long_as_mlflows_and_differ() -> None:
    keys = {trial_key("a" * 32, number) for number in range(100)} | {sweep_key("a" * 32), sweep_key("b" * 32)}
    assert len(keys) == 102
    assert {len(key) for key in keys} == {32}


def test_the_two_parts_of_a_data_set_and_of_other_splits_are_told_apart() -> None:
    parts = [
        *dataset_inputs(DIGITS, sweep()),
        *dataset_inputs(DIGITS, sweep(split_seed=9)),
        *dataset_inputs(DIGITS, sweep(validation_fraction=0.3)),
    ]
    assert len({part.digest for part in parts}) == 6
    assert [part.context for part in parts[:2]] == ["training", "validation"]
    assert dataset_inputs(DIGITS, sweep()) == dataset_inputs(DIGITS, sweep(name="another"))


@given(name=st.text(min_size=1, max_size=250), value=st.text(max_size=9000))
@settings(deadline=None, max_examples=50)
def test_mlflow_accepts_every_key_and_value_as_it_is(name: str, value: str) -> None:
    some = trial(hyperparameters={"dataset": value, "learning_rate": 0.5, "epochs": 3}, error=value, state=State.FAILED)
    leaders = (Leader(1, 1, 0, {"learning_rate": value}, 0.1, 2, 0.5),)
    summary = SweepSummary({"failed": 1}, {}, (), leaders, {"learning_rate": (0.1, value)})
    runs = [
        trial_run(sweep(name=name), summary, "p", UnsentTrial(some, (row(0),), True)),
        sweep_run(sweep(name=name), summary, State.FINISHED),
    ]
    for run in runs:
        assert len(run.name) <= 250
        for key, text in run.params.items():
            assert _validate_param(key, text).value == text
        for key, text in {**run.labels, **run.tags}.items():
            assert _validate_tag(key, text).value == text
        for point in run.metrics:
            _validate_metric_name(point.key)


def test_a_note_cannot_be_broken_by_names() -> None:
    leaders = (Leader(1, 1, 0, {"learning_rate": 0.5}, 0.1, 2, 0.98),)
    summary = SweepSummary({"finished": 1}, {}, (), leaders, {"learning_rate": (0.1, 0.5)})
    note = sweep_note(sweep(name="a | b\n# <script>"), summary)
    assert "<script>" not in note.replace("\\<script\\>", "")
    assert "1. **0.1** at epoch 2, best accuracy 98.0%: c1 r0 learning\\_rate=0.5" in note
    assert "\n# " not in note


def test_many_values_are_told_by_their_range() -> None:
    assert values_text([0.5, 1, 2.0]) == "0.5, 1, 2.0"
    assert values_text([float(n) for n in range(100)]) == "100 values from 0.0 to 99.0"
    assert values_text([(1,), (2, 3)]) == "[1], [2, 3]"


@given(st.text(), st.integers(1, 50))
@settings(deadline=None)
def test_cut_text_is_marked_and_fits(text: str, length: int) -> None:
    found = cut(text, length)
    assert len(found) <= length
    assert found == text or found.endswith("…")
