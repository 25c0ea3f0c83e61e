"""Ray Tune as its manual has it: a function trainable, one core a trial, MLflow inside the trial.

By default Ray gives every trial a process of its own, which imports PyTorch and MLflow anew. `reuse_actors=True`
keeps the processes; both are measured.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.peers import taken
from benchmarks.peers.taken import Taken


def measure(count: int, processes: int, folder: Path, reuse: bool = False) -> Taken:
    """So many trials; starting Ray itself is not counted. Raises RuntimeError when one fails."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    from ray import tune

    uri = taken.tracking(folder)
    ray.init(num_cpus=processes, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    try:
        began = time.time()
        space = {"trial": tune.grid_search(taken.trials(count)), "uri": uri}
        run = tune.RunConfig(storage_path=str(folder), verbose=0)
        settings = tune.TuneConfig(reuse_actors=reuse)
        trainable = tune.with_resources(_trial, {"cpu": 1})
        with redirect_stdout(sys.stderr):  # where it reports, quiet or not: our figures have the other to themselves
            found = tune.Tuner(trainable, param_space=space, tune_config=settings, run_config=run).fit()
    finally:
        ray.shutdown()
    if found.errors:
        raise RuntimeError(f"{len(found.errors)} trials of Ray Tune failed: {found.errors[0]}")
    taken.check_tracked(uri, count)
    return taken.span(began, [(one.metrics["began"], one.metrics["ended"]) for one in found])


measure_reusing = partial(measure, reuse=True)


def _trial(config: dict[str, Any]) -> dict[str, float]:
    from benchmarks.peers.training import ready, train

    ready(config["uri"])
    began = time.time()
    cost = train(**config["trial"], tracking_uri=config["uri"])
    return {"validation_cost": cost, "began": began, "ended": time.time()}
