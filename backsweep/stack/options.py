"""What a user may decide about an embedded stack."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_HOME = "~/.backsweep"


@dataclass(frozen=True)
class StackOptions:
    """Where it listens, where it keeps everything, and how many trainings run at once.

    `database_url` and `mlflow_uri` name databases elsewhere (PostgreSQL); empty: SQLite files in the home. `broker` is
    "redis", "folder", or "auto": Redis where a redis-server is on the PATH.
    """

    host: str = field(default_factory=lambda: loopback())
    port: int = 8700
    mlflow_port: int = 8701
    home: Path = field(default_factory=lambda: Path(DEFAULT_HOME))
    workers: int = field(default_factory=lambda: cores())
    database_url: str = ""
    mlflow_uri: str = ""
    broker: str = "auto"

    @property
    def api_url(self) -> str:
        """The API as a browser on this machine reaches it."""
        return f"http://{_reachable(self.host)}:{self.port}"

    @property
    def mlflow_url(self) -> str:
        """The MLflow UI as a browser on this machine reaches it."""
        return f"http://{_reachable(self.host)}:{self.mlflow_port}"


def cores() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def loopback() -> str:
    """127.0.0.1, or ::1 where this machine has loopback in IPv6 only."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("127.0.0.1", 0))
        except OSError:
            return "::1"
    return "127.0.0.1"


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _reachable(host: str) -> str:
    """Every address of this machine includes loopback."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, bracketed(host))
