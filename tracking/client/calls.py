"""Calls of the public MLflow client: no retries inside, short time-outs, errors told apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException

from tracking.errors import Refused, Unavailable

_FINAL = frozenset({400, 404, 409})


class Missing(Refused):
    """MLflow knows no such run or experiment."""


def connect(uri: str) -> MlflowClient:
    """A client of the server: no retries, since the next pass is one, and 5 s for a request at most."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "5")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    return MlflowClient(tracking_uri=uri)


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn the client's errors into ours: final only where MLflow itself answered so, not a proxy in between."""
    try:
        yield
    except MlflowException as error:
        message = _first_line(error)
        status = error.get_http_status_code()
        if not isinstance(error, RestException) or status not in _FINAL:
            raise Unavailable(f"MLflow's server: {message}") from error
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            raise Missing(message) from error
        raise Refused(message) from error


def _first_line(error: MlflowException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:500] if lines else type(error).__name__
