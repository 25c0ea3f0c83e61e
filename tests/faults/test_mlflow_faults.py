"""MLflow's server down, frozen, or answering when nobody listens: training goes on, and MLflow is caught up."""

import signal
from dataclasses import replace

import pytest

from tests.faults.checking.checker import check
from tests.faults.history import Submission, sweep
from tests.faults.late_proxy import LateProxy
from tests.faults.stack import Stack
from tests.tracking.mlflow_server import MlflowServer

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(1200),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def mlflow(tmp_path, mlflow_tables):
    home = tmp_path / "mlflow"
    home.mkdir()
    (home / "mlflow.db").write_bytes(mlflow_tables.read_bytes())
    server = MlflowServer(home)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def proxy(mlflow):
    proxy = LateProxy(int(mlflow.uri.rpartition(":")[2]))
    yield proxy
    proxy.close()


@pytest.fixture
def stack(stack_settings, database, broker, proxy, tmp_path, monkeypatch):
    """The service, with a tracker that reaches MLflow by HTTP through the proxy."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    logs = tmp_path / "logs"
    logs.mkdir()
    uri = f"http://127.0.0.1:{proxy.port}"
    stack = Stack(replace(stack_settings, mlflow_tracking_uri=uri), database, logs, broker)
    yield stack
    stack.group.stop()


@pytest.fixture
def trained(stack, mlflow):
    """Train a sweep while MLflow is in trouble; later, see that MLflow has all of it, and each once."""
    first = stack.client.submit(sweep("first"))["id"]
    stack.until(lambda: stack.client.sweep(first)["tracked"])

    def submit():
        made = Submission("second", stack.client.submit(sweep("second"))["id"])
        stack.until(lambda: stack.sweep(made.sweep_id)["finished_at"])
        return made

    def caught_up(made):
        stack.until(lambda: stack.client.sweep(made.sweep_id)["tracked"], 600)
        address = f"sqlite:///{mlflow.home}/mlflow.db"
        assert check(stack.database, address, first, [made]) == []

    return submit, caught_up


def test_a_server_that_is_down_for_a_whole_sweep_is_caught_up(mlflow, trained):
    submit, caught_up = trained
    mlflow.stop()
    made = submit()
    mlflow.start()
    caught_up(made)


def test_a_server_frozen_for_a_whole_sweep_is_caught_up(mlflow, trained):
    submit, caught_up = trained
    mlflow.signal(signal.SIGSTOP)
    made = submit()
    mlflow.signal(signal.SIGCONT)
    caught_up(made)


def test_answers_that_come_when_the_tracker_has_left_make_no_run_twice(stack, proxy, trained):
    submit, caught_up = trained
    proxy.late = 15.0  # the tracker waits for 10
    made = submit()
    held_back = proxy.held_back
    stack.until(lambda: proxy.held_back > held_back + 2)
    proxy.late = 0.0
    caught_up(made)
