"""What becomes of pruned trials elsewhere: verified, compared, extended, retried, and judged by several workers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from comparison.comparison import compare
from engine.blas import machine
from results.database import open_database
from results.reads.comparison import swept, trial_results
from results.tables.sweeps import sweeps
from results.tables.trials import decisions, jobs, trials
from results.writes import moves
from tests.worker.small_sweeps import train_all
from tests.worker.stopped_sweeps import HYPERBAND, by_number, decided, submit
from tests.worker.stored import curves, rows
from tests.worker.test_extending import extend, train_these
from worker.attempt import Attempt
from worker.train_job import Ending, train_job
from worker.verifying import verify


def test_a_pruned_trial_is_verified_up_to_its_last_epoch(database, settings):
    created = submit(database, HYPERBAND)
    train_all(database, settings, created)
    found = list(verify(database, created.sweep_id, machine()["kernel"]))
    assert sorted(one.epochs for one in found) == [2, 2, 2, 4, 4, 8, 12, 12]
    assert all(one.same for one in found)


def test_the_comparison_counts_pruned_trials_and_says_so(database, settings):
    created = submit(database, HYPERBAND, replicates=2)
    train_all(database, settings, created)
    with database.read() as connection:
        results = trial_results(connection, created.sweep_id)
        found = compare(results, (), swept(connection, created.sweep_id))
    pruned = sum(one.state == "pruned" for one in results)
    assert (found.sweep.trials, found.sweep.ended, found.sweep.lost) == (16, 16, 0)
    assert f"{pruned} of 16 trials were pruned and count with what they had reached by then." in found.notes
    assert all(one.rank is not None for one in found.configurations)


def test_what_never_began_is_left_out_of_the_comparison(database, settings):
    created = submit(database, None, trials_per_job=1)
    with database.write() as connection:
        connection.execute(sweeps.update().values(metric_target=100.0))
    train_all(database, settings, created)
    assert sum(row["state"] == "pruned" for row in rows(database, trials)) == 7
    with database.read() as connection:
        found = compare(trial_results(connection, created.sweep_id), (), swept(connection, created.sweep_id))
    assert (found.sweep.ended, found.sweep.lost) == (1, 7)
    assert "7 of 8 trials failed, were cancelled or never began and are left out." in found.notes
    assert [one.rank for one in found.configurations].count(None) == 7


def test_an_extension_goes_on_with_what_was_not_stopped_and_judges_it_further(database, settings):
    created = submit(database, HYPERBAND, epochs=9)
    train_all(database, settings, created)
    before, old = decided(database, created.sweep_id), curves(database, created.sweep_id)
    train_these(database, settings, extend(database, created.sweep_id, epochs=20))
    after = decided(database, created.sweep_id)
    assert {key: value for key, value in after.items() if key[1] <= 9} == before
    new = {key: value for key, value in after.items() if key[1] > 9}
    assert {epoch for _, epoch in new} == {16}
    assert sorted(verdict for verdict, *_ in new.values()) == ["continue", "continue"]
    assert old.items() <= curves(database, created.sweep_id).items()
    reached = sorted(row["epochs_recorded"] for row in by_number(database, created.sweep_id).values())
    assert reached == [2, 2, 2, 4, 4, 8, 20, 20]


def test_a_pruned_trial_is_never_taken_over(database, settings):
    earlier = submit(database, HYPERBAND)
    train_all(database, settings, earlier)
    created = submit(database, None, reuse=True)
    taken = [row["epochs_recorded"] for row in by_number(database, created.sweep_id).values()]
    assert sorted(taken) == 6 * [-1] + 2 * [12]


def test_new_replicates_are_judged_among_the_old_ones(database, settings):
    created = submit(database, HYPERBAND)
    train_all(database, settings, created)
    before = decided(database, created.sweep_id)
    train_these(database, settings, extend(database, created.sweep_id, replicates=2))
    after = decided(database, created.sweep_id)
    assert before.items() <= after.items()
    assert len([number for number, epoch in after if epoch == 2]) == 16


def test_a_retry_trains_what_failed_and_leaves_the_pruned_alone(database, settings, monkeypatch):
    steady, broken = submit(database, HYPERBAND), submit(database, HYPERBAND)
    train_all(database, settings, steady)
    [job] = broken.job_ids
    honest = Attempt.decide

    def breaks_at_four(self, epoch, states):
        if epoch == 4:
            raise RuntimeError("out of memory")
        return honest(self, epoch, states)

    monkeypatch.setattr(Attempt, "decide", breaks_at_four)
    with database.write() as connection:
        connection.execute(jobs.update().where(jobs.c.id == job).values(max_attempts=1))
    for owner in ("first", "again"):  # the first attempt recorded epochs, so it does not count
        assert train_job(database, settings, job, owner) is Ending.BROKE
    monkeypatch.undo()
    states = sorted(row["state"] for row in by_number(database, broken.sweep_id).values())
    assert states == 5 * ["failed"] + 3 * ["pruned"]
    [sweep] = rows(database, sweeps, id=broken.sweep_id)
    assert sweep["state"] == "failed"
    with database.write() as connection:
        moves.retry(connection, broken.sweep_id, 3)
    assert train_job(database, settings, job, "second") is Ending.FINISHED
    assert decided(database, broken.sweep_id) == decided(database, steady.sweep_id)
    assert curves(database, broken.sweep_id) == curves(database, steady.sweep_id)


@pytest.mark.parametrize("audit", [0.0, 0.5])
def test_workers_that_judge_at_once_neither_wait_for_each_other_for_ever_nor_judge_twice(database, settings, audit):
    """Eight jobs of one sweep in eight threads, each with its own connections, appending as often as they can."""
    rates = [0.001 * 1.5**step for step in range(24)]
    created = submit(database, HYPERBAND, audit=audit, trials_per_job=3, learning_rate=rates)
    hasty, gate = replace(settings, flush_seconds=0.0001), threading.Barrier(len(created.job_ids))

    def work(job_id):
        mine = open_database(database.url)
        try:
            gate.wait(100)
            return train_job(mine, hasty, job_id, f"worker of {job_id}")
        finally:
            mine.dispose()

    with ThreadPoolExecutor(len(created.job_ids)) as pool:
        endings = list(pool.map(work, created.job_ids))
    assert set(endings) == {Ending.FINISHED}
    found = by_number(database, created.sweep_id)
    judged = decided(database, created.sweep_id)
    for number, row in found.items():
        stops = [
            epoch
            for (other, epoch), (verdict, was_audited, *_) in judged.items()
            if other == number and verdict == "stop" and not was_audited
        ]
        assert row["epochs_recorded"] == (stops[0] if stops else 12)
        assert row["state"] == ("pruned" if stops else "finished")
    _check_thresholds(database, created.sweep_id, judged)
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert sweep["state"] == "finished"


def _check_thresholds(database, sweep_id, judged):
    """Decisions of an epoch came one after the other, each among all before: its threshold is one of a prefix."""
    numbers = {row["id"]: number for number, row in by_number(database, sweep_id).items()}
    cost = {key: values[2] for key, values in curves(database, sweep_id).items()}
    for epoch in {epoch for _, epoch in judged}:
        came = [row for row in rows(database, decisions) if row["epoch"] == epoch]
        moments = sorted({row["decided_at"] for row in came})
        for moment in moments:
            stood = sorted(cost[numbers[row["trial_id"]], epoch] for row in came if row["decided_at"] <= moment)
            for row in came:
                if row["decided_at"] == moment:
                    assert row["threshold"] == stood[len(stood) // 2]
