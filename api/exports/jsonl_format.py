"""JSON lines: one object a row; what is not finite or undefined is null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import orjson

from api.exports.base import Format
from results.reads.exporting import Columns, ExportColumn

EXAMPLE = '{"trial_id":1,"trial":0,"learning_rate":0.5,"epoch":0,"validation_cost":1.268}\n'


def _write(columns: Sequence[ExportColumn], chunks: Iterable[Columns]) -> Iterator[bytes]:
    line = b"{" + b",".join(b'"%b":%%b' % column.name.encode() for column in columns) + b"}\n"
    for chunk in chunks:
        tokens = [_tokens(chunk[column.name], column.kind) for column in columns]
        yield b"".join([line % row for row in zip(*tokens, strict=True)])


def _tokens(values: Sequence[Any] | np.ndarray[Any, Any], kind: str) -> Sequence[bytes]:
    """Each value as JSON; an array of numbers is written at once, and a text that comes again only once."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",") if len(values) else []
    if kind == "text":
        known = {text: orjson.dumps(text) for text in set(values)}
        return [known[text] for text in values]
    return [orjson.dumps(value, option=orjson.OPT_UTC_Z) for value in values]


JSON_LINES = Format("jsonl", "application/x-ndjson", EXAMPLE, _write)
