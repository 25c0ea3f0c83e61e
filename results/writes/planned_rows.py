"""The rows that a plan becomes, table by table; used by `results.writes.sweeps.create`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from engine.data.catalog import DatasetFacts
from engine.shapes import layer_sizes, parameter_count
from results.hyperparameter_columns import configuration_columns
from results.tables.sweeps import configurations, sweeps
from results.tables.sweeps import datasets as datasets_table
from results.tables.trials import jobs, trials
from results.writes.inserting import insert_ignoring
from sweeps.plan import Plan
from sweeps.seeds import search_seed, split_seed
from sweeps.states import State, Wanted


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


def store_sweep(connection: Connection, plan: Plan, document: object, moment: datetime) -> int:
    """The key of the new sweep."""
    spec = plan.spec
    row = {
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


def store_configurations(
    connection: Connection,
    sweep_id: int,
    plan: Plan,
    datasets: Mapping[str, DatasetFacts],
    dataset_ids: Mapping[str, int],
    first: int = 0,
    searched: Sequence[Mapping[str, Any]] = (),
) -> list[int]:
    """The keys of all of the sweep's by number; the plan's are numbered on from `first`.

    `searched`: what an adaptive search keeps of each of them, in its columns.
    """
    kept = searched or [{}] * len(plan.configurations)
    rows = [
        {
            "sweep_id": sweep_id,
            "number": number,
            "dataset_id": dataset_ids[configuration.dataset],
            "parameter_count": parameter_count(
                layer_sizes(configuration, datasets[configuration.dataset]), configuration
            ),
            **configuration_columns(configuration),
            **columns,
        }
        for number, (configuration, columns) in enumerate(zip(plan.configurations, kept, strict=True), first)
    ]
    return _stored(connection, configurations, sweep_id, rows)


def store_jobs(connection: Connection, sweep_id: int, plan: Plan, max_attempts: int, moment: datetime) -> list[int]:
    """The keys of all of the sweep's jobs by number; those whose trials are all taken over have ended already."""
    done = {job.number for job in plan.taken_over}
    rows = [
        {
            "sweep_id": sweep_id,
            "number": job.number,
            "state": State.FINISHED if job.number in done else State.QUEUED,
            "attempt": 0,
            "max_attempts": max_attempts,
            "trial_count": len(job.trials),
            "estimated_seconds": job.estimated_seconds,
            "created_at": moment,
            "finished_at": moment if job.number in done else None,
        }
        for job in sorted((*plan.jobs, *plan.taken_over), key=lambda job: job.number)
    ]
    return _stored(connection, jobs, sweep_id, rows)


def store_trials(
    connection: Connection,
    sweep_id: int,
    plan: Plan,
    configuration_ids: Sequence[int],
    job_ids: Sequence[int],
    digests: Mapping[int, str],
) -> None:
    """All trials, in the order of their numbers, so that their keys are in that order too. `digests`: by number."""
    placed = [(planned, job_ids[job.number]) for job in (*plan.jobs, *plan.taken_over) for planned in job.trials]
    rows = [
        {
            "sweep_id": sweep_id,
            "configuration_id": configuration_ids[planned.configuration_number],
            "job_id": job_id,
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
        for planned, job_id in sorted(placed, key=lambda pair: pair[0].number)
    ]
    if rows:
        connection.execute(insert(trials), rows)


def _stored(connection: Connection, table: Table, sweep_id: int, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert numbered rows, and give the keys of all that the sweep has by number."""
    if rows:
        connection.execute(insert(table), rows)
    query = select(table.c.id).where(table.c.sweep_id == sweep_id).order_by(table.c.number)
    return list(connection.execute(query).scalars())


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
