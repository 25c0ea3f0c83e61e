"""How fast a backlog reaches MLflow in bulk: `python -m benchmarks.tracking [DATABASE_URL]` (default: an SQLite file).

Stores one sweep of 500 trials with 100 epochs and times two passes over it: one for the metrics (reading SQL, mapping,
writing, marking), one for the sweep's artifacts, which come after them. With the address of an empty PostgreSQL
database, that one takes MLflow's tables.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace

from results.database import open_database
from results.schema import upgrade
from settings import Settings
from tests.tracking.stored_sweeps import store_sweep
from tracking.schema import prepare
from tracking.tracker import track


def main(address: str | None) -> None:
    """Print metrics and runs a second, and the seconds of the artifacts."""
    with tempfile.TemporaryDirectory() as folder:
        uri = address or f"sqlite:///{folder}/mlflow.db"
        url = f"sqlite:///{folder}/results.db"
        upgrade(url)
        prepare(uri)
        database = open_database(url)
        sizes = ((32,), (16,), (8,), (4,), (2,))
        rates = tuple(0.01 * step for step in range(1, 101))
        store_sweep(database, learning_rates=rates, layers=sizes, replicates=1, last_epoch=100)
        without_folder = Settings(mlflow_tracking_uri=uri)  # so that no artifacts are made
        report = track(database, without_folder, seconds=600)
        artifacts = track(database, replace(without_folder, mlflow_artifacts_root=folder), seconds=600)
        database.dispose()
    speed = report.sent_metrics / report.seconds
    print(f"{report}: {speed:,.0f} metrics/s, {report.sent_trials / report.seconds:,.0f} runs/s")
    print(f"artifacts of {artifacts.sent_artifacts} sweep: {artifacts.seconds:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
