"""Ray Tune as its manual has it: a function trainable, one core a trial, MLflow inside the trial."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any


def seconds(trials: int, processes: int, folder: Path) -> float:
    """Wall time of `Tuner.fit`; starting Ray is not counted."""
    import mlflow
    import ray
    from ray import tune

    uri = f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("peer")
    ray.init(num_cpus=processes, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    try:
        began = time.perf_counter()
        space = {"learning_rate": tune.loguniform(0.02, 5.0), "seed": tune.randint(0, 10**6)}
        settings = tune.TuneConfig(num_samples=trials)
        run = tune.RunConfig(storage_path=str(folder), verbose=0)
        trainable = tune.with_resources(tune.with_parameters(_trial, uri=uri), {"cpu": 1})
        found = tune.Tuner(trainable, param_space=space, tune_config=settings, run_config=run).fit()
        if found.errors:
            raise RuntimeError(f"{len(found.errors)} trials of Ray Tune failed: {found.errors[0]}")
        return time.perf_counter() - began
    finally:
        ray.shutdown()


def _trial(config: dict[str, Any], uri: str) -> dict[str, float]:
    from benchmarks.peers.training import train

    return {"validation_cost": train(config["learning_rate"], config["seed"], uri, "peer")}
