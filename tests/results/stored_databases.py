"""Databases as older programs left them, kept as SQL text (`stored/<revision>.sql`), to test upgrades.

`python -m tests.results.stored_databases` writes the one of the present schema: run it before a release.
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from results import schema
from results.database import open_database
from tests.results.samples import plan_of, store, train

FOLDER = Path(__file__).parent / "stored"
DUMPS = sorted(FOLDER.glob("*.sql"))


def contents(path: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables of an SQLite file, by key."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    names = [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY rowid")] for name in names}
    connection.close()
    return found


def main() -> None:
    """Write a small trained sweep in the present schema."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "results.db"
        schema.upgrade(f"sqlite:///{path}")
        database = open_database(f"sqlite:///{path}")
        created = store(database, plan_of([{"learning_rate": 0.1}, {"layers": [8, 4]}], replicates=2, trials_per_job=2))
        for job_id in created.job_ids:
            train(database, job_id)
        database.dispose()
        with sqlite3.connect(path) as connection:
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / f"{schema.head()}.sql").write_text("\n".join(connection.iterdump()) + "\n")


if __name__ == "__main__":
    main()
