"""A sweep that was extended equals the sweep that was that large from the beginning, bit for bit."""

from copy import deepcopy
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from engine.data.catalog import BUILT_IN
from results.errors import IllegalMove, NoSuchSweep
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import checkpoints, epochs, jobs, trials
from results.writes import extending
from results.writes.moves import cancel as request_cancel
from sweeps.errors import InvalidSweep
from sweeps.extending import extended_document, missing, refusal
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from tests.worker.small_sweeps import submit, train_all
from tests.worker.stored import curves, rows
from worker.train_job import train_job

SEVERAL = {"optimizer": ["sgd", "momentum", "adam"], "learning_rate": [0.1, 1e5], "dropout": 0.1, "layers": [[6], [4]]}
HOURS_IDLE = timedelta(hours=2)


def enlarge(wish):
    def larger(so_far):
        whole, wished = extended_document(so_far.document, wish)
        spec = parse(whole, BUILT_IN, 10_000)
        counts = (so_far.configurations, so_far.replicates, so_far.trial_count, so_far.job_count)
        return refusal(spec, wished, *counts[:2]) or extending.LargerSweep(
            whole, spec, missing(spec, *counts, BUILT_IN), wished
        )

    return larger


def extend(database, sweep_id, **wish):
    with database.write() as connection:
        return extending.extend(connection, sweep_id, enlarge(wish), BUILT_IN, 3)


def train_these(database, settings, job_ids):
    for job_id in job_ids:
        train_job(database, settings, job_id, "test")


def by_configuration(database, sweep_id):
    """The curves by what was trained, for numbers differ between a sweep that grew and one that was born large."""
    found = curves(database, sweep_id)
    points = {row["id"]: str(sorted(row["hyperparameters"].items())) for row in rows(database, configurations)}
    key = {
        trial["number"]: (points[trial["configuration_id"]], trial["replicate"])
        for trial in rows(database, trials, sweep_id=sweep_id)
    }
    assert len(set(key.values())) == len(key)
    return {(*key[number], epoch): values for (number, epoch), values in found.items()}


def test_twenty_epochs_extended_to_forty_equal_forty_bit_for_bit(database, settings):
    short, whole = submit(database, epochs=20, **SEVERAL), submit(database, epochs=40, **SEVERAL)
    train_all(database, settings, short)
    train_all(database, settings, whole)
    before = curves(database, short.sweep_id)
    began = {trial["id"]: trial["started_at"] for trial in rows(database, trials, sweep_id=short.sweep_id)}
    queued = extend(database, short.sweep_id, epochs=40)
    [sweep] = rows(database, sweeps, id=short.sweep_id)
    assert (sweep["state"], sweep["finished_at"]) == ("running", None)
    train_these(database, settings, queued)
    assert by_configuration(database, short.sweep_id) == by_configuration(database, whole.sweep_id)
    after = curves(database, short.sweep_id)
    assert {key: after[key] for key in before} == before
    [sweep] = rows(database, sweeps, id=short.sweep_id)
    assert sweep["state"] == "finished"
    assert sweep["document"]["parameters"]["epochs"] == {"value": 40}
    for trial in rows(database, trials, sweep_id=short.sweep_id):
        assert trial["state"] == "finished"
        assert trial["started_at"] == began[trial["id"]]


def test_only_the_new_epochs_are_trained(database, settings, monkeypatch):
    created = submit(database, epochs=20, learning_rate=0.1)
    train_all(database, settings, created)
    from worker import train_job as module

    seen = []
    true = module.Journal.add
    monkeypatch.setattr(module.Journal, "add", lambda self, records: (seen.append(records.epoch), true(self, records)))
    train_these(database, settings, extend(database, created.sweep_id, epochs=40))
    assert seen == list(range(21, 41))


def test_a_lost_checkpoint_costs_time_and_no_bit(database, settings):
    short, whole = submit(database, epochs=6), submit(database, epochs=9)
    train_all(database, settings, short)
    train_all(database, settings, whole)
    with database.write() as connection:
        connection.execute(delete(checkpoints))
    train_these(database, settings, extend(database, short.sweep_id, epochs=9))
    assert by_configuration(database, short.sweep_id) == by_configuration(database, whole.sweep_id)


