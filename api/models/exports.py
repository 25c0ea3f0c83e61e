"""What may be asked of an export."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.models.base import Query


class ExportQuery(Query):
    """Which rows of a sweep, and in which format."""

    format: Literal["csv", "parquet", "jsonl"] = Field("csv", description="csv, parquet or jsonl (JSON lines)")
    rows: Literal["epochs", "trials", "layers"] = Field("epochs", description="what a row is: epochs, trials or layers")
