"""Artifacts as folders, from which MLflow's stores take them; and where they may go.

Used by both senders.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import append_to_uri_path, is_local_uri

MODEL_FOLDER = "model"  # of the sweep's run: the copy that stays where it is when the best trial changes
_SERVED = "mlflow-artifacts:"  # the server's own; what follows is a path below its --artifacts-destination
_PLAIN = re.compile(r"[\w/.-]*")  # no host, no query, nothing that is encoded


@contextmanager
def file_folder(files: Mapping[str, bytes]) -> Iterator[str]:
    """A folder with these files, for the block."""
    _without_bars()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield folder


def reachable(location: str, artifacts_root: str) -> str | None:
    """Where this process writes what MLflow keeps at `location`; None where that is not below the artifacts root.

    Whoever can write to MLflow can give an experiment any location, so none is believed: what the server serves, and
    what lies below the root itself, are the two kinds that lead there.
    """
    if not artifacts_root:
        return None
    served = location.startswith(_SERVED)
    below = location.removeprefix(_SERVED) if served else _below(location, artifacts_root)
    if below is None or not _PLAIN.fullmatch(below) or ".." in below.split("/"):
        return None
    place = str(append_to_uri_path(artifacts_root, below.lstrip("/")))
    return place if not is_local_uri(artifacts_root) or _is_inside(place, artifacts_root) else None


def _below(location: str, artifacts_root: str) -> str | None:
    root = artifacts_root.rstrip("/") + "/"
    return location.removeprefix(root) if location.startswith(root) else None


def _is_inside(place: str, artifacts_root: str) -> bool:
    """Whether the folder is below the root also where links lead elsewhere."""
    path, root = (Path(os.path.realpath(local_file_uri_to_path(one))) for one in (place, artifacts_root))
    return path.is_relative_to(root)


def leaves_the_root(location: str, artifacts_root: str) -> bool:
    """Whether a client that is given this location would write on this machine, outside the artifacts root."""
    return is_local_uri(location) and reachable(location, artifacts_root) is None


def _without_bars() -> None:
    """MLflow draws progress bars into the tracker's log; only the environment keeps it from that."""
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
