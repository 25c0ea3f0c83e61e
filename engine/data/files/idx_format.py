"""Reads the IDX files of MNIST and its relatives, plain or gzipped: one of inputs, one of labels. Called by `reading`.

Format: http://yann.lecun.com/exdb/mnist: two zero bytes, a type, the number of axes, the sizes, then the values, all
big-endian. The size that the header states is checked before memory is taken, so a gzip bomb unpacks no further.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from engine.data.files.request import Request
from engine.data.files.table import Table, as_numbers, check_size, column_numbers, row_number
from engine.errors import InvalidDataset

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: Path, request: Request) -> Table:
    """Inputs from `path`, flattened sample by sample; targets from the request's `labels_path`."""
    if request.labels_path is None:
        raise InvalidDataset(f"{path.name} holds inputs alone: name the IDX file of its labels too")
    inputs = as_numbers(_read(path, request.limit_bytes), path.name)
    targets = as_numbers(_read(request.labels_path, request.limit_bytes), request.labels_path.name)
    return Table(
        inputs, targets, row_number, column_numbers(inputs.shape[1]), column_numbers(targets.shape[1], "target")
    )


def _read(path: Path, limit: int) -> NDArray[Any]:
    try:
        with path.open("rb") as plain:
            gzipped = plain.read(2) == GZIP_MAGIC
            plain.seek(0)
            if not gzipped:
                return _array(plain, path.name, limit)
            with gzip.open(plain) as unpacked:
                return _array(unpacked, path.name, limit)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidDataset(f"{path.name} is a damaged gzip file: {error}") from error


def _array(file: IO[bytes] | gzip.GzipFile, name: str, limit: int) -> NDArray[Any]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or not 1 <= magic[3] <= 8:
        raise InvalidDataset(f"{name} is not an IDX file: it begins with {magic.hex(' ')}")
    axes = magic[3]
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise InvalidDataset(f"{name} ends within its header")
    shape = struct.unpack(f">{axes}I", sizes)
    dtype = np.dtype(_TYPES[magic[2]])
    check_size(shape, dtype.itemsize, limit, name)
    stated = prod(shape) * dtype.itemsize
    content = file.read(stated + 1)
    if len(content) != stated:
        there = f"only {len(content)}" if len(content) < stated else "more"
        raise InvalidDataset(f"{name}: its header states {stated} bytes of values, {there} are there")
    return np.frombuffer(content, dtype=dtype).reshape(shape)
