"""A real service over HTTP, on SQLite and without workers: tests train its jobs themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from api.application import create_app
from backsweep import Client
from results.database import open_database
from results.schema import upgrade
from settings import Settings

SWEEP: dict[str, Any] = {
    "name": "small",
    "project": "tests",
    "method": "grid",
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"values": [[4], [4, 4]]},
        "learning_rate": {"values": [0.1, 1.0]},
        "epochs": {"value": 4},
    },
    "backsweep": {"replicates": 2, "seed": 5, "targets": [0.6, 0.01]},
}


@dataclass(frozen=True)
class Live:
    """A service: its address, and `train(sweep_id)`, which does what its workers would."""

    url: str
    train: Callable[[int], None]

    @property
    def client(self) -> Client:
        return Client(self.url)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    path = tmp_path_factory.mktemp("live") / "results.db"
    settings = Settings(database_url=f"sqlite:///{path}", broker_url="redis://127.0.0.1:1/0")
    upgrade(settings.database_url)
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.port}", lambda sweep_id: train(settings, path, sweep_id))
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def trained(live: Live) -> dict[str, Any]:
    """A sweep of the live service that has finished."""
    sweep = live.client.submit(SWEEP)
    live.train(sweep["id"])
    return live.client.wait(sweep["id"], timeout=100)


def train(settings: Settings, path: Path, sweep_id: int) -> None:
    """Do all jobs of a sweep here and now."""
    from sqlalchemy import text

    from worker.train_job import train_job

    database = open_database(settings.database_url)
    with database.read() as connection:
        query = text("SELECT id FROM jobs WHERE sweep_id = :sweep ORDER BY id")
        job_ids = [row.id for row in connection.execute(query, {"sweep": sweep_id})]
    for job_id in job_ids:
        train_job(database, settings, job_id, "test")
    database.dispose()