def test_more_values_replicates_and_epochs_at_once_train_what_is_missing_and_no_more(database, settings):
    small = submit(database, epochs=6, learning_rate=[0.1, 0.5])
    large = submit(database, epochs=9, learning_rate=[0.1, 0.5, 2.0], layers=[[6]])
    train_all(database, settings, small)
    train_all(database, settings, large)
    train_these(database, settings, extend(database, large.sweep_id, replicates=4))
    wish = {"epochs": 9, "replicates": 4, "parameters": {"learning_rate": {"values": [0.5, 2.0]}}}
    train_these(database, settings, extend(database, small.sweep_id, **wish))
    assert by_configuration(database, small.sweep_id) == by_configuration(database, large.sweep_id)
    found = rows(database, trials, sweep_id=small.sweep_id)
    assert [trial["number"] for trial in found] == list(range(12))
    assert {trial["epochs_recorded"] for trial in found} == {9}
    [sweep] = rows(database, sweeps, id=small.sweep_id)
    assert (sweep["configuration_count"], sweep["trial_count"], sweep["replicates"]) == (3, 12, 4)
    assert sweep["job_count"] == len(rows(database, jobs, sweep_id=small.sweep_id))


def test_what_diverged_stays_as_it_is(database, settings):
    created = submit(database, epochs=6, activation="identity", output_activation="identity", learning_rate=[0.01, 1e5])
    train_all(database, settings, created)
    gone = [trial for trial in rows(database, trials) if trial["diverged_epoch"] is not None]
    assert gone
    train_these(database, settings, extend(database, created.sweep_id, epochs=12))
    after = {trial["id"]: trial for trial in rows(database, trials)}
    for trial in gone:
        assert {**after[trial["id"]], "digest": None} == {**trial, "digest": None}
        assert after[trial["id"]]["digest"] != trial["digest"]  # it is what 12 epochs would have been too


@pytest.mark.parametrize(
    ("parameters", "wish", "words"),
    [
        ({"schedule": "cosine"}, {"epochs": 20}, "cosine schedule spans all epochs"),
        ({"epochs": [6, 12]}, {"epochs": 20}, "epochs are swept"),
        ({}, {"epochs": 6}, "more than the 6 asked for"),
        ({}, {"replicates": 1}, "more than the 1 asked for"),
        ({}, {"epochs": 12, "replicates": 2}, "has all of that already"),
        ({}, {"parameters": {"learning_rate": [0.1]}}, "has all of that already"),
    ],
)
def test_what_cannot_be_extended_is_refused_with_the_reason_and_changes_nothing(
    sqlite_database, settings_of, parameters, wish, words
):
    created = submit(sqlite_database, **{"epochs": 12} | parameters)
    train_all(sqlite_database, settings_of(sqlite_database), created)
    before = [dict(row) for row in rows(sqlite_database, sweeps)]
    with pytest.raises(IllegalMove, match=words):
        extend(sqlite_database, created.sweep_id, **wish)
    assert [dict(row) for row in rows(sqlite_database, sweeps)] == before


@pytest.mark.parametrize(
    ("parameters", "wish", "there"),
    [
        ({"Epochs": {"value": 3}}, {"epochs": 5}, {"Epochs": {"value": 5}}),
        ({"num-epochs": {"value": 3}}, {"epochs": 5}, {"num-epochs": {"value": 5}}),
        (
            {"training": {"parameters": {"epochs": {"value": 3}}}},
            {"epochs": 5},
            {"training": {"parameters": {"epochs": {"value": 5}}}},
        ),
        ({"LR": {"values": [1, 2]}}, {"parameters": {"learning_rate": [3]}}, {"LR": {"values": [1, 2, 3]}}),
        ({"learning_rate": {"values": [1]}}, {"parameters": {"lr": [3]}}, {"learning_rate": {"values": [1, 3]}}),
        *(
            (
                {"optimizer": {"parameters": {"name": {"value": "momentum"}, "lr": {"value": 1}}}},
                {"parameters": wish},
                {"optimizer": {"parameters": {"name": {"value": "momentum"}, "lr": {"values": [1, 3]}}}},
            )
            for wish in (
                {"learning_rate": [3]},
                {"lr": {"values": [3]}},
                {"optimizer.lr": [3]},
                {"optimizer": {"parameters": {"lr": {"value": 3}}}},
            )
        ),
        (
            {"batch_size": {"min": 8, "max": 10}},
            {"parameters": {"batch_size": [16]}},
            {"batch_size": {"values": [8, 9, 10, 16]}},
        ),
    ],
    ids=str,
)
def test_a_parameter_is_found_however_the_document_and_the_wish_spell_it(parameters, wish, there):
    document = {"method": "grid", "parameters": {"dataset": {"value": "iris"}, **parameters}}
    before = deepcopy(document)
    whole, _ = extended_document(document, wish)
    assert whole["parameters"] == {"dataset": {"value": "iris"}, **there}
    assert list(whole["parameters"]) == list(document["parameters"])  # their order is that of a grid
    assert document == before
    parse(whole, BUILT_IN, 1000)


