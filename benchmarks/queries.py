"""Questions to a large results database: `python -m benchmarks.queries [--json] [--write] [--epochs N]`.

Fills a PostgreSQL (one of its own, from a wheel) with 10 million epoch records in sweeps of 1,000 trials and 100
epochs, synthetic curves made by SQL, and asks for one sweep: its leaderboard and curves, in SQL (psycopg, until all
rows are there) and over the API (in-process, reading and rendering included), and its export. `--write` puts the table
into docs/database-speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import psycopg
from sqlalchemy import make_url, text

from api.application import create_app
from benchmarks.sections import replace_section
from engine.data.catalog import BUILT_IN
from results.database import Database, open_database
from results.writes import sweeps
from settings import Settings
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from tests.services.postgresql import running_postgresql

PAGE = Path(__file__).parents[1] / "docs" / "database-speed.md"
TRIALS, EPOCHS, REPEATS = 1000, 100, 7
DOCUMENT: dict[str, Any] = {
    "name": "large",
    "method": "grid",
    "parameters": {
        "dataset": {"value": "digits"},
        "layers": {"values": [[16], [32]]},
        "learning_rate": {"values": [0.01 * step for step in range(1, 101)]},
        "epochs": {"value": EPOCHS},
    },
    "backsweep": {"replicates": 5, "seed": 1},
}
FILL = """
INSERT INTO epochs (trial_id, epoch, updates, train_cost, validation_cost, train_accuracy, validation_accuracy,
                    gradient_norm, epoch_seconds, recorded_at)
SELECT t.id, e, 45 * e, exp(-0.01 * e - (t.id % 97) / 50.0) * (1 + 0.01 * random()),
       exp(-0.009 * e - (t.id % 89) / 50.0) * (1 + 0.02 * random()), 0.9, 0.88, 0.1, 0.0021, now()
FROM trials t CROSS JOIN generate_series(0, :last) e
WHERE t.sweep_id = :sweep
"""
END = """
UPDATE trials SET state = 'finished', outcome = 'converged', epochs_recorded = :last, best_epoch = :last,
       completed_epochs = :last, completed_at = now(),
       best_validation_cost = exp(-0.9 - (id % 89) / 50.0), final_validation_cost = exp(-0.9 - (id % 89) / 50.0),
       best_train_cost = exp(-1 - (id % 97) / 50.0), final_train_cost = exp(-1 - (id % 97) / 50.0), seconds = 0.21,
       best_validation_accuracy = 0.88, started_at = now(), finished_at = now()
WHERE sweep_id = :sweep
"""
QUESTIONS = {
    "leaderboard, SQL view": "SELECT * FROM sweep_leaderboard WHERE sweep_id = :sweep ORDER BY place, trial_id",
    "configuration summaries, SQL view": "SELECT * FROM configuration_summary WHERE sweep_id = :sweep",
    "curves (validation cost of all trials), SQL": "SELECT e.trial_id, e.epoch, e.validation_cost FROM epochs e "
    "JOIN trials t ON t.id = e.trial_id WHERE t.sweep_id = :sweep",
    "paired differences of one configuration, SQL view": "SELECT * FROM paired_differences WHERE sweep_id = :sweep "
    "AND configuration_a = 0",
}
PAGES = {
    "trials by cost (a page of 100), API": "trials?sort=best_validation_cost",
    "bands of all curves, API": "curves?bands=mean",
    "curves of 200 trials, API": "curves?limit=200",
    "comparison, API": "comparison",
}
WHOLE = ("bands of all curves, API",)  # all pages; of others the one


def fill(database: Database, epochs: int) -> tuple[int, int]:
    """Sweeps until there are so many epoch records; the key of the middle one, and the number of records."""
    spec = parse(DOCUMENT, BUILT_IN, 10**6)
    planned, count = plan(spec, BUILT_IN), max(1, round(epochs / (TRIALS * (EPOCHS + 1))))
    keys = []
    for _ in range(count):
        with database.write() as connection:
            created = sweeps.create(connection, planned, DOCUMENT, BUILT_IN, 3)
            for statement in (FILL, END):
                connection.execute(text(statement), {"sweep": created.sweep_id, "last": EPOCHS})
            connection.execute(text("UPDATE jobs SET state = 'finished' WHERE sweep_id = :s"), {"s": created.sweep_id})
            connection.execute(text("UPDATE sweeps SET state = 'finished' WHERE id = :s"), {"s": created.sweep_id})
        keys.append(created.sweep_id)
    with database.write() as connection:
        connection.execute(text("ANALYZE"))
    return keys[len(keys) // 2], count * TRIALS * (EPOCHS + 1)


def measure(epochs: int) -> dict[str, Any]:
    """Milliseconds of each question, and rows a second of each export."""
    with running_postgresql() as server:
        url = server.migrated_database()
        database = open_database(url)
        sweep, records = fill(database, epochs)
        with psycopg.connect(_driver_address(url), autocommit=True) as client:
            asked = {name: _timed(lambda query=query: _ask(client, query, sweep)) for name, query in QUESTIONS.items()}
        http = create_app(Settings(database_url=url, broker_url="redis://127.0.0.1:1/0")).test_client()
        base = f"/api/v1/sweeps/{sweep}"
        for name, address in PAGES.items():
            read = _get_all if name in WHOLE else _get
            asked[name] = _timed(lambda read=read, address=address: read(http, f"{base}/{address}"))
        exports = {
            form: TRIALS * (EPOCHS + 1) / _timed(lambda form=form: _get(http, f"{base}/export?format={form}"), 3)
            for form in ("csv", "parquet", "jsonl")
        }
        database.dispose()
    found = {"milliseconds": {k: 1000 * v for k, v in asked.items()}, "rows_a_second": exports}
    return {"records": records, "load": os.getloadavg()[1], "cores": os.cpu_count(), **found}


def _ask(server: psycopg.Connection[Any], query: str, sweep: int) -> None:
    """As a client of PostgreSQL asks: until it has all rows, as tuples."""
    server.execute(query.replace(":sweep", "%s").encode(), [sweep]).fetchall()


def _driver_address(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _get(http: Any, address: str) -> bytes:
    response = http.get(address)
    assert response.status_code == 200, response.text[:500]
    assert response.data
    return bytes(response.data)


def _get_all(http: Any, address: str | None) -> None:
    """All pages, one after the other."""
    while address:
        address = orjson.loads(_get(http, address))["next"]


def _timed(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds; the first call, which fills caches, is not counted."""
    call()
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return median(found)


def table(found: dict[str, Any]) -> str:
    """The figures and their aims."""
    rows = [f"| {name} | < 300 ms | {value:.0f} ms |" for name, value in found["milliseconds"].items()]
    rows += [
        f"| export, {form} | 100,000 rows/s | {value:,.0f} rows/s |" for form, value in found["rows_a_second"].items()
    ]
    return (
        f"A sweep of {TRIALS:,} trials and {EPOCHS} epochs among {found['records']:,} epoch records on PostgreSQL, "
        f"median of {REPEATS} (exports: 3), load average {found['load']:.1f} on {found['cores']} cores; made by "
        "`python -m benchmarks.queries --write`.\n\n"
        "| question | aim | measured |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/database-speed.md")
    parser.add_argument("--epochs", type=int, default=10_000_000, help="epoch records (10,000,000)")
    options = parser.parse_args()
    found = measure(options.epochs)
    print(json.dumps(found) if options.json else table(found))
    if options.write:
        replace_section(PAGE, "## Measured", table(found))


if __name__ == "__main__":
    main()
