"""The whole embedded stack, started, used and ended as its users do. Slow: MLflow alone takes seconds to load."""

import os
import signal
import sqlite3
import time
from contextlib import suppress

import psutil
import pytest
import requests

from tests.services.waiting import eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_with_status_0_and_leaves_no_process(start_stack, number):
    if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("these tests run under nohup")
    stack = start_stack()
    stack.until_up()
    assert len(stack.processes()) >= 8
    assert stack.end(number) == 0
    assert stack.left() == []
    assert "Traceback" not in stack.text()


def test_it_serves_what_it_announces_and_a_second_one_beside_it_too(start_stack):
    stacks = [start_stack("one"), start_stack("two")]
    for stack in stacks:
        stack.until_up()
    for stack in stacks:
        assert requests.get(f"{stack.url}/readyz", timeout=60).status_code == 200
        assert requests.get(f"{stack.url}/docs", timeout=60).status_code == 200
        assert requests.get(f"http://127.0.0.1:{stack.mlflow_port}/", timeout=60).status_code == 200
        assert requests.get(f"http://localhost:{stack.mlflow_port}/", timeout=60).status_code == 200
        assert f":{stack.port}/api/v1" in stack.text()
        assert f":{stack.mlflow_port}" in stack.text()
    stacks[0].end(signal.SIGTERM)
    assert requests.get(f"{stacks[1].url}/readyz", timeout=60).status_code == 200


@pytest.mark.parametrize("broker", ["redis", "folder"])
def test_a_home_with_characters_of_addresses_in_its_name_holds_all_of_the_stack(start_stack, tmp_path, broker):
    stack = start_stack("a?b%20c #d", "--broker", broker)
    stack.until_up()
    stack.until_it_trains()
    assert {"backsweep.db", "mlflow.db", "artifacts", "logs"} <= set(os.listdir(stack.home))
    with sqlite3.connect(stack.home / "mlflow.db") as mlflow:
        eventually(lambda: mlflow.execute("SELECT count(*) FROM runs WHERE status = 'FINISHED'").fetchone()[0] >= 2)
    search = f"http://127.0.0.1:{stack.mlflow_port}/api/2.0/mlflow/experiments/search"
    assert len(requests.post(search, json={"max_results": 9}, timeout=60).json()["experiments"]) >= 2
    # MLflow makes an empty folder beside it, by the name in the address; nothing is written there.
    elsewhere = [path for path in tmp_path.rglob("*") if path.is_file() and stack.home not in path.parents]
    assert elsewhere == [stack.output]


def test_an_mlflow_of_another_revision_stops_no_training_and_no_start(start_stack, tmp_path):
    an_mlflow_of_another_revision(tmp_path / "other")
    stack = start_stack("other")
    stack.until_up()
    assert "MLflow does not start" in stack.text()
    assert "revision ffffffffffff" in stack.text().replace("\n", "")
    assert requests.get(f"{stack.url}/readyz", timeout=60).status_code == 200
    document = {"name": "small", "method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
    sweep = requests.post(f"{stack.url}/api/v1/sweeps", json=document, timeout=60).json()
    deadline = time.monotonic() + 400
    while requests.get(f"{stack.url}/api/v1/sweeps/{sweep['id']}", timeout=60).json()["state"] != "finished":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert stack.end(signal.SIGTERM) == 0
    open_to_others = [path for path in (stack.home, *stack.home.rglob("*")) if path.lstat().st_mode & 0o077]
    assert open_to_others == []


def an_mlflow_of_another_revision(home):
    home.mkdir()
    with sqlite3.connect(home / "mlflow.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('ffffffffffff')")
    connection.close()


def test_kill_9_leaves_no_process(start_stack):
    stack = start_stack()
    stack.until_up()
    assert stack.end(signal.SIGKILL) == -signal.SIGKILL
    assert stack.left() == []


def test_a_signal_during_the_start_leaves_no_process(start_stack):
    for moment in ("starting the API", "starting MLflow"):
        stack = start_stack(moment.replace(" ", "-"))
        while moment not in stack.text():
            assert stack.process.poll() is None
            time.sleep(0.01)
        stack.processes()
        assert stack.end(signal.SIGTERM) == 0
        assert stack.left() == []


@pytest.mark.parametrize("name", ["redis-server", "gunicorn", "worker.program train", "mlflow_server"])
def test_a_dead_child_is_started_again_and_the_stack_serves_on(start_stack, name):
    stack = start_stack()
    stack.until_up()
    dead = stack.child(name)
    dead.kill()
    dead.wait(120)
    eventually(lambda: "was killed by SIGKILL and is started again in 1 s" in stack.text())
    stack.until_it_trains()
    assert eventually(lambda: stack.child(name).pid != dead.pid)
    assert stack.process.poll() is None


def test_a_child_that_keeps_dying_ends_the_stack_with_one_line_and_a_status(start_stack):
    stack = start_stack()
    stack.until_up()
    while stack.process.poll() is None:
        for process in stack.processes():
            with suppress(psutil.Error):
                if "worker.program beat" in " ".join(process.cmdline()):
                    process.kill()
        time.sleep(0.2)
    assert stack.process.wait(120) == 1
    assert stack.left() == []
    line = stack.text().strip().split("\n")[-1]
    assert "was killed by SIGKILL" in line
    assert str(stack.home / "logs") in line


def test_a_home_is_used_again_after_a_kill(start_stack):
    first = start_stack()
    first.until_up()
    first.end(signal.SIGKILL)
    first.left()
    second = start_stack()
    second.until_up()
    assert os.listdir(second.home)
