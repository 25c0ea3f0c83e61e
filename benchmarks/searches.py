"""Adaptive searches against random search: `python -m benchmarks.searches [--json] [--write] [--seeds N]`.

Every search is a real sweep: stored in a database of its own, proposed by `worker.propose`, trained by
`worker.train_job`, over several seeds. What counts is the best validation cost after 40 trials; no time is measured.
`--write` puts the table into docs/search.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from scipy.stats import wilcoxon
from sqlalchemy import select

from benchmarks.sections import replace_section
from engine.data.catalog import BUILT_IN
from results.database import Database, open_database
from results.schema import upgrade
from results.tables.trials import trials
from results.writes import sweeps
from settings import Settings
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.search.names import lacking
from worker.propose import propose
from worker.queue import Queue
from worker.train_job import train_job

PAGE = Path(__file__).parents[1] / "docs" / "search.md"
TRIALS = 40
SEARCHES = ("random", "tpe", "cmaes", "sobol", "gp")
PARAMETERS: dict[str, Any] = {
    "dataset": {"value": "digits"},
    "layers": {"values": [[16], [32], [64], [32, 32]]},
    "activation": {"values": ["sigmoid", "tanh", "relu"]},
    "initialization": {"values": ["normal", "glorot_normal", "he_normal"]},
    "learning_rate": {"distribution": "log_uniform_values", "min": 0.001, "max": 30},
    "batch_size": {"values": [8, 16, 32, 64, 128]},
    "l2": {"distribution": "log_uniform_values", "min": 1e-7, "max": 1e-2},
    "epochs": {"value": 10},
}


def best_costs(search: str, seed: int) -> list[float]:
    """Lowest validation cost after 1, 2, ..., 40 trials of one sweep; infinite while all diverged."""
    method = {"method": "random"} if search == "random" else {"method": "bayes"}
    ours: dict[str, Any] = {"replicates": 1, "seed": seed} | ({} if search == "random" else {"search": search})
    document = {"name": search, **method, "run_cap": TRIALS, "parameters": PARAMETERS, "backsweep": ours}
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/results.db"
        upgrade(url)
        database = open_database(url)
        try:
            return _running_best(_train(database, document))
        finally:
            database.dispose()


def _train(database: Database, document: dict[str, Any]) -> list[float | None]:
    """The best validation cost of every trial, in the order of the trials; None where it diverged."""
    settings, spec = Settings(), parse(document, BUILT_IN, TRIALS)
    nobody = Queue("redis://127.0.0.1:1/0", patience=0.01)  # no broker: the jobs are trained right here
    with database.write() as connection:
        created = sweeps.create(connection, plan(spec, BUILT_IN), document, BUILT_IN, 1)
    job_ids: tuple[int, ...] | None = created.job_ids
    while job_ids is not None:
        for job_id in job_ids:
            train_job(database, settings, job_id, "benchmark")
        job_ids = propose(database, nobody, settings, created.sweep_id)
    diverged = trials.c.diverged_epoch.is_not(None)
    query = select(trials.c.best_validation_cost, diverged.label("diverged")).order_by(trials.c.number)
    with database.read() as connection:
        return [None if row.diverged else row.best_validation_cost for row in connection.execute(query)]


def _running_best(costs: list[float | None]) -> list[float]:
    best, found = float("inf"), []
    for cost in costs:
        best = min(best, float("inf") if cost is None else cost)
        found.append(best)
    return found


def measure(seeds: int) -> dict[str, list[list[float]]]:
    """Search -> one course for each seed."""
    return {
        search: [best_costs(search, seed) for seed in range(seeds)] for search in SEARCHES if lacking(search) is None
    }


def page(found: dict[str, list[list[float]]]) -> str:
    """The table."""
    rows = []
    for search, courses in found.items():
        last = [course[-1] for course in courses]
        against = [course[-1] for course in found["random"]]
        wins = sum(mine < theirs for mine, theirs in zip(last, against, strict=True))
        p = "" if search == "random" else f"{wilcoxon(last, against).pvalue:.3f}"
        middle = median(course[TRIALS // 2 - 1] for course in courses)
        won = "" if search == "random" else f"{wins} of {len(last)}"
        spread = f"{min(last):.4f} to {max(last):.4f}"
        rows.append(f"| `{search}` | {middle:.4f} | **{median(last):.4f}** | {spread} | {won} | {p} |")
    head = (
        "| search | median best after 20 | after 40 | range after 40 | better than random | p |\n" + "|---" * 6 + "|\n"
    )
    epochs, varied = PARAMETERS["epochs"]["value"], sum("value" not in one for one in PARAMETERS.values())
    seeds = len(found["random"])
    return (
        f"Best validation cost on digits, {TRIALS} trials of {epochs} epochs, {varied} hyperparameters varied, "
        f"{seeds} seeds, made by `python -m benchmarks.searches --write`. p: Wilcoxon's signed-rank "
        "test against random search, two-sided, not corrected for the number of searches.\n\n"
        + head
        + "\n".join(rows)
        + "\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/search.md")
    parser.add_argument("--seeds", type=int, default=10, help="sweeps of each search (10)")
    options = parser.parse_args()
    found = measure(options.seeds)
    text = page(found)
    print(json.dumps(found) if options.json else text)
    if options.write:
        replace_section(PAGE, "## Measured", text)


if __name__ == "__main__":
    main()
