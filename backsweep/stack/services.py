"""The programs of a stack, but for Redis: how each is called. The same programs run under Docker Compose."""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
from collections.abc import Mapping

import psutil

from backsweep.stack.errors import NoSharedMemory
from backsweep.stack.options import StackOptions, bracketed
from settings import PREFIX, Settings, to_environment

PYTHON = (sys.executable, "-P")  # -P: modules come from the installation, never from the working directory


def api(options: StackOptions) -> list[str]:
    """The API under gunicorn; `api.server` says how it serves."""
    server = {"config": "python:api.server", "bind": f"{bracketed(options.host)}:{options.port}"}
    return [*PYTHON, "-m", "gunicorn", *_options(server)]


def require_shared_memory() -> None:
    """Make a lock as Celery's pool of processes does; raises `NoSharedMemory`."""
    try:
        multiprocessing.Lock()
    except OSError as error:
        raise NoSharedMemory(error.strerror or str(error)) from error


def worker(role: str, *extra: str) -> list[str]:
    """A worker program: train, track or beat."""
    return [*PYTHON, "-m", "worker", role, *extra]


def mlflow_tables() -> list[str]:
    """Makes MLflow's tables; a process of its own because MLflow is large.

    The address comes by the environment: it may hold a password, and every user of the machine sees command lines.
    """
    return [
        *PYTHON,
        "-c",
        "from settings import from_environment; from tracking.schema import prepare; "
        "prepare(from_environment().mlflow_tracking_uri)",
    ]


def mlflow(options: StackOptions) -> list[str]:
    """The MLflow server, for its UI: nothing of ours waits for it."""
    hosts = [f"{name}:{options.mlflow_port}" for name in host_names(options)]
    server = {
        "host": options.host,
        "port": str(options.mlflow_port),
        "allowed-hosts": ",".join(hosts),
        "cors-allowed-origins": ",".join(f"http://{host}" for host in hosts),
    }
    return [*PYTHON, "-m", "backsweep.stack.mlflow_server", *_options(server)]


def environment(settings: Settings, outer: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the children find in their environment: ours, with the stack's settings in place of the user's."""
    kept = {name: value for name, value in outer.items() if not name.startswith(PREFIX)}
    ours = {"PYTHONUNBUFFERED": "1", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    return kept | ours | to_environment(settings)


def host_names(options: StackOptions) -> list[str]:
    """The names and addresses under which browsers may ask for API and MLflow: all others are refused."""
    names = {"localhost", "127.0.0.1", "[::1]"}
    if options.host in ("0.0.0.0", "::"):
        names |= {socket.gethostname(), socket.getfqdn()}
        names |= {
            bracketed(entry.address.split("%")[0])
            for cards in psutil.net_if_addrs().values()
            for entry in cards
            if entry.family in (socket.AF_INET, socket.AF_INET6)
        }
    else:
        names.add(bracketed(options.host))
    return sorted(names)


def _options(values: Mapping[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in (f"--{name}", value)]
