"""Reads a data set from a file, whose format it tells by its first bytes. Called with files of a user.

Everything that is not NPY, NPZ, IDX or gzipped IDX is taken for CSV. Raises `InvalidDataset`, whose message says what
was found, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.data.dataset import Dataset
from engine.data.files.building import build
from engine.data.files.csv_format import read_csv
from engine.data.files.idx_format import GZIP_MAGIC, read_idx
from engine.data.files.numpy_format import read_npy, read_npz
from engine.data.files.request import Request
from engine.data.files.table import Table
from engine.errors import InvalidDataset

_MAGICS: tuple[tuple[bytes, Callable[[Path, Request], Table]], ...] = (
    (b"\x93NUMPY", read_npy),
    (b"PK\x03\x04", read_npz),
    (b"PK\x05\x06", read_npz),  # an archive without members
    (GZIP_MAGIC, read_idx),
    (b"\0\0", read_idx),
)


def read(path: Path, request: Request) -> Dataset:
    """The data set in the file at `path`."""
    try:
        with path.open("rb") as file:
            begin = file.read(8)
        reader = next((reader for magic, reader in _MAGICS if begin.startswith(magic)), read_csv)
        table = reader(path, request)
    except OSError as error:
        raise InvalidDataset(f"cannot read {error.filename or path}: {error.strerror or error}") from error
    return build(table, request.name or path.name.split(".")[0], f"file {path.name}", request.task)
