"""The formats of exports by name."""

from __future__ import annotations

from api.exports.base import Format
from api.exports.csv_format import CSV
from api.exports.jsonl_format import JSON_LINES
from api.exports.parquet_format import PARQUET

FORMATS: dict[str, Format] = {one.name: one for one in (CSV, PARQUET, JSON_LINES)}
