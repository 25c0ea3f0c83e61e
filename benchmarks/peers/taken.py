"""What a peer took for its trials, start-up apart; and which trials: the ones of our own sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.service import sweep

Trial = dict[str, Any]  # learning_rate and seed


@dataclass(frozen=True)
class Taken:
    """Seconds: `start_up` until the first process is ready to train, `working` from there to the last trial's end."""

    start_up: float
    working: float


def trials(count: int) -> list[Trial]:
    """The trials of our sweep of so many, one seed for each replicate."""
    document = sweep.digits(count)
    rates = document["parameters"]["learning_rate"]["values"]
    seeds = range(document["backsweep"]["replicates"])
    return [{"learning_rate": rate, "seed": seed} for rate in rates for seed in seeds][:count]


def tracking(folder: Path) -> str:
    """A fresh MLflow database with the experiment made, so that no two processes make it at once; its address."""
    import mlflow

    from benchmarks.peers.training import EXPERIMENT

    uri = f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment(EXPERIMENT)
    return uri


def check_tracked(uri: str, count: int) -> None:
    """Raise RuntimeError unless MLflow holds every epoch of every trial."""
    from sqlalchemy import create_engine, text

    from benchmarks.peers.training import EPOCHS

    engine = create_engine(uri)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM metrics")).scalar_one()
    engine.dispose()
    if found != count * (EPOCHS + 1) * 4:
        raise RuntimeError(f"MLflow holds {found} metrics of {count} trials")


def span(began: float, spans: Sequence[tuple[float, float]]) -> Taken:
    """From the beginning of the whole and of each trial, and the end of each, as seconds of one clock."""
    first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
    return Taken(first - began, last - first)
