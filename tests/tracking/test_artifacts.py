"""Artifacts of ended sweeps: what the files and the model say is what SQL says."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml
from mlflow import MlflowClient
from sqlalchemy import delete, update

from engine.data.catalog import BUILT_IN
from engine.state import TrialState
from results.database import Database
from results.tables.trials import checkpoints
from settings import Settings
from sweeps.parsing.sweep import parse
from tests.tracking.trained_sweep import PARENT, best_row, diverged, folder_contents, row, train_sweep
from tests.worker.test_extending import extend, train_these
from tracking.tracker import track


def test_the_file_and_the_table_say_what_sql_says(sqlite_database: Database, own: Settings) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    files = {path.name: path for path in Path(own.mlflow_artifacts_root).rglob("*") if "models" not in path.parts}
    document = yaml.safe_load(files["sweep.yaml"].read_text())
    assert document == row(sqlite_database, sweep_id).document
    assert parse(document, BUILT_IN, 1000).replicates == 2
    table = json.loads(files["comparison.json"].read_text())
    lines = list(csv.DictReader(io.StringIO(files["comparison.csv"].read_text())))
    assert [line["learning_rate"] for line in lines] == [
        str(cells[table["columns"].index("learning_rate")]) for cells in table["data"]
    ]
    assert [line["rank"] for line in lines] == ["1", "2", "2"], "those of infinite median share a rank"
    lost = diverged(sqlite_database, sweep_id)
    assert sum(float(line["diverged_share"]) * 2 for line in lines) == len(lost) > 0
    assert lines[-1]["best_validation_cost"] == ""
    best = best_row(sqlite_database, sweep_id)
    low, high = float(lines[0]["best_lower_quartile"]), float(lines[0]["best_upper_quartile"])
    assert best.best_validation_cost <= low <= float(lines[0]["best_validation_cost"]) <= high
    page = files["comparison.html"].read_text()
    assert "<td>the best</td>" in page
    assert f"{100 * float(lines[-1]['diverged_share']):.0f}%" in page
    assert files["cost_curves.png"].read_bytes().startswith(b"\x89PNG")


def test_the_weights_of_the_model_are_those_of_the_last_checkpoint(sqlite_database: Database, own: Settings) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    stored = TrialState.from_bytes(best_row(sqlite_database, sweep_id).weights)
    for path in Path(own.mlflow_artifacts_root).rglob("network.npz"):
        with np.load(path) as archive:
            for name in ("weights_1", "bias_1", "weights_2", "bias_2"):
                np.testing.assert_array_equal(archive[name], stored.arrays[name])


def test_an_extended_sweep_gets_new_artifacts_and_keeps_the_earlier_model(
    sqlite_database: Database, own: Settings
) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, own)
    before = folder_contents(own)
    more = extend(sqlite_database, sweep_id, epochs=30)
    assert track(sqlite_database, own).sent_artifacts == 0
    train_these(sqlite_database, Settings(database_url=sqlite_database.url), more)
    assert track(sqlite_database, own).sent_artifacts == 1
    after = folder_contents(own)
    assert before.keys() < after.keys()
    changed = {Path(name).name for name in before if before[name] != after[name]}
    assert changed >= {"sweep.yaml", "cost_curves.png", "comparison.csv", "MLmodel", "network.npz"}
    client = MlflowClient(own.mlflow_tracking_uri)
    outputs = client.get_run(row(sqlite_database, sweep_id).mlflow_run_id).outputs.model_outputs
    assert sorted(one.step for one in outputs) == [12, 30]
    best = best_row(sqlite_database, sweep_id)
    assert client.get_run(row(sqlite_database, sweep_id).mlflow_run_id).data.tags["backsweep.model"].endswith("30")
    assert client.get_run(best.mlflow_run_id).outputs is not None


@pytest.mark.parametrize(
    ("weights", "reason"), [(None, "its weights were not kept"), (b"torn", "its weights cannot be read")], ids=str
)
def test_a_best_trial_without_weights_says_so(
    sqlite_database: Database, own: Settings, weights: bytes | None, reason: str
) -> None:
    sweep_id = train_sweep(sqlite_database)
    with sqlite_database.write() as connection:
        if weights is None:
            connection.execute(delete(checkpoints))
        else:
            connection.execute(update(checkpoints).values(state=weights))
    assert track(sqlite_database, own).sent_artifacts == 1
    client = MlflowClient(own.mlflow_tracking_uri)
    parent = client.get_run(row(sqlite_database, sweep_id).mlflow_run_id)
    assert reason in parent.data.tags["backsweep.model"]
    assert "cost_curves.png" in {Path(name).name for name in folder_contents(own)}


def test_a_sweep_in_which_everything_failed_or_diverged_has_its_comparison_all_the_same(
    sqlite_database: Database, own: Settings, store: Callable[..., int]
) -> None:
    train_sweep(sqlite_database, learning_rate=[1e5, 1e6])
    store(sqlite_database, name="failed", state="failed")
    store(sqlite_database, name="cancelled", state="cancelled", last_epoch=-1)
    report = track(sqlite_database, own)
    assert (report.error, report.sent_artifacts) == (None, 3)
    assert sum(Path(name).name == "comparison.csv" for name in folder_contents(own)) == 3


def test_a_best_trial_whose_run_was_deleted_leaves_the_sweep_its_own_artifacts(
    sqlite_database: Database, own: Settings
) -> None:
    sweep_id = train_sweep(sqlite_database)
    track(sqlite_database, replace_root(own))
    client, best = MlflowClient(own.mlflow_tracking_uri), best_row(sqlite_database, sweep_id)
    client.delete_run(best.mlflow_run_id)
    report = track(sqlite_database, own)
    assert (report.error, report.sent_artifacts) == (None, 1)
    names = {Path(name).name for name in folder_contents(own)}
    assert names == PARENT - {"model"}


def replace_root(settings: Settings) -> Settings:
    return Settings(mlflow_tracking_uri=settings.mlflow_tracking_uri)


def test_without_a_shared_folder_nothing_is_made_and_nothing_fails(
    sqlite_database: Database, sqlite_settings: Settings
) -> None:
    sweep_id = train_sweep(sqlite_database)
    report = track(sqlite_database, sqlite_settings)
    assert (report.error, report.sent_artifacts) == (None, 0)
    assert row(sqlite_database, sweep_id).tracked_artifacts is None


def test_nothing_is_written_beside_the_folder(
    sqlite_database: Database, own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_sweep(sqlite_database)
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    assert track(sqlite_database, own).sent_artifacts == 1
    assert list((tmp_path / "cwd").iterdir()) == []
