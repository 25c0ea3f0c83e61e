"""What a reader of a file must be told, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.catalog import Task


@dataclass(frozen=True)
class Request:
    """How a file is to be read as a data set.

    `name`: of the data set; empty takes the file's. `target`: the target columns, by name (CSV with a header) or by
    position counted from 1, negative from the end; for NPZ the member's name. `header`: whether a CSV begins with
    column names; None decides by the first line (a header has no number in it). `labels_path`: the file of targets
    beside an IDX file of inputs. `limit_bytes`: largest size in memory that is read.
    """

    task: Task
    name: str = ""
    target: tuple[str | int, ...] = (-1,)
    header: bool | None = None
    labels_path: Path | None = None
    limit_bytes: int = 1_000_000_000
