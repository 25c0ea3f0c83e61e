"""`make compose-test`: build the image, bring the stack up beside any other, run the end-to-end test, take it down.

Uses a project name and ports of its own, so a running `docker compose up` is not touched. Exit status: the test's.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PROJECT = f"backsweep-test-{os.getpid()}"
PASSWORD = "it's 100% a/b:c@d #e \\"  # as hard as one may choose


def free_port() -> str:
    """A TCP port of the loopback that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def compose(*arguments: str, environment: dict[str, str], check: bool = True) -> int:
    """Run docker compose for the test's own project."""
    command = ["docker", "compose", "--project-name", PROJECT, *arguments]
    print("+", " ".join(command), flush=True)
    return subprocess.run(command, cwd=ROOT, env=environment, check=check).returncode


def volumes() -> set[str]:
    """The names of all volumes of the engine; an anonymous one is 64 digits."""
    found = subprocess.run(["docker", "volume", "ls", "--quiet"], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def check_volumes(before: set[str], expected: set[str]) -> int:
    """1, with a line that names them, unless the project has these volumes and no others."""
    found = {name for name in volumes() - before if name.startswith(PROJECT) or len(name) == 64}
    if found == expected:
        return 0
    print(f"volumes are {sorted(found)}, not {sorted(expected)}", file=sys.stderr)
    return 1


def run_tests(environment: dict[str, str], options: Sequence[str]) -> int:
    """The end-to-end tests against the running stack, and those that only make sense with Compose."""
    command = [sys.executable, "-m", "pytest", "-m", "not faults", "tests/end_to_end", *options]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def main(options: Sequence[str]) -> int:
    """Build, up, test, down; the logs of all services are printed when something fails."""
    if shutil.which("docker") is None or subprocess.run(["docker", "info"], capture_output=True).returncode:
        print("make compose-test needs a running Docker engine with Compose v2: `docker info` fails", file=sys.stderr)
        return 1
    environment = {**os.environ, "API_PORT": free_port(), "MLFLOW_PORT": free_port(), "POSTGRES_PORT": free_port()}
    environment |= {"POSTGRES_PASSWORD": PASSWORD, "READER_PASSWORD": PASSWORD}
    environment |= {
        "BACKSWEEP_E2E_URL": f"http://127.0.0.1:{environment['API_PORT']}",
        "BACKSWEEP_E2E_MLFLOW_URL": f"http://127.0.0.1:{environment['MLFLOW_PORT']}",
        "BACKSWEEP_E2E_DATABASE_URL": f"postgresql://reader:{quote(PASSWORD, safe='')}"
        f"@127.0.0.1:{environment['POSTGRES_PORT']}/backsweep",
        "BACKSWEEP_E2E_COMPOSE_PROJECT": PROJECT,
    }
    status, before = 1, volumes()
    named = {f"{PROJECT}_{name}" for name in ("postgres", "artifacts", "cache")}
    try:
        compose("build", environment=environment)
        compose("up", "--detach", "--wait", "--wait-timeout", "240", "--scale", "worker=2", environment=environment)
        status = run_tests(environment, options)
        if not status:
            compose("down", "--timeout", "20", environment=environment)
            status = check_volumes(before, named)
    except subprocess.CalledProcessError as error:
        status = error.returncode
    finally:
        if status:
            compose("ps", "--all", environment=environment, check=False)
            compose("logs", "--no-color", "--tail", "60", environment=environment, check=False)
        compose("down", "--volumes", "--timeout", "20", environment=environment, check=False)
        status = status or check_volumes(before, set())
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
