"""Optuna as its manual has it for several processes without a server: one study in a journal, a process for every core.

`python -m benchmarks.peers.optuna_study JOURNAL TRACKING_URI TRIALS` is one of the processes. The trials stand in the
study's queue, so no sampler thinks. From a study in SQLite two processes may take the same trial.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.peers import taken
from benchmarks.peers.taken import Taken

STUDY = "peer"


def measure(count: int, processes: int, folder: Path) -> Taken:
    """So many trials; raises RuntimeError when one fails."""
    import optuna

    journal, uri = str(folder / "optuna.log"), taken.tracking(folder)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=_storage(journal), study_name=STUDY)
    for trial in taken.trials(count):
        study.enqueue_trial(trial)
    began = time.time()
    _run(journal, uri, [count // processes + (place < count % processes) for place in range(processes)])
    taken.check_tracked(uri, count)
    done = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    return taken.span(began, [(_seconds(one.datetime_start), _seconds(one.datetime_complete)) for one in done])


def _storage(journal: str) -> Any:
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return JournalStorage(JournalFileBackend(journal))


def _run(journal: str, uri: str, shares: list[int]) -> None:
    program = [sys.executable, "-m", "benchmarks.peers.optuna_study", journal, uri]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    started = [subprocess.Popen([*program, str(share)], env=environment) for share in shares]
    ended = [process.wait() for process in started]
    if any(ended):
        raise RuntimeError("a process of Optuna's study failed")


def _seconds(moment: object) -> float:
    return float(moment.timestamp())  # type: ignore[attr-defined]


def main(journal: str, uri: str, count: int) -> None:
    """Do so many trials of the study."""
    import optuna

    from benchmarks.peers.training import ready, train

    ready(uri)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.load_study(storage=_storage(journal), study_name=STUDY)
    study.optimize(
        lambda trial: train(trial.suggest_float("learning_rate", 0.0, 10.0), trial.suggest_int("seed", 0, 1000), uri),
        n_trials=count,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
