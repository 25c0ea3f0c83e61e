"""A real MLflow server, and every row of MLflow's tables."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.services.ports import free_port


def mlflow_rows(uri: str) -> dict[str, list[tuple[Any, ...]]]:
    names = ["experiments", "experiment_tags", "runs", "params", "tags", "metrics", "latest_metrics"]
    names += ["datasets", "inputs", "input_tags"]
    names += ["logged_models", "logged_model_metrics", "logged_model_params", "logged_model_tags"]
    engine = create_engine(uri, poolclass=NullPool)
    with engine.connect() as connection:
        found = {name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in names}
    engine.dispose()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


class MlflowServer:
    """A server process group that can be started, frozen, thawed and stopped."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._port = free_port()
        self.uri = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self._port)]
        # A connection that the server closes for idleness just as a stalled client uses it again is not what is tested.
        command += ["--uvicorn-opts", "--timeout-keep-alive 1000"]
        command += ["--workers", "1", "--backend-store-uri", f"sqlite:///{self.home}/mlflow.db"]
        command += ["--artifacts-destination", str(self.home / "artifacts")]
        environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        with open(self.home / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, cwd=self.home, start_new_session=True
            )
        deadline = time.monotonic() + 400
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if requests.get(f"{self.uri}/health", timeout=10).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        self.stop()
        raise AssertionError((self.home / "server.log").read_text())

    def signal(self, number: int) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def stop(self) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(60)
            self.signal(signal.SIGKILL)
        self._process.wait()
