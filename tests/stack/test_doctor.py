import os
import socket
import subprocess
import sys

from tests.services.ports import free_port


def doctor(*options, **environment):
    command = [sys.executable, "-m", "backsweep", "doctor", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, env=os.environ | environment)


def test_what_is_well_is_said_and_ends_with_0(tmp_path):
    ended = doctor("--home", str(tmp_path), "--port", free(), "--mlflow-port", free())
    assert ended.returncode == 0, ended
    for subject in ("Python", "broker", "port", "home", "disk", "memory", "database", "BLAS kernel"):
        assert subject in ended.stdout
    assert "MEND" not in ended.stdout


def test_every_fault_has_its_mend(tmp_path):
    (tmp_path / "file").write_text("")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = doctor(
            "--home",
            str(tmp_path / "file" / "x"),
            "--port",
            port,
            "--mlflow-port",
            free(),
            BACKSWEEP_BLAS_KERNEL="Abacus",
        )
    assert ended.returncode == 1
    assert ended.stdout.count("MEND") == 3
    for mend in ("--port", "--home", "BACKSWEEP_BLAS_KERNEL"):
        assert mend in ended.stdout
    assert "Traceback" not in ended.stderr


def test_an_outdated_database_is_mended_by_the_command_it_names(tmp_path):
    (tmp_path / "backsweep.db").touch()
    ended = doctor("--home", str(tmp_path), "--port", free(), "--mlflow-port", free())
    assert ended.returncode == 1
    command = f"backsweep database upgrade --home {tmp_path}"
    assert command in ended.stdout
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BACKSWEEP_")}
    mended = subprocess.run(
        [sys.executable, "-m", *command.split()], capture_output=True, text=True, timeout=400, env=environment
    )
    assert mended.returncode == 0, mended
    assert doctor("--home", str(tmp_path), "--port", free(), "--mlflow-port", free()).returncode == 0


def free() -> str:
    return str(free_port())
