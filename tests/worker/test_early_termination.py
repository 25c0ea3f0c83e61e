"""Early termination in the worker: whom it stops, that nobody else notices, and that a retry repeats it."""

import signal
import subprocess
import sys

import pytest

from results.tables.sweeps import sweeps
from results.tables.trials import checkpoints, decisions, epochs, jobs, trials
from results.writes import deciding
from results.writes import jobs as job_writes
from sweeps.early_termination.base import Standing
from sweeps.parsing.early_termination import policy_of
from tests.worker.recovering import recover_silent
from tests.worker.searching import SilentQueue
from tests.worker.small_sweeps import after, train_all
from tests.worker.stopped_sweeps import HYPERBAND, by_number, decided, document, submit
from tests.worker.stored import curves, rows
from worker.train_job import Ending, train_job


def undisturbed(database, settings, **more):
    created = submit(database, None, **more)
    train_all(database, settings, created)
    return curves(database, created.sweep_id)


def test_the_worse_half_stops_at_each_bracket_and_nobody_else_changes_by_a_bit(database, settings):
    whole = undisturbed(database, settings)
    created = submit(database, HYPERBAND)
    assert train_all(database, settings, created) == [Ending.FINISHED]
    found = by_number(database, created.sweep_id)
    # index int(8 / 2) = 4 at epoch 2: five go on; int(5 / 2) = 2 at 4: three; int(3 / 2) = 1 at 8: two
    assert sorted(row["epochs_recorded"] for row in found.values()) == [2, 2, 2, 4, 4, 8, 12, 12]
    for number, row in found.items():
        assert row["state"] == ("finished" if row["epochs_recorded"] == 12 else "pruned")
        assert row["finished_at"] is not None
        recorded = {key: value for key, value in curves(database, created.sweep_id).items() if key[0] == number}
        assert recorded == {
            key: value for key, value in whole.items() if key[0] == number and key[1] <= row["epochs_recorded"]
        }
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert (sweep["state"], sweep["stopped_because"]) == ("finished", None)
    assert {row["state"] for row in rows(database, jobs, sweep_id=created.sweep_id)} == {"finished"}


def test_the_verdicts_are_those_of_the_rule_on_the_undisturbed_curves(database, settings):
    whole = undisturbed(database, settings)
    created = submit(database, HYPERBAND)
    train_all(database, settings, created)
    cost = {key: values[2] for key, values in whole.items()}
    live = range(8)
    expected = {}
    for epoch in (2, 4, 8):
        standings = [
            Standing(number, cost[number, epoch], min(cost[number, e] for e in range(1, epoch + 1))) for number in live
        ]
        rule = policy_of(document(HYPERBAND), 7).rule
        verdicts = rule.decide("minimize", epoch, standings, standings)
        expected |= {
            (one.trial_id, epoch): ("stop" if one.stop else "continue", False, one.value, one.threshold)
            for one in verdicts
        }
        live = [one.trial_id for one in verdicts if not one.stop]
    assert decided(database, created.sweep_id) == expected


def test_a_pruned_trial_keeps_its_final_state_as_a_finished_one_does(database, settings):
    created = submit(database, HYPERBAND)
    train_all(database, settings, created)
    kept = {row["trial_id"]: (row["epoch"], row["final"]) for row in rows(database, checkpoints)}
    assert kept == {row["id"]: (row["epochs_recorded"], True) for row in rows(database, trials)}


@pytest.mark.parametrize(
    ("rule", "ends"),
    [
        ({"type": "asha", "min_resource": 2, "reduction_factor": 2}, [2, 2, 2, 2, 4, 4, 8, 12]),
        # at epochs 3, 7 and 11; four trials are too few for the next look
        ({"type": "median", "n_warmup_steps": 3, "interval_steps": 4}, 4 * [3] + 4 * [12]),
        ({"type": "median", "n_warmup_steps": 3, "interval_steps": 4, "n_startup_trials": 3}, 4 * [3] + [7, 7, 12, 12]),
    ],
)
def test_optunas_rules_stop_whom_they_should(database, settings, rule, ends):
    created = submit(database, rule)
    assert train_all(database, settings, created) == [Ending.FINISHED]
    assert sorted(row["epochs_recorded"] for row in by_number(database, created.sweep_id).values()) == ends
    assert {row["rule"] for row in rows(database, decisions)} == {rule["type"]}