def capped(method, run_cap, values, wish):
    """The configurations that an extension adds, or why there is none."""
    document = {
        "method": method,
        "run_cap": run_cap,
        "parameters": {"learning_rate": {"values": values}, "batch_size": {"values": [8, 16, 32]}},
    }
    stored = plan(parse(document, BUILT_IN, 1000), BUILT_IN).configurations
    whole, wished = extended_document(document, wish)
    spec = parse(whole, BUILT_IN, 1000)
    return len(stored), refusal(spec, wished, stored, 3) or missing(spec, stored, 3, 99, 9, BUILT_IN).configurations


@pytest.mark.parametrize("method", ["grid", "random"])
def test_an_extension_has_at_most_run_cap_configurations(method):
    wish = {"parameters": {"learning_rate": [5, 6, 7]}}
    assert capped(method, 4, [1, 2, 3], wish) == (
        4,
        "it has the 4 configurations of its run_cap; raise run_cap as well",
    )
    there, new = capped(method, 4, [1, 2, 3], {"run_cap": 6, **wish})
    assert there + len(new) == 6
    there, new = capped(method, 7, [1, 2], wish)  # 6 there are
    assert (there, len(new)) == (6, 1)
    assert capped(method, 4, [1, 2, 3], {"run_cap": 3})[1].startswith("it has 4 configurations, more than the run_cap")
    assert capped(method, 6, [1, 2], {"replicates": 5, "parameters": {"lr": [2]}}) == (6, ())


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ({"epoch": 3}, "/epoch"),
        ({"epochs": "many"}, "/epochs"),
        ({"parameters": {"momentum": [0.5]}}, "/parameters/momentum"),
        ({"parameters": {"learning_rate": 3}}, "/parameters/learning_rate"),
        ({}, ""),
    ],
)
def test_faults_of_the_wish_are_named_by_their_path(wish, place):
    document = {"parameters": {"learning_rate": {"values": [0.1]}}}
    with pytest.raises(InvalidSweep) as refused:
        extended_document(document, wish)
    assert [fault.pointer for fault in refused.value.faults] == [place]


def test_a_sweep_that_runs_or_was_cancelled_or_is_not_there_is_refused(sqlite_database):
    created = submit(sqlite_database)
    with pytest.raises(IllegalMove, match="once it has ended"):
        extend(sqlite_database, created.sweep_id, epochs=20)
    with sqlite_database.write() as connection:
        request_cancel(connection, created.sweep_id)
    with pytest.raises(IllegalMove, match="submit its document again"):
        extend(sqlite_database, created.sweep_id, epochs=20)
    with pytest.raises(NoSuchSweep):
        extend(sqlite_database, 99, epochs=20)
    assert rows(sqlite_database, epochs) == []


def test_the_time_of_a_sweep_leaves_out_how_long_it_had_ended_before_it_was_extended(database, settings):
    created = submit(database, epochs=3, learning_rate=[0.1])
    train_all(database, settings, created)
    [sweep] = rows(database, sweeps)
    times = {"started_at": sweep["started_at"] - timedelta(hours=3), "finished_at": sweep["finished_at"] - HOURS_IDLE}
    with database.write() as connection:
        connection.execute(update(sweeps).values(times))
    train_these(database, settings, extend(database, created.sweep_id, epochs=5))
    [sweep] = rows(database, sweeps)
    busy = sweep["finished_at"] - sweep["started_at"] - timedelta(seconds=sweep["idle_seconds"])
    assert timedelta(hours=1) <= busy < timedelta(hours=1.5)
