import os
import socket
import subprocess
import sys

import pytest

from engine.cpu import read_cpu
from tests.services.ports import free_port


def doctor(*options, **environment):
    command = [sys.executable, "-m", "backsweep", "doctor", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, env=os.environ | environment)


def test_what_is_well_is_said_and_ends_with_0(tmp_path):
    ended = doctor("--home", str(tmp_path), "--port", free(), "--mlflow-port", free())
    assert ended.returncode == 0, ended
    subjects = ("Python", "broker", "port", "home", "disk", "memory", "shared memory", "database", "BLAS kernel")
    for subject in (*subjects, "same bits: alone, in one array and continued"):
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


BROKEN = """
import itertools, numpy
multiply, calls = numpy.matmul, itertools.count()
def broken(left, right, out=None):
    product = multiply(left, right, out)
    return numpy.multiply(product, 1 + 1e-6 * ({what}), out, casting="unsafe")
numpy.matmul = broken
"""


@pytest.mark.parametrize(
    ("what", "said", "mends"),
    [
        ("max(len(left), len(right)) - 1", "so trials are trained one by one", 0),
        ("next(calls) % 7", "no: the same training gives other bits the second time", 1),
    ],
)
def test_a_blas_that_does_not_keep_the_promise_is_found_out(tmp_path, what, said, mends):
    (tmp_path / "sitecustomize.py").write_text(BROKEN.format(what=what))
    environment = {"PYTHONPATH": str(tmp_path), "BACKSWEEP_CACHE_DIRECTORY": str(tmp_path / "cache")}
    ended = doctor("--home", str(tmp_path / "home"), "--port", free(), "--mlflow-port", free(), **environment)
    assert said in ended.stdout, ended
    assert ended.stdout.count("MEND") == mends == ended.returncode


@pytest.mark.skipif(not read_cpu().flags, reason="kernels of x86-64")
def test_a_kernel_that_is_asked_for_and_computes_under_another_name_is_named(tmp_path):
    """Libraries other than OpenBLAS have no such choice, and builds of OpenBLAS leave kernels out."""
    environment = {"BACKSWEEP_BLAS_KERNEL": "Prescott", "BACKSWEEP_CACHE_DIRECTORY": str(tmp_path)}
    ended = doctor("--home", str(tmp_path), "--port", free(), "--mlflow-port", free(), **environment)
    assert ended.returncode == 0, ended
    [line] = [line for line in ended.stdout.splitlines() if "BLAS kernel" in line]
    assert line.split(": ")[1].startswith("Prescott") != line.endswith("; Prescott was asked for")
