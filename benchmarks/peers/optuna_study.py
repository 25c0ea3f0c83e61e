"""Optuna as its manual has it for several processes: one study in SQLite, a process for every core.

`python -m benchmarks.peers.optuna_study STORAGE TRACKING_URI TRIALS` is one of the processes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def seconds(trials: int, processes: int, folder: Path) -> float:
    """Wall time until the last process has ended; imports included, as their users wait for them too."""
    import optuna

    storage, uri = f"sqlite:///{folder / 'optuna.db'}", f"sqlite:///{folder / 'mlflow.db'}"
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    optuna.create_study(storage=storage, study_name="peer")
    _prepare(uri)
    shares = [trials // processes + (place < trials % processes) for place in range(processes)]
    began = time.perf_counter()
    started = [
        subprocess.Popen([sys.executable, "-m", "benchmarks.peers.optuna_study", storage, uri, str(share)])
        for share in shares
    ]
    for process in started:
        if process.wait() != 0:
            raise RuntimeError("a process of Optuna's study failed")
    return time.perf_counter() - began


def _prepare(uri: str) -> None:
    import mlflow

    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("peer")


def main(storage: str, uri: str, trials: int) -> None:
    """Do so many trials of the study."""
    import optuna

    from benchmarks.peers.training import train

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.load_study(storage=storage, study_name="peer")
    study.optimize(
        lambda trial: train(trial.suggest_float("learning_rate", 0.02, 5.0, log=True), trial.number, uri, "peer"),
        n_trials=trials,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
