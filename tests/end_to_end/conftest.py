"""A running service for the end-to-end tests: the one whose address is given, or an embedded stack of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backsweep import Client
from tests.services.ports import free_port


@dataclass(frozen=True)
class Service:
    """Where the API and MLflow are; `home` is the embedded stack's folder."""

    api: str
    mlflow: str
    home: Path | None = None


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`BACKSWEEP_E2E_URL` and `BACKSWEEP_E2E_MLFLOW_URL`, or else a fresh embedded stack."""
    url = os.environ.get("BACKSWEEP_E2E_URL")
    if url:
        yield Service(url, os.environ["BACKSWEEP_E2E_MLFLOW_URL"].rstrip("/"))
        return
    yield from _embedded(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def client(service: Service) -> Client:
    return Client(service.api)


def _embedded(home: Path) -> Iterator[Service]:
    from backsweep.stack import StackOptions, running

    options = StackOptions(port=free_port(), mlflow_port=free_port(), home=home, workers=2)
    with running(options) as stack:
        yield Service(stack.api_url, stack.mlflow_url, home)
