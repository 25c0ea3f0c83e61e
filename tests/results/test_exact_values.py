"""Numbers come back bit for bit, on every kind of database; what is not finite never gets in."""

from __future__ import annotations

import math
import struct
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from engine.hyperparameters import HYPERPARAMETERS
from results.database import Database
from results.reads import curves, trials
from results.values import Flush
from results.writes import jobs
from tests.results.samples import claim, epoch_row, layer_row, plan_of, progress, store

SLOWLY = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
SINGLES = st.floats(allow_nan=False, allow_infinity=False, width=32)
TINY_AND_HUGE = [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, math.pi, 0.1, 1 / 3, 1e22, 123456789.0]


def bits(value: float) -> bytes:
    return struct.pack("<d", value + 0.0)  # -0.0 is stored as 0.0: SQLite knows no other


@pytest.fixture
def epochs_of(database: Database):
    """Store costs as a curve and read them back, in the same database again and again."""
    held = claim(database, store(database).job_ids[0])
    key, epochs = held.trials[0].trial_id, count()

    def through(values: list[float]) -> list[float | None]:
        numbers = [next(epochs) for _ in values]
        rows = [epoch_row(key, number, value) for number, value in zip(numbers, values, strict=True)]
        layers = [layer_row(key, number, 1, weight_norm=value) for number, value in zip(numbers, values, strict=True)]
        with database.write() as connection:
            jobs.append(connection, held, Flush(epochs=rows, layers=layers), 60)
            stored = {row.epoch: row.train_cost for row in curves.of_trial(connection, key)}
            norms = {row.epoch: row.weight_norm for row in curves.layers_of_trial(connection, key)}
        assert [norms[number] for number in numbers] == [stored[number] for number in numbers]
        return [stored[number] for number in numbers]

    return through


@SLOWLY
@given(values=st.lists(DOUBLES, min_size=1, max_size=30))
def test_doubles_come_back_bit_for_bit(epochs_of, values: list[float]) -> None:
    assert [bits(found) for found in epochs_of(values)] == [bits(value) for value in values]


@SLOWLY
@given(values=st.lists(SINGLES, min_size=1, max_size=30))
def test_singles_come_back_bit_for_bit(epochs_of, values: list[float]) -> None:
    found = np.array(epochs_of([np.float32(value) for value in values]), dtype=np.float32)
    assert found.tobytes() == (np.array(values, dtype=np.float32) + np.float32(0)).tobytes()


def test_the_smallest_and_the_largest_come_back_bit_for_bit(epochs_of) -> None:
    values = [sign * value for value in TINY_AND_HUGE for sign in (1, -1)]
    assert [bits(found) for found in epochs_of(values)] == [bits(value) for value in values]


def test_minus_zero_is_stored_as_zero(epochs_of) -> None:
    (found,) = epochs_of([-0.0])
    assert math.copysign(1, found) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.float64("inf")])
def test_what_is_not_finite_is_stored_as_null(database: Database, epochs_of, value: float) -> None:
    assert epochs_of([value]) == [None]
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM epochs WHERE train_cost IS NULL")).scalar() == 1


def test_a_cost_that_is_not_finite_does_not_get_into_a_trials_row_either(database: Database) -> None:
    held = claim(database, store(database).job_ids[0])
    key = held.trials[0].trial_id
    with database.write() as connection:
        diverged = progress(key, 1, final_train_cost=math.inf, final_validation_cost=math.nan)
        jobs.append(connection, held, Flush(progress=[diverged]), 60)
        view = trials.find(connection, key)
    assert (view.final_train_cost, view.final_validation_cost) == (None, None)


REALS = [name for name, entry in HYPERPARAMETERS.items() if type(entry.default) is float]


@SLOWLY
@given(data=st.data())
def test_hyperparameters_come_back_bit_for_bit_from_json_and_from_their_columns(database: Database, data) -> None:
    values = {}
    for name in REALS:
        kind = HYPERPARAMETERS[name].kind
        bounds = {"exclude_min": kind.low_open, "exclude_max": kind.high_open}
        values[name] = data.draw(st.floats(kind.low, kind.high, **bounds))
    plan = plan_of([values])
    held = claim(database, store(database, plan).job_ids[0])
    assert repr(held.trials[0].trial.configuration) == repr(plan.configurations[0])
    query = text(f"SELECT {', '.join(REALS)} FROM configurations WHERE sweep_id = :sweep")
    with database.read() as connection:
        row = connection.execute(query, {"sweep": held.sweep_id}).one()
    assert [bits(found) for found in row] == [bits(values[name]) for name in REALS]
