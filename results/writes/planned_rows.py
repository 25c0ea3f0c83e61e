"""The rows that a plan becomes, table by table: made before a transaction, stored in it.

Used by `results.writes.sweeps`, `extending` and `proposing`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from engine.data.catalog import DatasetFacts
from engine.hyperparameters import Configuration
from engine.shapes import layer_sizes, parameter_count
from results.hyperparameter_columns import configuration_columns
from results.tables.sweeps import configurations, submissions, sweeps
from results.tables.sweeps import datasets as datasets_table
from results.tables.trials import jobs, trials
from results.writes.inserting import insert_ignoring
from sweeps.plan import Plan
from sweeps.seeds import search_seed, split_seed
from sweeps.states import ENDED, State, Wanted

PART = 1000  # rows of one statement
Row = dict[str, Any]
Begin = Callable[[], AbstractContextManager[Connection]]


def store_datasets(
    connection: Connection, plan: Plan, datasets: Mapping[str, DatasetFacts], moment: datetime
) -> dict[str, int]:
    """Keys by name of the data sets that the plan uses, stored where they were not yet."""
    names = sorted({configuration.dataset for configuration in plan.configurations})
    insert_ignoring(connection, datasets_table, [_dataset_row(datasets[name], moment) for name in names])
    found = {}
    for name in names:
        same = (datasets_table.c.name == name) & (datasets_table.c.digest == datasets[name].digest)
        found[name] = connection.execute(select(datasets_table.c.id).where(same)).scalar_one()
    return found


def next_sweep(connection: Connection) -> int:
    """On SQLite, where a writer is alone: the key of the next sweep, beyond those that are being stored in parts."""
    keys = (select(func.coalesce(func.max(one), 0)).scalar_subquery() for one in (sweeps.c.id, submissions.c.sweep_id))
    return 1 + max(map(int, connection.execute(select(*keys)).one()))


def store_sweep(
    connection: Connection, plan: Plan, document: object, moment: datetime, sweep_id: int | None = None
) -> int:
    """The key of the new sweep: `sweep_id`, or the next."""
    spec = plan.spec
    if sweep_id is None and connection.dialect.name == "sqlite":
        sweep_id = next_sweep(connection)
    row = {
        **({} if sweep_id is None else {"id": sweep_id}),
        "uid": secrets.token_hex(16),
        "name": spec.name,
        "project": spec.project,
        "method": spec.method,
        "state": State.QUEUED,
        "wanted": Wanted.RUN,
        "metric_name": spec.metric.name,
        "metric_goal": spec.metric.goal,
        "metric_target": spec.metric.target,
        "replicates": spec.replicates,
        "seed": spec.seed,
        "split_seed": split_seed(spec.seed),
        "search_seed": search_seed(spec.seed),
        "validation_fraction": spec.validation_fraction,
        "targets": list(spec.targets),
        "generation": 0,
        "search": spec.search,
        "run_cap": spec.run_cap,
        "document": document,
        "notes": list(spec.notes),
        "created_at": moment,
    }
    return int(connection.execute(insert(sweeps).values(row | _counts(plan)).returning(sweeps.c.id)).scalar_one())


@dataclass(frozen=True)
class PlannedRows:
    """The rows of a plan, made before any transaction; what the database alone knows is left for `store_rows`.

    A configuration's `dataset_id` holds the data set's name, a trial's `configuration_id` and `job_id` their numbers.
    """

    configurations: Sequence[Row]
    jobs: Sequence[Row]
    trials: Sequence[Row]


def rows_of(
    plan: Plan,
    datasets: Mapping[str, DatasetFacts],
    digests: Mapping[int, str],
    max_attempts: int,
    first: int = 0,
    searched: Sequence[Mapping[str, Any]] = (),
) -> PlannedRows:
    """The rows of a plan whose configurations are numbered on from `first`; `digests` by the trials' numbers.

    `searched`: what an adaptive search keeps of each configuration, in its columns.
    """
    kept = searched or [{}] * len(plan.configurations)
    return PlannedRows(
        [
            {**_configuration_row(number, configuration, datasets), **columns}
            for number, (configuration, columns) in enumerate(zip(plan.configurations, kept, strict=True), first)
        ],
        _job_rows(plan, max_attempts),
        _trial_rows(plan, digests),
    )


def store_rows(
    begin: Begin,
    sweep_id: int,
    rows: PlannedRows,
    dataset_ids: Mapping[str, int],
    moment: datetime,
    extends: int | None = None,
) -> list[int]:
    """Store the rows in parts, and give the keys of all of the sweep's jobs by number.

    `begin` opens the transaction of each part, or gives the one that all of them are in. Trials are stored in the order
    of their numbers, so that their keys are in that order too. `extends`: the sweep whose configurations and jobs have
    the numbers before these, where they are stored under a key of their own.
    """
    mine = {"sweep_id": sweep_id}
    for part in batched(rows.configurations, PART):
        with begin() as connection:
            keyed = [row | mine | {"dataset_id": dataset_ids[row["dataset_id"]]} for row in part]
            connection.execute(insert(configurations), keyed)
    for part in batched(rows.jobs, PART):
        with begin() as connection:
            times = [{"created_at": moment, "finished_at": moment if row["state"] in ENDED else None} for row in part]
            connection.execute(insert(jobs), [row | mine | time for row, time in zip(part, times, strict=True)])
    with begin() as connection:
        both = [one for one in (extends, sweep_id) if one is not None]
        configuration_ids, job_ids = (
            [key for one in both for key in _keys(connection, table, one)] for table in (configurations, jobs)
        )
    for part in batched(rows.trials, PART):
        with begin() as connection:
            keys = [(configuration_ids[row["configuration_id"]], job_ids[row["job_id"]]) for row in part]
            connection.execute(
                insert(trials),
                [
                    row | mine | {"configuration_id": configuration_id, "job_id": job_id}
                    for row, (configuration_id, job_id) in zip(part, keys, strict=True)
                ],
            )
    return job_ids


def _configuration_row(number: int, configuration: Configuration, datasets: Mapping[str, DatasetFacts]) -> Row:
    sizes = layer_sizes(configuration, datasets[configuration.dataset])
    return {
        "number": number,
        "dataset_id": configuration.dataset,
        "parameter_count": parameter_count(sizes, configuration),
        **configuration_columns(configuration),
    }


def _job_rows(plan: Plan, max_attempts: int) -> list[Row]:
    """All jobs by number; those whose trials are all taken over have ended already."""
    done = {job.number for job in plan.taken_over}
    return [
        {
            "number": job.number,
            "state": State.FINISHED if job.number in done else State.QUEUED,
            "attempt": 0,
            "max_attempts": max_attempts,
            "trial_count": len(job.trials),
            "estimated_seconds": job.estimated_seconds,
        }
        for job in sorted((*plan.jobs, *plan.taken_over), key=lambda job: job.number)
    ]


def _trial_rows(plan: Plan, digests: Mapping[int, str]) -> list[Row]:
    placed = [(planned, job.number) for job in (*plan.jobs, *plan.taken_over) for planned in job.trials]
    return [
        {
            "configuration_id": planned.configuration_number,
            "job_id": job_number,
            "number": planned.number,
            "replicate": planned.replicate,
            "init_seed": planned.trial.init_seed,
            "data_seed": planned.trial.data_seed,
            "digest": digests[planned.number],
            "reused_from": plan.donors.get(planned.number),
            "state": State.QUEUED,
            "epochs_recorded": -1,
            "tracked_epoch": -1,
        }
        for planned, job_number in sorted(placed, key=lambda pair: pair[0].number)
    ]


def _keys(connection: Connection, table: Table, sweep_id: int) -> list[int]:
    """The keys of all rows of the sweep, by number."""
    query = select(table.c.id).where(table.c.sweep_id == sweep_id).order_by(table.c.number)
    return list(connection.execute(query).scalars())


def batched(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """The rows in parts of at most that size."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "configuration_count": len(plan.configurations),
        "trial_count": sum(len(job.trials) for job in (*plan.jobs, *plan.taken_over)),
        "job_count": len(plan.jobs) + len(plan.taken_over),
    }


def _dataset_row(facts: DatasetFacts, moment: datetime) -> dict[str, Any]:
    return {
        "name": facts.name,
        "digest": facts.digest,
        "task": facts.task,
        "samples": facts.samples,
        "features": facts.features,
        "outputs": facts.outputs,
        "source": facts.source,
        "created_at": moment,
    }
