"""Pages of trials: complete, without repetition, in order, for every sort, and stable while trials are added."""

from __future__ import annotations

import base64
import json
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from results.database import Database
from results.errors import InvalidCursor, InvalidFilter, InvalidSort, NoSuchTrial
from results.reads import trials as reads
from results.reads.trial_sorting import SORTABLE
from results.tables.sweeps import configurations
from results.tables.trials import trials
from results.values import TrialView
from sweeps.states import State
from tests.results.samples import BEGIN, plan_of, store

SLOWLY = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
POINTS = [
    {"learning_rate": rate, "layers": layers, "clip_norm": clip, "activation": activation}
    for rate, layers, clip, activation in (
        (0.1, [8], None, "sigmoid"),
        (2.0, [8, 4], 1.0, "tanh"),
        (0.1, [8, 4], None, ["relu", "tanh"]),
        (0.5, [], 0.25, "identity"),
    )
]
COSTS = [None, None, 0.1, 0.1, 0.25, 1 / 3, 5e-324, 1e300]
RESULTS = {
    "best_validation_cost": COSTS,
    "final_train_cost": COSTS,
    "best_validation_accuracy": [None, 0.0, 0.5],
    "outcome": [None, "stuck", "converged", "diverged"],
    "outcome_epoch": [None, 0, 2],
    "state": ["queued", "running", "finished"],
    "diverged_epoch": [None, 1, 2],
    "seconds": COSTS,
    "blas_kernel": [None, "Haswell", "SkylakeX", "haswell", "\u00c4"],
    "started_at": [None, BEGIN, BEGIN + timedelta(microseconds=1)],
}


def stored(database: Database, seed: int | str) -> int:
    """A sweep of twelve trials with many equal and many missing results."""
    draws = random.Random(seed)
    created = store(database, plan_of(POINTS, replicates=3, trials_per_job=12))
    with database.write() as connection:
        for key in connection.execute(select(trials.c.id).where(trials.c.sweep_id == created.sweep_id)).scalars().all():
            values = {name: draws.choice(choices) for name, choices in RESULTS.items()}
            connection.execute(update(trials).where(trials.c.id == key).values(values))
    return created.sweep_id


def all_pages(database: Database, sweep_id: int, sort: str, limit: int, between: Any = None) -> list[TrialView]:
    found: list[TrialView] = []
    cursor = None
    while True:
        with database.read() as connection:
            page = reads.page(connection, sweep_id, {}, sort, cursor, limit)
        assert len(page.trials) <= limit
        found += page.trials
        cursor = page.next_cursor
        if cursor is None:
            return found
        assert len(page.trials) == limit
        if between:
            between()


def sort_value(view: TrialView, name: str) -> Any:
    """What a column holds, from the view: lists as JSON text; of a trial that diverged no cost or accuracy ranks."""
    if name.endswith(("_cost", "_accuracy")) and (view.outcome == "diverged" or view.diverged_epoch is not None):
        return None
    name = "configuration_number" if name == "configuration" else name
    value = view.hyperparameters[name] if name in view.hyperparameters else getattr(view, name)
    return json.dumps(value) if isinstance(value, tuple) else value


@SLOWLY
@given(seed=st.integers(0, 2**32), name=st.sampled_from(sorted(SORTABLE)), limit=st.sampled_from([1, 5, 12]))
def test_the_pages_of_every_sort_are_the_sorted_list(database: Database, seed: int, name: str, limit: int) -> None:
    sweep_id = stored(database, seed)
    check_sorted(database, sweep_id, name, limit)


def check_sorted(database: Database, sweep_id: int, name: str, limit: int) -> None:
    for sort in (name, f"-{name}"):
        found = all_pages(database, sweep_id, sort, limit)
        by_key = sorted(found, key=lambda view: view.id)
        assert [view.number for view in by_key] == list(range(12))
        given_ones = [view for view in by_key if sort_value(view, name) is not None]
        # sorted() is stable, also when reversed: ties stay by key in either direction
        ordered = sorted(given_ones, key=lambda view: sort_value(view, name), reverse=sort.startswith("-"))
        assert found == ordered + [view for view in by_key if sort_value(view, name) is None]


@pytest.mark.parametrize("name", sorted(SORTABLE))
def test_every_column_sorts_in_both_directions_page_by_page(database: Database, name: str) -> None:
    check_sorted(database, stored(database, name), name, 5)


