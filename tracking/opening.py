"""Which of the two senders an address leads to.

Both are imported on opening: MLflow takes seconds and hundreds of megabytes, which only the tracker should pay.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tracking.address import is_http
from tracking.destination import Destination


@contextmanager
def open_destination(uri: str, artifacts_root: str) -> Iterator[Destination]:
    """MLflow at this address; raises `tracking.errors.TrackingError` when it cannot be written to."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    if is_http(uri):
        from tracking.client.sender import open_client

        yield open_client(uri, artifacts_root)
        return
    from tracking.bulk.sender import open_bulk

    with open_bulk(uri, artifacts_root) as bulk:
        yield bulk
