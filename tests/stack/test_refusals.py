"""What cannot start says so in one line, with a status other than 0, and starts nothing."""

import os
import shutil
import socket
import subprocess
import sys

import pytest

from tests.services.ports import free_port


def up(home, *options, **environment):
    command = [sys.executable, "-m", "backsweep", "up", "--home", str(home), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, env=os.environ | environment)


def refusal(ended) -> str:
    assert ended.returncode == 1, ended
    assert "Traceback" not in ended.stderr
    line = ended.stderr.strip()
    assert line
    assert "\n" not in line
    return line


@pytest.mark.parametrize("option", ["--port", "--mlflow-port"])
def test_a_port_in_use_is_named_with_the_option_for_another(tmp_path, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refusal(up(tmp_path / "home", *free_ports(), option, str(port)))
    assert str(port) in line
    assert option in line
    assert not (tmp_path / "home").exists()


def test_a_home_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("not a directory")
    line = refusal(up(tmp_path / "file" / "home", *free_ports()))
    assert str(tmp_path / "file") in line
    assert "--home" in line


def test_a_home_in_use_names_its_holder(tmp_path):
    from backsweep.stack.home import occupied

    with occupied(tmp_path):
        line = refusal(up(tmp_path, *free_ports()))
    assert f"process {os.getpid()}" in line


def test_one_port_for_both_is_wrong_use(tmp_path):
    ended = up(tmp_path, "--port", "9000", "--mlflow-port", "9000")
    assert ended.returncode == 2
    assert "must differ" in ended.stderr


def test_a_setting_that_cannot_be_read_names_its_variable(tmp_path):
    line = refusal(up(tmp_path, *free_ports(), BACKSWEEP_LEASE_SECONDS="soon"))
    assert "BACKSWEEP_LEASE_SECONDS" in line
    assert "soon" in line


def test_a_database_of_a_newer_backsweep_is_refused_and_nothing_is_left_running(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "backsweep.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('from the future')")
    line = refusal(up(tmp_path, *free_ports()))
    assert "newer" in line


WITHOUT_SHARED_MEMORY = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
READ_ONLY = "mount -t tmpfs -o ro tmpfs /dev/shm"


@pytest.mark.parametrize("command", ["up", "demo", "doctor"])
def test_a_machine_without_shared_memory_is_told_how_to_mount_it(tmp_path, command):
    """In a mount namespace of its own, where nobody can write to /dev/shm."""
    if shutil.which("unshare") is None or subprocess.run([*WITHOUT_SHARED_MEMORY, READ_ONLY], check=False).returncode:
        pytest.skip("no mount namespace can be made here")
    ours = [sys.executable, "-m", "backsweep", command, "--home", str(tmp_path / "home"), *free_ports()]
    ended = subprocess.run(
        [*WITHOUT_SHARED_MEMORY, f'{READ_ONLY} && exec "$@"', "sh", *ours], capture_output=True, text=True, timeout=400
    )
    said = refusal(ended) if command != "doctor" else " ".join(ended.stdout.split())
    assert ended.returncode == 1
    assert "/dev/shm" in said
    assert "mount -t tmpfs -o mode=1777 tmpfs /dev/shm" in said
    assert not (tmp_path / "home").exists()


def free_ports() -> list[str]:
    return ["--port", str(free_port()), "--mlflow-port", str(free_port())]
