"""The columns of many trials are their rows, NULL as NaN, on both kinds of database."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Table, insert, select, update

from results.database import Database
from results.reads.series import nullable, series
from results.tables.trials import epochs, layer_epochs, trials
from tests.results.trained_sweeps import store_trained


@pytest.fixture
def trained(database: Database) -> tuple[int, int, int]:
    return store_trained(database)


def own(table: Table) -> list[str]:
    return [column.name for column in table.c if column.name not in ("trial_id", "recorded_at")]


def rows(database: Database, table: Table, sweep_id: int) -> list[Any]:
    query = select(table.c.trial_id, *(table.c[name] for name in own(table))).select_from(table.join(trials))
    with database.read() as connection:
        return list(connection.execute(query.where(trials.c.sweep_id == sweep_id).order_by(*table.primary_key)))


@pytest.mark.parametrize("table", [epochs, layer_epochs], ids=str)
def test_columns_are_the_rows_by_trial_and_key_bit_for_bit(
    database: Database, trained: tuple[int, int, int], table: Table
) -> None:
    with database.write() as connection:
        connection.execute(update(epochs).where(epochs.c.epoch == 3).values(train_cost=math.nan, gradient_norm=-1e-310))
        connection.execute(update(layer_epochs).where(layer_epochs.c.layer == 2).values(weight_norm=None))
    with database.read() as connection:
        found = series(connection, table, own(table), trials.c.sweep_id == trained[1])
    expected = rows(database, table, trained[1])
    assert None in {value for row in expected for value in row}
    assert {trial: count for trial, count in zip(found.trial_ids, found.counts, strict=True) if count} == Counter(
        row.trial_id for row in expected
    )
    columns = [nullable(found.columns[name]) for name in own(table)]
    owners = np.repeat(found.trial_ids, found.counts).tolist()
    assert list(zip(owners, *columns, strict=True)) == [tuple(row) for row in expected]


def test_rows_come_by_epoch_whatever_order_they_were_stored_in(
    database: Database, trained: tuple[int, int, int]
) -> None:
    before = rows(database, epochs, trained[2])
    with database.write() as connection:
        stored = [dict(row._mapping) for row in connection.execute(select(epochs).order_by(epochs.c.epoch.desc()))]
        connection.execute(epochs.delete())
        connection.execute(insert(epochs), stored)
    assert len(before) > 1
    with database.read() as connection:
        found = series(connection, epochs, ["epoch"], trials.c.sweep_id == trained[2])
    assert found.columns["epoch"].tolist() == [row.epoch for row in before]


def test_trials_without_rows_are_there_with_none(database: Database, trained: tuple[int, int, int]) -> None:
    with database.read() as connection:
        found = series(connection, epochs, ["train_cost"], trials.c.sweep_id == trained[2])
        nobody = series(connection, epochs, ["train_cost", "epoch"], trials.c.sweep_id == 10**6)
    assert found.counts.tolist() == [0, 2, 0]
    assert [len(part) for part in found.of_trials("train_cost").values()] == [0, 2, 0]
    assert (list(nobody.trial_ids), nobody.counts.tolist()) == ([], [])
    assert nobody.of_trials("epoch") == {}
