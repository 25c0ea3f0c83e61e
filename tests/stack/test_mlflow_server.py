"""MLflow as the stack serves it: all of it can be looked at, none of it changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import mlflow
import numpy as np
import pytest
import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from backsweep.stack.mlflow_server import allows, environment
from results.database import open_database
from results.schema import upgrade
from settings import Settings, to_environment
from tests.services.ports import free_port
from tests.tracking.trained_sweep import train_sweep
from tracking.schema import prepare
from tracking.tracker import track


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A tracked sweep with its model behind the server; its address, its home."""
    home = tmp_path_factory.mktemp("served")
    settings = Settings(mlflow_tracking_uri=f"sqlite:///{home}/mlflow.db", mlflow_artifacts_root=f"{home}/artifacts")
    prepare(settings.mlflow_tracking_uri)
    upgrade(f"sqlite:///{home}/results.db")
    database = open_database(f"sqlite:///{home}/results.db")
    train_sweep(database)
    assert track(database, settings, seconds=400).sent_artifacts == 1
    database.dispose()
    port = free_port()
    command = [sys.executable, "-m", "backsweep.stack.mlflow_server", "--port", str(port)]
    command += ["--allowed-hosts", f"127.0.0.1:{port}", "--cors-allowed-origins", f"http://127.0.0.1:{port}"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env={**os.environ, **to_environment(settings)}, stdout=log, stderr=log)
    deadline = time.monotonic() + 400
    while True:
        assert server.poll() is None, (home / "server.log").read_text()
        assert time.monotonic() < deadline
        try:
            if requests.get(f"http://127.0.0.1:{port}/health", timeout=10).ok:
                break
        except requests.RequestException:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}", home
    server.terminate()
    server.wait(60)


def files(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((home / "artifacts").rglob("*")) if path.is_file()}


def sweep_run(client: MlflowClient):
    experiment = client.get_experiment_by_name("tests").experiment_id
    (run,) = client.search_runs([experiment], "tags.`backsweep.kind` = 'sweep'")
    return run


def test_all_of_it_can_be_looked_at(served, tmp_path, monkeypatch):
    address, _ = served
    client = MlflowClient(address)
    run = sweep_run(client)
    assert {one.name for one in client.search_experiments()} == {"tests", "Default"}
    assert len(client.search_runs([run.info.experiment_id])) == 7
    assert client.get_metric_history(run.info.run_id, "trials_finished")
    assert len(client.search_logged_models([run.info.experiment_id])) == 1
    assert "comparison.html" in {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert "<h1>" in Path(client.download_artifacts(run.info.run_id, "comparison.html", str(tmp_path))).read_text()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    mlflow.set_tracking_uri(address)
    assert (
        len(mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model").predict(np.array([[5.1, 3.5, 1.4, 0.2]]))) == 1
    )
    for page in ("/", "/ajax-api/3.0/mlflow/server-info", "/version"):
        assert requests.get(address + page, timeout=60).status_code == 200
    query = {"query": 'query { mlflowGetExperiment(input: {experimentId: "0"}) { experiment { name } } }'}
    answer = requests.post(f"{address}/graphql", json=query, timeout=60)
    assert answer.json()["data"]["mlflowGetExperiment"]["experiment"]["name"] == "Default"


@pytest.mark.parametrize("prefix", ["/api", "/ajax-api", "//api", "/ajax-api/../api", "/%61pi"])
def test_a_models_code_cannot_be_replaced(served, prefix):
    address, home = served
    client = MlflowClient(address)
    run = sweep_run(client)
    (model,) = client.search_logged_models([run.info.experiment_id])
    place = model.artifact_location.removeprefix("mlflow-artifacts:/")
    before = files(home)
    assert any(name.endswith("predictor.py") for name in before)
    for path in (f"{place}/predictor.py", "new.py"):
        for method in ("PUT", "POST", "PATCH", "DELETE", "put", "MOVE"):
            request = requests.Request(method, address, data=b"raise SystemExit").prepare()
            request.method, request.url = method, f"{address}{prefix}/2.0/mlflow-artifacts/artifacts/{path}"
            with requests.Session() as session:
                assert session.send(request, timeout=60).status_code in (400, 403, 404, 405)
    assert files(home) == before


def test_no_call_of_the_client_changes_anything(served):
    address, home = served
    client = MlflowClient(address)
    run = sweep_run(client)
    before = (home / "mlflow.db").read_bytes(), files(home)
    key = run.info.run_id
    calls = [
        lambda: client.set_tag(key, "mlflow.note.content", "mine"),
        lambda: client.log_metric(key, "best_validation_cost", 0.0),
        lambda: client.log_param(key, "mine", 1),
        lambda: client.delete_run(key),
        lambda: client.update_run(key, name="mine"),
        lambda: client.create_experiment("mine", artifact_location=str(home)),
        lambda: client.create_run(run.info.experiment_id),
        lambda: client.log_text(key, "mine", "comparison.html"),
        lambda: client.create_registered_model("mine"),
        lambda: client.delete_experiment(run.info.experiment_id),
    ]
    for call in calls:
        with pytest.raises((MlflowException, requests.RequestException)) as refused:
            call()
        assert "takes no changes" in str(refused.value) or "403" in str(refused.value)
    assert ((home / "mlflow.db").read_bytes(), files(home)) == before


def test_another_hosts_name_is_refused_as_mlflow_does(served):
    address, _ = served
    asked = requests.get(f"{address}/ajax-api/3.0/mlflow/server-info", headers={"Host": "evil.example"}, timeout=60)
    assert asked.status_code == 403


def test_of_all_routes_that_are_no_gets_only_searches_pass(tmp_path):
    """MLflow's own list: what a later version adds is refused until it is known to read."""
    program = (
        "import json; from mlflow.server import app;"
        "print(json.dumps([(m, r.rule) for r in app.url_map.iter_rules() for m in r.methods]))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=tmp_path)
    routes = json.loads(found.stdout.splitlines()[-1])
    passing = {route for method, route in routes if method not in ("GET", "HEAD", "OPTIONS") and allows(method, route)}
    last = {route.rstrip("/").rpartition("/")[2] for route in passing}
    assert last == {
        "search",
        "search-datasets",
        "get-latest-versions",
        "batchGetInfos",
        "metrics",
        "calculate-filter-correlation",
        "presigned-download-url",
        "graphql",
    }
    assert "/api/2.0/mlflow/runs/search" in passing
    assert len(passing) < 40


@pytest.mark.parametrize("path", ["/gateway/x/mlflow/invocations", "/ajax-api/2.0/mlflow/gateway-proxy"])
def test_it_fetches_nothing_for_others(path):
    assert not allows("GET", path)


def test_the_environment_has_mlflows_own_names():
    from mlflow.server import constants

    names = set(environment("uri", "root"))
    for name in (
        "BACKEND_STORE_URI",
        "REGISTRY_STORE_URI",
        "ARTIFACT_ROOT",
        "ARTIFACTS_DESTINATION",
        "SERVE_ARTIFACTS",
    ):
        assert getattr(constants, f"{name}_ENV_VAR") in names
