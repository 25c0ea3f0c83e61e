"""Makes the artifacts of one ended sweep from the results database. Called by `tracking.artifacts.passes`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from comparison.comparison import Comparison, compare
from comparison.results import TrialResult
from engine.hyperparameters import values_of
from results.database import Database
from results.reads import tracking_artifacts as reads
from results.reads.comparison import swept, trial_results
from results.reads.tracking_artifacts import BestTrial
from results.reads.tracking_values import TrackedSweep
from results.values import EpochRow
from tracking.artifacts.best_trial import BestNetwork, NoModel, best, best_network
from tracking.artifacts.comparison_page import comparison_page
from tracking.artifacts.comparison_table import as_csv, as_json, columns, rows
from tracking.artifacts.content import BestModel, RunFiles, SweepArtifacts
from tracking.artifacts.pictures import MOST_EPOCHS, Curves, shown_trials, sweep_picture, trial_picture
from tracking.artifacts.sweep_file import sweep_file
from tracking.mapping.content import TAG_LENGTH
from tracking.mapping.curves import curve_points
from tracking.mapping.identity import model_key, sweep_key, trial_key
from tracking.mapping.names import sweep_name
from tracking.mapping.text import cut, milliseconds, value_text
from tracking.model.packing import PackedModel

_EXAMPLES = 5  # samples in a model's input example
_TABLES = json.dumps([{"path": "comparison.json", "type": "table"}])  # as MLflow's log_table notes them


@dataclass(frozen=True)
class _Read:
    """All that was read of a sweep, and the comparison of its trials."""

    document: dict[str, object]
    results: list[TrialResult]
    swept: tuple[str, ...]
    found: Comparison
    shown: dict[int, list[int]]
    curves: Curves
    best: BestTrial | None


def make(database: Database, sweep: TrackedSweep) -> SweepArtifacts:
    """The artifacts of a sweep whose run MLflow holds."""
    assert sweep.run_id is not None
    assert sweep.experiment_id is not None
    read = _read(database, sweep)
    picture = sweep_picture(sweep, read.found, read.swept, read.shown, read.curves)
    names, cells = columns(read.found, read.swept), rows(read.found, read.swept)
    page = comparison_page(sweep_name(sweep), _facts(sweep), read.found, read.swept)
    files = {
        "sweep.yaml": sweep_file(read.document),
        "comparison.json": as_json(names, cells),
        "comparison.csv": as_csv(names, cells),
        "comparison.html": page,
        "cost_curves.png": picture,
    }
    model, which = _model(database, sweep, read.best)
    tags = {"mlflow.loggedArtifacts": _TABLES, "backsweep.model": cut(which, TAG_LENGTH)}
    if read.best is not None:
        tags["backsweep.best_trial"] = str(read.best.trial_id)
    runs = [RunFiles(sweep.run_id, files, tags)]
    if read.best is not None and read.best.run_id is not None:
        curve = trial_picture(sweep, read.best, read.swept, read.curves[read.best.trial_id])
        runs.append(RunFiles(read.best.run_id, {"cost_curve.png": curve}))
    return SweepArtifacts(sweep.experiment_id, tuple(runs), model)


def _read(database: Database, sweep: TrackedSweep) -> _Read:
    with database.read() as connection:
        results, names = trial_results(connection, sweep.sweep_id), swept(connection, sweep.sweep_id)
        document = dict(reads.document(connection, sweep.sweep_id))
    found = compare(results, sweep.targets, names, sweep.metric_name, sweep.metric_goal)
    shown = shown_trials(found, results)
    first = best(results, sweep.metric_name, sweep.metric_goal)
    with database.read() as connection:
        trial = None if first is None else reads.best_trial(connection, first.trial_id)
        wanted = {key for keys in shown.values() for key in keys} | ({trial.trial_id} if trial else set())
        curves = reads.curves(connection, sorted(wanted), MOST_EPOCHS)
    return _Read(document, results, names, found, shown, curves, trial)


def _facts(sweep: TrackedSweep) -> list[str]:
    return [
        f"{sweep.method} sweep, {sweep.configuration_count} configurations x {sweep.replicates} replicates = "
        f"{sweep.trial_count} trials, seed {sweep.seed}; {sweep.state}"
        + (f" at {sweep.finished_at:%Y-%m-%d %H:%M} UTC." if sweep.finished_at else ".")
    ]


def _model(database: Database, sweep: TrackedSweep, trial: BestTrial | None) -> tuple[BestModel | None, str]:
    """The model, and which it is or why there is none."""
    if trial is None:
        return None, "none: no trial has a finite result"
    if trial.run_id is None:
        return None, "none: the best trial has no run in MLflow"
    try:
        found = best_network(trial, sweep)
    except NoModel as reason:
        return None, f"none: {reason}"
    with database.read() as connection:
        row = reads.epoch_row(connection, trial.trial_id, found.epoch)
    return _described(sweep, trial, found, row), f"the best trial at epoch {found.epoch}"


def _described(sweep: TrackedSweep, trial: BestTrial, found: BestNetwork, row: EpochRow | None) -> BestModel:
    assert trial.run_id is not None
    assert sweep.run_id is not None
    assert sweep.finished_at is not None
    values = values_of(trial.configuration)
    facts = {
        "backsweep.sweep": str(sweep.sweep_id),
        "backsweep.trial": str(trial.trial_id),
        "backsweep.configuration": str(trial.configuration_number),
        "backsweep.replicate": str(trial.replicate),
        "backsweep.epoch": str(found.epoch),
        "backsweep.dataset": f"{trial.dataset_name} sha256:{trial.dataset_digest}",
    }
    key = model_key(trial_key(sweep.uid, trial.number), found.epoch)
    return BestModel(
        key=key,
        name="model",
        trial_run_id=trial.run_id,
        sweep_run_id=sweep.run_id,
        sweep_key=sweep_key(sweep.uid),
        epoch=found.epoch,
        created=milliseconds(sweep.finished_at),
        params={name: value_text(value) for name, value in values.items()},
        metrics=tuple(curve_points([row])) if row is not None else (),
        tags={**facts, "backsweep.model": key},
        files=PackedModel(found.network, found.dataset.inputs[:_EXAMPLES], facts, sweep.finished_at, key).files(),
    )
