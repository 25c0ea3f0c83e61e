"""What a format of exports is, and columns as Arrow holds them. One file for each format beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow

from results.reads.exporting import Columns, ExportColumn

TYPES = {
    "integer": pyarrow.int64(),
    "real": pyarrow.float64(),
    "text": pyarrow.string(),
    "boolean": pyarrow.bool_(),
    "time": pyarrow.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Format:
    """`write`: columns and chunks -> bytes, in no more memory than a chunk's; `example`: for the API's description."""

    name: str
    media_type: str
    example: str
    write: Callable[[Sequence[ExportColumn], Iterable[Columns]], Iterator[bytes]]


def schema_of(columns: Sequence[ExportColumn]) -> Any:
    """The Arrow schema of an export."""
    return pyarrow.schema([(column.name, TYPES[column.kind]) for column in columns])


def batch_of(chunk: Columns, schema: Any) -> Any:
    """A chunk as an Arrow record batch; NaN is NULL there."""
    arrays = [pyarrow.array(chunk[field.name], type=field.type, from_pandas=True) for field in schema]
    return pyarrow.record_batch(arrays, schema=schema)