def test_wilcoxon_stops_whole_configurations(database, settings):
    rule = {"type": "wilcoxon", "min_iter": 3}
    created = submit(database, rule, replicates=5, learning_rate=[0.001, 0.5, 0.6])
    train_all(database, settings, created)
    reached = [row["epochs_recorded"] for row in by_number(database, created.sweep_id).values()]
    assert reached[:5] == 5 * [3]
    assert set(reached[10:]) == {12}


def test_a_job_may_lose_all_its_trials(database, settings):
    """Three jobs: the last has only what does badly beside the others."""
    rates = [0.1, 0.2, 0.3, 0.4, 0.5, 1.0, 2.0, 0.8, 1e-4, 2e-4, 3e-4, 4e-4]
    created = submit(database, HYPERBAND, trials_per_job=4, learning_rate=rates)
    assert train_all(database, settings, created) == 3 * [Ending.FINISHED]
    found = by_number(database, created.sweep_id)
    assert {found[number]["epochs_recorded"] for number in range(8, 12)} == {2}
    [sweep] = rows(database, sweeps, id=created.sweep_id)
    assert sweep["state"] == "finished"


def test_later_jobs_are_judged_among_all_that_came_before(database, settings):
    created = submit(database, HYPERBAND, trials_per_job=2)
    train_all(database, settings, created)
    found = decided(database, created.sweep_id)
    cost = {key: values[2] for key, values in curves(database, created.sweep_id).items()}
    # the last job's trials 6 and 7 stood among all eight at epoch 2
    assert found[7, 2][3] == sorted(cost[number, 2] for number in range(8))[4]


@pytest.mark.parametrize("epochs_done", [1, 2, 3, 5, 8])
def test_an_attempt_that_was_handed_back_changes_no_decision(database, settings, epochs_done):
    steady, broken = submit(database, HYPERBAND), submit(database, HYPERBAND)
    train_all(database, settings, steady)
    [job] = broken.job_ids
    assert train_job(database, settings, job, "stopping", stopping=after(epochs_done)) is Ending.HANDED_BACK
    assert train_job(database, settings, job, "next") is Ending.FINISHED
    assert decided(database, broken.sweep_id) == decided(database, steady.sweep_id)
    assert curves(database, broken.sweep_id) == curves(database, steady.sweep_id)


def test_a_killed_attempt_is_repeated_from_the_start_with_the_stored_decisions(database, settings):
    """Decided at epoch 2, then killed: the checkpoints are gone, and meanwhile better trials have come by."""
    steady, broken = submit(database, HYPERBAND), submit(database, HYPERBAND)
    train_all(database, settings, steady)
    [job] = broken.job_ids
    train_job(database, settings, job, "stopping", stopping=after(3))
    before = decided(database, broken.sweep_id)
    assert {epoch for _, epoch in before} == {2}
    with database.write() as connection:
        connection.execute(checkpoints.delete())
        still = by_number(database, broken.sweep_id)
        running = [row["id"] for row in still.values() if row["state"] == "queued"]
        # were they judged again, a threshold of zero would stop them all
        stopped = [row["id"] for row in still.values() if row["state"] == "pruned"]
        connection.execute(epochs.update().where(epochs.c.trial_id.in_(stopped)).values(validation_cost=0.0))
    assert len(running) == 5
    assert train_job(database, settings, job, "next") is Ending.FINISHED
    after_all = decided(database, broken.sweep_id)
    assert {key: value for key, value in after_all.items() if key[1] == 2} == before
    assert {row["epochs_recorded"] for row in rows(database, trials, sweep_id=broken.sweep_id)} == {2, 4, 8, 12}


def test_a_stored_stop_is_carried_out_though_the_trial_was_opened_again(database, settings):
    created = submit(database, HYPERBAND)
    train_all(database, settings, created)
    before = decided(database, created.sweep_id)
    wanted = curves(database, created.sweep_id)
    with database.write() as connection:
        connection.execute(checkpoints.delete())
        connection.execute(trials.update().values(state="queued", finished_at=None))
        connection.execute(jobs.update().values(state="queued", max_attempts=9))
        connection.execute(sweeps.update().values(state="running", finished_at=None))
    assert train_all(database, settings, created) == [Ending.FINISHED]
    assert decided(database, created.sweep_id) == before
    assert curves(database, created.sweep_id) == wanted
    assert sorted(row["epochs_recorded"] for row in rows(database, trials)) == [2, 2, 2, 4, 4, 8, 12, 12]


