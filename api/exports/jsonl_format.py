"""JSON lines: one object a row; what is not finite or undefined is null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import orjson

from api.exports.base import Format
from results.reads.exporting import Columns, ExportColumn

EXAMPLE = '{"trial_id":1,"trial":0,"learning_rate":0.5,"epoch":0,"validation_cost":1.268}\n'


def _write(columns: Sequence[ExportColumn], chunks: Iterable[Columns]) -> Iterator[bytes]:
    names = [column.name for column in columns]
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    for chunk in chunks:
        rows = zip(*(chunk[name] for name in names), strict=True)
        yield b"".join(orjson.dumps(dict(zip(names, row, strict=True)), option=option) for row in rows)


JSON_LINES = Format("jsonl", "application/x-ndjson", EXAMPLE, _write)