@pytest.mark.parametrize("sort", ["number", "best_validation_cost", "-best_validation_cost"])
def test_trials_added_between_two_pages_neither_repeat_nor_hide_the_others(database: Database, sort: str) -> None:
    draws = random.Random(sort)
    sweep_id = stored(database, sort)
    numbers = iter(range(100, 200))

    def add() -> None:
        with database.write() as connection:
            row = connection.execute(select(trials).where(trials.c.sweep_id == sweep_id).limit(1)).one()._asdict()
            cost = draws.choice([None, 0.1, 0.2, 1e-9, 5.0])
            new = row | {"id": None, "number": next(numbers), "best_validation_cost": cost}
            del new["id"]
            connection.execute(insert(trials).values(new))

    found = [view.number for view in all_pages(database, sweep_id, sort, 2, add)]
    assert len(found) == len(set(found))
    assert set(range(12)) <= set(found)


def test_filters_mean_what_they_mean_in_a_sweep(database: Database) -> None:
    created = store(database, plan_of(POINTS, replicates=2))

    def numbers(**filters: Any) -> list[int]:
        with database.read() as connection:
            page = reads.page(connection, created.sweep_id, filters)
        return sorted({view.configuration_number for view in page.trials})

    assert numbers(learning_rate=0.1) == [0, 2]
    assert numbers(lr=2) == [1]
    assert numbers(layers=[8, 4]) == [1, 2]
    assert numbers(layers=(8,)) == [0]
    assert numbers(layers=[]) == [3]
    assert numbers(activation=["relu", "tanh"]) == [2]
    assert numbers(activation="linear") == [3]
    assert numbers(clip_norm=None) == [0, 2]
    assert numbers(clip_norm=frozenset({None, 0.25})) == [0, 2, 3]
    assert numbers(learning_rate={0.5, 2.0}, clip_norm=0.25) == [3]
    assert numbers(configuration=2) == numbers(configuration_number=2) == [2]
    assert numbers(replicate=1) == [0, 1, 2, 3]
    assert numbers(replicate=7) == numbers(state="running") == numbers(outcome="stuck") == numbers(l2=0.5) == []
    assert numbers(state=State.QUEUED, outcome=None) == [0, 1, 2, 3]
    assert numbers(state=frozenset()) == []


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        ({"colour": "red"}, "colour"),
        ({"state": "asleep"}, "state"),
        ({"state": ["queued"]}, "state"),
        ({"outcome": 3}, "outcome"),
        ({"replicate": -1}, "replicate"),
        ({"replicate": True}, "replicate"),
        ({"configuration": 2**40}, "configuration"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"layers": "x"}, "layers"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(sqlite_database: Database, filters: Any, name: str) -> None:
    with pytest.raises(InvalidFilter) as caught, sqlite_database.read() as connection:
        reads.page(connection, 1, filters)
    assert caught.value.name == name


def test_a_sort_that_does_not_exist_is_refused_with_the_nearest(sqlite_database: Database) -> None:
    with pytest.raises(InvalidSort, match="best_validation_cost"), sqlite_database.read() as connection:
        reads.page(connection, 1, sort="-best_validation_costs")
    with sqlite_database.read() as connection:
        assert reads.page(connection, 1, sort="-lr").trials == ()


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "\u00e4",
        "AAAA",
        "W" * 10_000,
        forged(),
        forged("number", 1),
        forged("number", 1, "1"),
        forged("number", 1, 2**70),
        forged("number", "1", 1),
        forged("number", 2**70, 1),
        forged("number", [1], 1),
        forged("-number", 1, 1),
        forged("state", "a", 1),
        base64.urlsafe_b64encode(b'["number", 1, 1').decode(),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(InvalidCursor), database.read() as connection:
        reads.page(connection, 1, sort="number", cursor=cursor)


@pytest.mark.parametrize(
    ("sort", "value"),
    [("started_at", "2026-01-01"), ("started_at", 3), ("seconds", "NaN"), ("dataset", "\0"), ("dataset", "\ud800")],
)
def test_a_forged_value_is_refused_in_every_type(database: Database, sort: str, value: object) -> None:
    with pytest.raises(InvalidCursor), database.read() as connection:
        reads.page(connection, 1, sort=sort, cursor=forged(sort, value, 1))


def test_a_trial_is_found_with_all_that_belongs_to_it(database: Database) -> None:
    created = store(database, plan_of(POINTS))
    with database.read() as connection:
        key = connection.execute(select(trials.c.id).where(trials.c.number == 2)).scalar_one()
        view = reads.find(connection, key)
        parameters = connection.execute(select(configurations.c.parameter_count).where(configurations.c.number == 2))
        assert (view.sweep_id, view.parameter_count) == (created.sweep_id, parameters.scalar_one())
        with pytest.raises(NoSuchTrial):
            reads.find(connection, 10**6)
    assert view.hyperparameters["layers"] == (8, 4)
    assert view.hyperparameters["activation"] == ("relu", "tanh")
    assert view.parameter_count == (4 + 1) * 8 + (8 + 1) * 4 + (4 + 1) * 3
