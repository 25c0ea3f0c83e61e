"""Reads NPY and NPZ without ever unpickling: the header's claims are checked before memory is taken.

Called by `reading`. An NPY file is one table with its target columns; an NPZ file holds inputs and targets apart.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from engine.data.files.request import Request
from engine.data.files.table import Table, as_numbers, check_size, column_numbers, pick_targets, row_number
from engine.errors import InvalidDataset

# Names of inputs and targets that people use; compared in lower case, the first pair that is there is taken.
_PAIRS = (("inputs", "targets"), ("x", "y"), ("data", "target"), ("features", "labels"), ("x_train", "y_train"))
_MOST_MEMBERS = 64
# What NumPy's parser of headers raises, and zipfile and its decompressors over damaged or encrypted archives.
_UNREADABLE = (ValueError, TypeError, SyntaxError, TokenError, EOFError, RecursionError, MemoryError)
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, EOFError, ValueError)


def read_npy(path: Path, request: Request) -> Table:
    """The table in an NPY file of shape (samples, columns); columns are known by position only."""
    with path.open("rb") as file:
        values = _array(file, path.stat().st_size, path.name, request.limit_bytes)
    if values.ndim != 2:
        raise InvalidDataset(f"{path.name} has shape {values.shape}; a table has (samples, columns)")
    table = as_numbers(values, path.name)
    targets = pick_targets(request.target, [], table.shape[1])
    inputs = [column for column in range(table.shape[1]) if column not in targets]
    names = column_numbers(table.shape[1])
    return Table(
        table[:, inputs], table[:, targets], row_number, [names[i] for i in inputs], [names[i] for i in targets]
    )


def read_npz(path: Path, request: Request) -> Table:
    """The arrays of inputs and targets in an NPZ file; inputs of more than two axes are flattened sample by sample."""
    names: list[str] = []

    def choose(members: Iterable[str]) -> Iterable[str]:
        names.extend(_pair(members, request, path.name))
        return names

    arrays = npz_arrays(path, request.limit_bytes, choose)
    inputs, targets = (arrays[name] for name in names)
    values = as_numbers(inputs, names[0])
    labels = targets.reshape(len(targets), -1) if targets.dtype.kind == "U" and targets.ndim else None
    labels = as_numbers(targets, names[1]) if labels is None else labels
    return Table(values, labels, row_number, column_numbers(values.shape[1]), column_numbers(labels.shape[1], "target"))


def npz_arrays(
    path: Path,
    limit_bytes: int,
    choose: Callable[[Iterable[str]], Iterable[str]] = list,
    *,
    most_members: int = _MOST_MEMBERS,
) -> dict[str, NDArray[Any]]:
    """The members of an NPZ file that `choose` picks from their names (all by default), each up to `limit_bytes`."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > most_members:
                raise InvalidDataset(f"{path.name} has more than {most_members} members")
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            return {name: _member(archive, members[name], limit_bytes) for name in choose(members)}
    except InvalidDataset:
        raise
    except _DAMAGED as error:
        raise InvalidDataset(f"{path.name} is not a readable NPZ file: {error}") from error


def _pair(members: Iterable[str], request: Request, file_name: str) -> tuple[str, str]:
    lower = {name.lower(): name for name in members}
    wanted = request.target[0] if request.target and isinstance(request.target[0], str) else None
    for inputs, targets in _PAIRS:
        chosen = wanted.lower() if wanted else targets
        if inputs in lower and chosen in lower and chosen != inputs:
            return lower[inputs], lower[chosen]
    expected = f"{wanted!r} beside inputs" if wanted else "inputs and targets, or x and y"
    raise InvalidDataset(f"{file_name} must hold {expected}; it holds {', '.join(sorted(members)[:20]) or 'nothing'}")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> NDArray[Any]:
    with archive.open(info) as file:
        return _array(file, info.file_size, info.filename, limit)


def _array(file: IO[bytes], size: int, name: str, limit: int) -> NDArray[Any]:
    """One array; its header must describe exactly the `size` bytes there are, and no more than `limit`."""
    try:
        version = npy.read_magic(file)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran_order, dtype = header(file)
        stated = prod(shape) * dtype.itemsize
        if dtype.hasobject or dtype.names is not None:
            raise InvalidDataset(f"{name} holds {dtype}; save plain numbers")
        check_size(shape, dtype.itemsize, limit, name)
        if stated != size - file.tell():
            raise InvalidDataset(f"{name}: its header states {stated} bytes, {size - file.tell()} are there")
        values = np.frombuffer(file.read(stated), dtype=dtype)
        return values.reshape(shape, order="F" if fortran_order else "C")
    except InvalidDataset:
        raise
    except _UNREADABLE as error:
        raise InvalidDataset(f"{name} is not a readable NPY file: {str(error)[:200]}") from error
