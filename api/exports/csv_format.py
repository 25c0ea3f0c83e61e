"""CSV: a header, commas, text in quotes; NULL is empty, numbers come back bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from pyarrow import csv

from api.exports.base import Format, batch_of, schema_of
from results.reads.exporting import Columns, ExportColumn

EXAMPLE = '"trial_id","trial","learning_rate","epoch","validation_cost"\n1,0,0.5,0,1.268\n'


def _write(columns: Sequence[ExportColumn], chunks: Iterable[Columns]) -> Iterator[bytes]:
    schema, options = schema_of(columns), csv.WriteOptions(include_header=False)
    yield (",".join(f'"{column.name}"' for column in columns) + "\n").encode()
    for chunk in chunks:
        sink = BytesIO()
        csv.write_csv(batch_of(chunk, schema), sink, options)
        yield sink.getvalue()


CSV = Format("csv", "text/csv; charset=utf-8", EXAMPLE, _write)
