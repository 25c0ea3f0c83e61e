"""The searches that MLflow's pages make find our runs, however they were written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mlflow import MlflowClient

from results.database import Database
from settings import Settings
from tracking.tracker import track


@pytest.fixture(params=["sqlite", "postgresql", "server"])
def client(
    request: pytest.FixtureRequest, sqlite_database: Database, store: Callable[..., int], tmp_path: Any
) -> MlflowClient:
    kind = {"sqlite": "sqlite_settings", "server": "server_settings"}.get(request.param)
    if kind is None:
        server = request.getfixturevalue("postgresql_server")
        url = server._create(_database_name(request.getfixturevalue("prepared_postgresql")))
        settings = Settings(mlflow_tracking_uri=url)
    else:
        settings = request.getfixturevalue(kind)
    store(sqlite_database, project="search", learning_rates=(0.1, 0.5), layers=((8,), (8, 4)), replicates=1)
    assert track(sqlite_database, settings).error is None
    return MlflowClient(settings.mlflow_tracking_uri)


def _database_name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def test_runs_are_found_by_parameters_metrics_tags_parents_names_and_data(client: MlflowClient) -> None:
    experiment = client.get_experiment_by_name("search").experiment_id

    def found(text: str) -> list[str]:
        return sorted(run.info.run_name for run in client.search_runs([experiment], text))

    everything = found("")
    assert len(everything) == 5
    (parent,) = client.search_runs([experiment], "tags.`backsweep.kind` = 'sweep'")
    trials = found(f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    assert trials == [name for name in everything if name.startswith("c0")]
    assert trials == [
        "c00 r0 layers=8 learning_rate=0.1",
        "c01 r0 layers=8,4 learning_rate=0.1",
        "c02 r0 layers=8 learning_rate=0.5",
        "c03 r0 layers=8,4 learning_rate=0.5",
    ]
    assert found("params.learning_rate = '0.1'") == trials[:2]
    assert found("params.layers = '[8, 4]' and params.learning_rate = '0.5'") == trials[3:]
    assert found("metrics.learning_rate > 0.2") == trials[2:]
    assert found("tags.`backsweep.state` = 'finished' and tags.`backsweep.configuration` = '2'") == trials[2:3]
    assert found("attributes.run_name LIKE '%learning_rate=0.5'") == trials[2:]
    assert found("attributes.status = 'FINISHED' and metrics.diverged = 0") == trials
    assert found("dataset.name = 'digits' and dataset.context = 'validation'") == everything
    assert found("metrics.best_validation_cost < 1e300") == everything
    best_first = client.search_runs([experiment], "", order_by=["metrics.best_validation_cost ASC"])
    costs = [run.data.metrics["best_validation_cost"] for run in best_first]
    assert costs == sorted(costs)
