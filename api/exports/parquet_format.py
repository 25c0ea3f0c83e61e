"""Parquet: typed columns, compressed, one row group a chunk; what pandas, DuckDB and Polars read fastest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from pyarrow.parquet import ParquetWriter

from api.exports.base import Format, batch_of, schema_of
from results.reads.exporting import Columns, ExportColumn


class _Sink(BytesIO):
    """What was written since it was last taken; positions go on as in one file."""

    def __init__(self) -> None:
        super().__init__()
        self._taken = 0

    def tell(self) -> int:
        return self._taken + super().tell()

    def seekable(self) -> bool:
        return False

    def take(self) -> bytes:
        found = self.getvalue()
        self._taken += len(found)
        self.seek(0)
        self.truncate()
        return found


def _write(columns: Sequence[ExportColumn], chunks: Iterable[Columns]) -> Iterator[bytes]:
    schema, sink = schema_of(columns), _Sink()
    with ParquetWriter(sink, schema) as writer:
        for chunk in chunks:
            writer.write_batch(batch_of(chunk, schema))
            yield sink.take()
    yield sink.take()


PARQUET = Format("parquet", "application/vnd.apache.parquet", "PAR1...", _write)
