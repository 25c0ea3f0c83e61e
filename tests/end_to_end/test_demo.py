"""`backsweep demo`, as a new user runs it, and what it leaves: every epoch in SQL, and the same values in MLflow."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.ports import free_port

METRICS = ("train_cost", "validation_cost", "train_accuracy", "validation_accuracy", "gradient_norm", "epoch_seconds")
TRIALS = 96


@dataclass(frozen=True)
class Demo:
    """What the command printed, and the home it left, with the names of what was in it then."""

    status: int
    printed: str
    complaints: str
    home: Path
    left: frozenset[str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    if "BACKSWEEP_E2E_URL" in os.environ:
        pytest.skip("the demonstration brings its own stack; these tests were given one")
    home = tmp_path_factory.mktemp("demo")
    ports = ["--port", str(free_port()), "--mlflow-port", str(free_port())]
    command = [sys.executable, "-m", "backsweep", "demo", "--home", str(home), *ports]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=1100)
    return Demo(answer.returncode, answer.stdout, answer.stderr, home, frozenset(os.listdir(home)))


# The fixture starts a whole stack and trains 96 networks, whoever asks for it first.
pytestmark = pytest.mark.timeout(1200)


def test_it_ends_well_and_says_what_it_found_and_where(demo: Demo) -> None:
    assert demo.status == 0, demo.complaints
    assert not demo.complaints
    for words in ("Configurations", "Hyperparameters", "did best over", "/docs", "MLflow", "backsweep up"):
        assert words in demo.printed
    lines = demo.printed.replace(str(demo.home), "~/.backsweep").splitlines()  # a home's path may be of any length
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in demo.printed


def test_its_databases_can_be_copied_without_their_logs(demo: Demo) -> None:
    assert {"backsweep.db", "mlflow.db"} <= demo.left
    assert not any(name.endswith(("-wal", "-shm")) for name in demo.left)


def test_the_sweep_teaches_what_it_was_chosen_for(demo: Demo) -> None:
    """Too slow, right, stuck and depth-dependent all occur (design of the example)."""
    outcomes = dict(rows(demo.home, "backsweep.db", "SELECT outcome, count(*) FROM trials GROUP BY outcome"))
    assert sum(outcomes.values()) == TRIALS
    assert outcomes["stuck"] > 0
    reached = rows(demo.home, "backsweep.db", "SELECT count(DISTINCT trial_id) FROM trial_targets WHERE target = 0.1")
    assert 0 < reached[0][0] < TRIALS


def test_every_trial_is_stored_from_epoch_0_to_its_last_without_gap(demo: Demo) -> None:
    query = """
        SELECT t.epochs_recorded, count(*), min(e.epoch), max(e.epoch)
        FROM trials t JOIN epochs e ON e.trial_id = t.id GROUP BY t.id
    """
    found = rows(demo.home, "backsweep.db", query)
    assert len(found) == TRIALS
    assert all(low == 0 and high == last and count == last + 1 for last, count, low, high in found)


def test_mlflow_has_a_child_run_per_trial_with_every_finite_value_and_no_other(demo: Demo) -> None:
    tagged = "SELECT run_uuid FROM tags WHERE key = 'mlflow.parentRunId'"
    children = {run for (run,) in rows(demo.home, "mlflow.db", tagged)}
    run_of = dict(rows(demo.home, "backsweep.db", "SELECT id, mlflow_run_id FROM trials"))
    assert set(run_of.values()) == children
    assert len(children) == TRIALS
    sent: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    names = ", ".join(f"'{name}'" for name in METRICS)
    for run, key, step, value in rows(
        demo.home, "mlflow.db", f"SELECT run_uuid, key, step, value FROM metrics WHERE key IN ({names})"
    ):
        assert step not in sent[run, key], "a value was sent twice"
        sent[run, key][step] = value
    stored: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for trial, epoch, *values in rows(
        demo.home, "backsweep.db", f"SELECT trial_id, epoch, {', '.join(METRICS)} FROM epochs"
    ):
        for name, value in zip(METRICS, values, strict=True):
            if value is not None:
                stored[run_of[trial], name][epoch] = value
    assert sent == stored


def test_trained_once_more_every_trial_gives_the_same_bits(demo: Demo) -> None:
    command = [sys.executable, "-m", "backsweep", "verify", "1", "--home", str(demo.home)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"all {TRIALS} trials came out the same, bit for bit" in " ".join(answer.stdout.split())


def rows(home: Path, database: str, query: str) -> list[tuple]:  # type: ignore[type-arg]
    connection = sqlite3.connect(f"file:{home / database}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
