"""What a trial completed stays its result, whatever an extension does: API, views and comparison say the same of it."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sqlalchemy import select, text, update

from comparison.axes import Axis
from comparison.comparison import compare
from comparison.curves.figures import figures
from engine.data.catalog import BUILT_IN
from results.reads import trials as trial_pages
from results.reads.comparison import trial_results
from results.reads.courses import course
from results.reads.exporting import Subject, chunk_of, export_of
from results.reads.replicated import replicated
from results.reads.tracking_artifacts import best_trial
from results.tables.sweeps import configurations, datasets, sweeps
from results.tables.trials import checkpoints, epochs, jobs, trials
from results.writes import jobs as job_writes
from results.writes import moves
from tests.faults.checking.invariants import breaches
from tests.results.samples import recover
from tests.worker import test_metric_target as target
from tests.worker.small_sweeps import submit, train_all
from tests.worker.stored import curves, rows
from tests.worker.test_extending import by_configuration, extend, train_these
from worker.attempt import Attempt
from worker.train_job import Ending, train_job


def told(database, sweep_id):
    """What API and views say of a sweep's results; the configurations' epochs, which an extension raises, left out."""
    with database.read() as connection:
        results = trial_results(connection, sweep_id)
        compared = compare(results, (0.5, 0.2), ("learning_rate", "optimizer"))
        shown = trial_pages.page(connection, sweep_id, sort="best_validation_cost").trials
        bands = replicated(connection, sweep_id, range(10), "validation_cost", Axis.EPOCHS)
        queries = {
            "sweep_leaderboard": "place, judged_value, trial_id, completed_epochs, outcome, best_epoch, seconds",
            "configuration_summary": "configuration_id, ended, diverged, best_validation_cost_median, seconds",
            "paired_differences": "trial_a, trial_b, difference, better",
            "trial_summary": "trial_id, completed_epochs, best_validation_cost, final_train_cost, updates",
            "sweep_progress": "best_validation_cost, diverged, seconds",
        }
        views = {
            name: sorted(connection.execute(text(f"SELECT {columns} FROM {name} WHERE sweep_id = {sweep_id}")).all())
            for name, columns in queries.items()
        }
    return {
        "comparison": replace(compared, notes=()),
        "results": [replace(one, values={}) for one in results],
        "trials": [(one.id, one.completed_epochs, one.outcome, one.best_epoch, one.target_epochs) for one in shown],
        "bands": [one.replicates for one in bands],
        "exports": exported(database, sweep_id),
        "summaries": [summary(database, one.id) for one in shown],
        **views,
    }


def exported(database, sweep_id):
    """All epochs and layers that can be taken away, and the weights of each result."""
    with database.read() as connection:
        exports = [export_of(connection, sweep_id, subject) for subject in (Subject.EPOCHS, Subject.LAYERS)]
        chunks = [chunk_of(connection, one, chunk) for one in exports for chunk in one.chunks]
        keys = connection.execute(select(trials.c.id).where(trials.c.sweep_id == sweep_id)).scalars().all()
        weights = [best_trial(connection, key).state for key in keys]
    columns = [{name: np.asarray(values).tolist() for name, values in chunk.items()} for chunk in chunks]
    return str(columns), weights  # as text, for NaN is not itself


def summary(database, trial_id):
    with database.read() as connection:
        return figures(course(connection, trial_id), (0.5, 0.2), 3)


def trained(database, settings, **parameters):
    """A sweep of two jobs and four trials, finished at epoch 4; with what is said of it, and its rows."""
    created = submit(database, 2, 1, **{"epochs": 4, "learning_rate": [0.1, 2.0], "optimizer": "adam"} | parameters)
    train_all(database, settings, created)
    return created, told(database, created.sweep_id)


def train_until(database, settings, monkeypatch, job_id, epochs, act):
    """Train so many epochs of the job with a flush and a checkpoint after each, then do what a user does meanwhile."""
    asked = iter(range(1000))
    with monkeypatch.context() as patch:
        patch.setattr(Attempt, "flush_due", property(lambda _self: True))
        eager = replace(settings, checkpoint_seconds=0.0)
        return train_job(database, eager, job_id, "test", lambda: next(asked) == epochs and bool(act()))


def asks(verb, sweep_id):
    def act(database):
        with database.write() as connection:
            getattr(moves, verb)(connection, sweep_id)

    return act


def cancelled_while_it_waits(database, settings, monkeypatch, sweep_id, queued):
    asks("cancel", sweep_id)(database)


def cancelled_while_it_trains(database, settings, monkeypatch, sweep_id, queued):
    act = partial(asks("cancel", sweep_id), database)
    assert train_until(database, settings, monkeypatch, queued[0], 2, act) is Ending.CANCELLED


def stopped_while_it_waits(database, settings, monkeypatch, sweep_id, queued):
    asks("stop", sweep_id)(database)


def stopped_after_it_was_handed_back(database, settings, monkeypatch, sweep_id, queued):
    for job_id in queued:
        assert train_until(database, settings, monkeypatch, job_id, 3, lambda: True) is Ending.HANDED_BACK
    assert {row["epochs_recorded"] for row in rows(database, trials, sweep_id=sweep_id)} == {8}
    asks("stop", sweep_id)(database)


def failed_for_good(database, settings, monkeypatch, sweep_id, queued):
    """Its data are not what they were."""
    for job_id in queued:
        assert train_until(database, settings, monkeypatch, job_id, 2, lambda: True) is Ending.HANDED_BACK
    with database.write() as connection:
        connection.execute(update(datasets).values(digest="other"))
    for job_id in queued:
        assert train_job(database, settings, job_id, "test") is Ending.BROKE
    with database.write() as connection:
        connection.execute(update(datasets).values(digest=BUILT_IN["iris"].digest))


def fell_silent_for_good(database, settings, monkeypatch, sweep_id, queued):
    """Every worker dies with its claim, at the last attempt."""
    with database.write() as connection:
        connection.execute(update(jobs).values(max_attempts=jobs.c.attempt + 1))
    for job_id in queued:
        with database.write() as connection:
            assert job_writes.claim(connection, job_id, "dead", -1.0) is not None
    with database.write() as connection:
        assert recover(connection, 60.0).failed == tuple(queued)


WAYS = {
    "cancelled while it waits": (cancelled_while_it_waits, "cancelled"),
    "cancelled while it trains": (cancelled_while_it_trains, "cancelled"),
    "stopped while it waits": (stopped_while_it_waits, "finished"),
    "stopped after it was handed back": (stopped_after_it_was_handed_back, "finished"),
    "failed for good": (failed_for_good, "failed"),
    "fell silent for good": (fell_silent_for_good, "failed"),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_extension_that_is_given_up_leaves_what_was_there_and_can_be_had_again(database, settings, monkeypatch, way):
    created, before = trained(database, settings)
    stored, states = curves(database, created.sweep_id), rows(database, checkpoints)
    ended = {trial["id"]: trial["finished_at"] for trial in rows(database, trials)}
    queued = sorted(extend(database, created.sweep_id, epochs=9))
    assert told(database, created.sweep_id) == before
    give_up, state = WAYS[way]
    give_up(database, settings, monkeypatch, created.sweep_id, queued)
    if way == "cancelled while it trains":
        train_these(database, settings, queued)
    assert [row["state"] for row in rows(database, sweeps)] == [state]
    assert {row["state"] for row in rows(database, trials)} == {"finished"}
    assert {row["id"]: row["finished_at"] for row in rows(database, trials)} == ended
    assert told(database, created.sweep_id) == before
    assert curves(database, created.sweep_id) == stored
    assert [(row["epoch"], row["state"]) for row in rows(database, checkpoints)] == [
        (row["epoch"], row["state"]) for row in states
    ]
    assert breaches(database) == []
    whole = submit(database, 2, epochs=9, learning_rate=[0.1, 2.0], optimizer="adam")
    train_all(database, settings, whole)
    train_these(database, settings, extend(database, created.sweep_id, epochs=9))
    assert by_configuration(database, created.sweep_id) == by_configuration(database, whole.sweep_id)
    assert {row["completed_epochs"] for row in rows(database, trials)} == {9}


def test_results_change_with_the_end_of_an_extension_and_not_before(database, settings, monkeypatch):
    created, before = trained(database, settings)
    queued = sorted(extend(database, created.sweep_id, epochs=9))
    for job_id in queued:
        for _ in range(2):
            assert train_until(database, settings, monkeypatch, job_id, 1, lambda: True) is Ending.HANDED_BACK
            assert told(database, created.sweep_id) == before
            assert breaches(database, at_rest=False) == []
    assert max(row["epoch"] for row in rows(database, epochs)) > 4
    assert {row["state"] for row in rows(database, trials)} == {"queued"}
    train_these(database, settings, queued)
    whole, large = trained(database, settings, epochs=9)
    again = told(database, created.sweep_id)
    for name in ("best_validation_cost", "final_validation_cost", "epochs_recorded", "target_epochs", "outcome"):
        assert [getattr(one, name) for one in again["results"]] == [getattr(one, name) for one in large["results"]]
    assert by_configuration(database, created.sweep_id) == by_configuration(database, whole.sweep_id)


def test_a_target_that_an_extension_reaches_leaves_the_others_their_results(database, settings):
    created = target.submit(database, name="validation_cost", target=1e-9)
    target.train_all(database, settings, created)
    before = told(database, created.sweep_id)
    queued = sorted(extend(database, created.sweep_id, epochs=30))
    with database.write() as connection:
        connection.execute(update(sweeps).values(metric_target=10.0))
    train_these(database, settings, queued[:1])
    assert {row["state"] for row in rows(database, trials)} == {"finished"}
    assert sorted(row["completed_epochs"] for row in rows(database, trials))[-1] == 30
    assert len({row["completed_epochs"] for row in rows(database, trials)}) == 2
    [sweep] = rows(database, sweeps)
    assert (sweep["state"], sweep["stopped_because"][:14]) == ("finished", "target reached")
    kept = [one for one in told(database, created.sweep_id)["results"] if one.epochs_recorded < 30]
    assert kept == [one for one in before["results"] if one.trial_id in {other.trial_id for other in kept}]
    with database.write() as connection:
        connection.execute(update(sweeps).values(metric_target=None))
    train_these(database, settings, extend(database, created.sweep_id, dropped=True))
    assert {row["completed_epochs"] for row in rows(database, trials)} == {30}


def test_after_an_extension_that_was_given_up_the_next_may_be_shorter_or_of_another_kind(database, settings):
    created, _ = trained(database, settings)
    extend(database, created.sweep_id, epochs=40)
    asks("cancel", created.sweep_id)(database)
    train_these(database, settings, extend(database, created.sweep_id, replicates=3))
    assert {row["epochs_recorded"] for row in rows(database, trials)} == {4}
    assert {row["epochs"] for row in rows(database, configurations)} == {4}
    train_these(database, settings, extend(database, created.sweep_id, epochs=6))
    assert {row["epochs_recorded"] for row in rows(database, trials)} == {6}
    assert len(rows(database, trials)) == 6
    assert breaches(database) == []


def test_what_failed_of_an_extension_is_trained_on_by_a_retry(database, settings, monkeypatch):
    created, _ = trained(database, settings)
    queued = sorted(extend(database, created.sweep_id, epochs=9))
    failed_for_good(database, settings, monkeypatch, created.sweep_id, queued)
    assert {"DatasetChanged" in row["error"] for row in rows(database, trials)} == {True}
    with database.write() as connection:
        again = moves.retry(connection, created.sweep_id, 1)
    train_these(database, settings, again)
    assert {(row["state"], row["completed_epochs"], row["error"]) for row in rows(database, trials)} == {
        ("finished", 9, None)
    }


def test_a_trial_that_diverges_in_an_extension_has_diverged(database, settings):
    parameters = {"activation": "identity", "output_activation": "identity", "learning_rate": [0.01, 3.0]}
    created, whole = submit(database, epochs=2, **parameters), submit(database, epochs=80, **parameters)
    train_all(database, settings, created)
    train_all(database, settings, whole)
    train_these(database, settings, extend(database, created.sweep_id, epochs=80))
    ends = [
        [
            (row["diverged_epoch"], row["completed_epochs"], row["outcome"])
            for row in rows(database, trials, sweep_id=key)
        ]
        for key in (created.sweep_id, whole.sweep_id)
    ]
    assert ends[0] == ends[1]