def test_a_worker_that_lost_its_job_decides_nothing(database, settings, monkeypatch):
    created = submit(database, HYPERBAND)
    [job] = created.job_ids
    honest = deciding.decide

    def overtaken(connection, claim, *rest):
        connection.execute(jobs.update().where(jobs.c.id == job).values(attempt=claim.attempt + 1))
        return honest(connection, claim, *rest)

    monkeypatch.setattr(deciding, "decide", overtaken)
    assert train_job(database, settings, job, "slow") is Ending.OVERTAKEN
    assert rows(database, decisions) == []
    assert max(row["epochs_recorded"] for row in rows(database, trials)) < 2  # what was flushed before the check epoch


def test_audited_trials_run_to_their_end_and_stand_in_nobodys_way(database, settings):
    plain, audited = submit(database, HYPERBAND), submit(database, HYPERBAND, audit=1.0)
    train_all(database, settings, plain)
    train_all(database, settings, audited)
    assert {row["epochs_recorded"] for row in rows(database, trials, sweep_id=audited.sweep_id)} == {12}
    assert {row["state"] for row in rows(database, trials, sweep_id=audited.sweep_id)} == {"finished"}
    without, with_audit = decided(database, plain.sweep_id), decided(database, audited.sweep_id)
    assert {key: (one[0], *one[2:]) for key, one in with_audit.items()} == {
        key: (one[0], *one[2:]) for key, one in without.items()
    }
    assert all(one[1] == (one[0] == "stop") for one in with_audit.values())


def test_a_share_of_the_audits_is_chosen_by_seed_and_trial_alone(database, settings):
    one_job, many = (submit(database, HYPERBAND, audit=0.5, trials_per_job=count) for count in (100, 1))
    for created in (one_job, many):
        train_all(database, settings, created)
        policy = policy_of(document(HYPERBAND, audit=0.5), 7)
        for (number, _), (verdict, was_audited, *_) in decided(database, created.sweep_id).items():
            assert was_audited == (verdict == "stop" and policy.audits(number))
    found = [policy.audits(number) for number in range(4000)]
    assert 0.45 < sum(found) / len(found) < 0.55


def test_a_sweep_without_a_rule_decides_nothing(database, settings):
    created = submit(database, None)
    train_all(database, settings, created)
    assert rows(database, decisions) == []


def test_a_trial_that_diverges_is_no_candidate_and_its_rows_are_kept(database, settings):
    rates = [0.1, 0.5, 1.0, 1e5]
    linear = {"activation": "identity", "output_activation": "identity"}
    created = submit(database, HYPERBAND, learning_rate=rates, **linear)
    train_all(database, settings, created)
    found = by_number(database, created.sweep_id)
    assert (found[3]["state"], found[3]["outcome"]) == ("finished", "diverged")
    assert not any(number == 3 for number, _ in decided(database, created.sweep_id))


def test_the_claim_carries_the_policy_of_the_document(sqlite_database):
    created = submit(sqlite_database, HYPERBAND, audit=0.25)
    with sqlite_database.write() as connection:
        claim = job_writes.claim(connection, created.job_ids[0], "test", 60)
    assert claim.early_termination == policy_of(document(HYPERBAND, audit=0.25), 7)
    assert claim.early_termination.audit == 0.25


KILLED_AT = """
import os, signal, sys
from results.database import open_database
from settings import Settings
from worker.attempt import Attempt
from worker.train_job import train_job

url, job, epoch, moment = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
honest = Attempt.decide

def decide(self, at, states):
    if at == epoch and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = honest(self, at, states)
    if at == epoch:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

Attempt.decide = decide
train_job(open_database(url), Settings(database_url=url, flush_seconds=0.0001), job, "killed")
"""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("epoch", [2, 4])
def test_a_worker_killed_at_a_check_epoch_leaves_all_of_its_decisions_or_none(database, settings, epoch, moment):
    steady, broken = submit(database, HYPERBAND), submit(database, HYPERBAND)
    train_all(database, settings, steady)
    [job] = broken.job_ids
    command = [sys.executable, "-c", KILLED_AT, database.url, str(job), str(epoch), moment]
    assert subprocess.run(command, timeout=300).returncode == -signal.SIGKILL
    last = epoch if moment == "after" else epoch // 2
    assert max((at for _, at in decided(database, broken.sweep_id)), default=0) == (last if last > 1 else 0)
    assert [one.requeued for one in recover_silent(database, SilentQueue(), settings)][-1] == (job,)
    assert train_job(database, settings, job, "next") is Ending.FINISHED
    assert decided(database, broken.sweep_id) == decided(database, steady.sweep_id)
    assert curves(database, broken.sweep_id) == curves(database, steady.sweep_id)
