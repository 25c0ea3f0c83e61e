"""Trials that earlier sweeps have trained: said always, taken over on request, whole and with the same bits."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from engine.blas import machine
from engine.data.catalog import BUILT_IN
from results.reads import sweeps as reads
from results.reads.ledger import trained_before
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import checkpoints, epochs, jobs, layer_epochs, trial_targets, trials
from results.writes import jobs as job_writes
from results.writes.sweeps import create
from sweeps.digests import trial_digests
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from tests.worker.stored import curves, rows
from tests.worker.test_extending import extend, train_these
from worker.train_job import train_job
from worker.verifying import verify

PARAMETERS = {
    "dataset": {"value": "iris"},
    "layers": {"values": [[6], [5, 4]]},
    "learning_rate": {"values": [0.1, 2.0]},
    "epochs": {"value": 6},
}


def document(reuse=True, targets=(0.9, 0.6), replicates=2, metric=None, **parameters):
    chosen = {name: value if isinstance(value, dict) else {"value": value} for name, value in parameters.items()}
    ours = {"replicates": replicates, "seed": 7, "targets": list(targets), "reuse": reuse}
    judged = {} if metric is None else {"metric": metric}
    return {"method": "grid", "parameters": PARAMETERS | chosen, "backsweep": ours} | judged


def submit(database, asked):
    with database.write() as connection:
        return create(connection, plan(parse(asked, BUILT_IN, 10_000), BUILT_IN, 2), asked, BUILT_IN, 3)


def trained(database, settings, **changes):
    created = submit(database, document(**changes))
    train_these(database, settings, created.job_ids)
    return created


def found(database, sweep_id):
    with database.read() as connection:
        return reads.find(connection, sweep_id)


def content(database, table, sweep_id):
    """The rows of the sweep's trials, by the trial's number instead of its key."""
    numbers = {row["id"]: row["number"] for row in rows(database, trials, sweep_id=sweep_id)}
    several = [dict(row) for row in rows(database, table) if row["trial_id"] in numbers]
    return sorted((numbers[row.pop("trial_id")], *row.values()) for row in several)


def test_a_sweep_whose_trials_were_all_trained_ends_at_once_with_the_same_bits(database, settings):
    first = trained(database, settings, reuse=False)
    second = submit(database, document())
    assert second.job_ids == ()
    view = found(database, second.sweep_id)
    assert (view.state, view.trials, view.reused_count) == ("finished", {"finished": 8}, 8)
    assert view.finished_at is not None
    assert view.epochs_recorded == view.epochs_planned == 48
    assert view.notes[-1] == f"8 of 8 trials were trained before, in sweep {first.sweep_id}, and were taken over."
    assert curves(database, second.sweep_id) == curves(database, first.sweep_id)
    for table in (epochs, layer_epochs, checkpoints, trial_targets):
        assert content(database, table, first.sweep_id) == content(database, table, second.sweep_id) != []


def test_a_trial_taken_over_says_whose_it_is_and_has_all_of_its_results(database, settings):
    first, second = trained(database, settings), submit(database, document())
    own = ("id", "sweep_id", "configuration_id", "job_id", "reused_from")
    pairs = zip(
        rows(database, trials, sweep_id=first.sweep_id), rows(database, trials, sweep_id=second.sweep_id), strict=True
    )
    for donor, taken in pairs:
        assert taken["reused_from"] == donor["id"]
        assert {k: v for k, v in taken.items() if k not in own} == {k: v for k, v in donor.items() if k not in own}
        assert taken["final_validation_cost"] is not None
        assert taken["machine"]["kernel"] == taken["blas_kernel"]


def test_jobs_are_made_for_the_rest_alone_and_the_whole_equals_a_sweep_trained_alone(database, settings):
    trained(database, settings)
    asked = document(replicates=3, learning_rate={"values": [0.1, 0.5, 2.0]})
    part, alone = (
        submit(database, asked),
        submit(database, {**asked, "backsweep": asked["backsweep"] | {"reuse": False}}),
    )
    assert found(database, part.sweep_id).trials == {"finished": 8, "queued": 10}
    assert found(database, part.sweep_id).state == "queued"
    assert sum(row["trial_count"] for row in rows(database, jobs) if row["id"] in part.job_ids) == 10
    train_these(database, settings, part.job_ids)
    train_these(database, settings, alone.job_ids)
    assert found(database, part.sweep_id).state == "finished"
    assert curves(database, part.sweep_id) == curves(database, alone.sweep_id)
    assert content(database, trial_targets, part.sweep_id) == content(database, trial_targets, alone.sweep_id)


def test_without_the_request_it_is_said_and_nothing_is_taken_over(database, settings):
    first = trained(database, settings)
    second = submit(database, document(reuse=False))
    view = found(database, second.sweep_id)
    assert (view.trials, view.reused_count) == ({"queued": 8}, 0)
    said = (
        f"8 of 8 trials were trained before, in sweep {first.sweep_id}; `backsweep: {{reuse: true}}` takes them over."
    )
    assert view.notes[-1] == said


def test_where_nothing_was_trained_before_nothing_is_said(database, settings):
    assert not any("trained before" in note for note in found(database, submit(database, document()).sweep_id).notes)


def test_verifying_trials_taken_over_trains_them_once_more(database, settings):
    trained(database, settings)
    second = submit(database, document())
    verdicts = list(verify(database, second.sweep_id, machine()["kernel"]))
    assert len(verdicts) == 8
    assert all(verdict.same for verdict in verdicts)


def test_the_sweeps_own_targets_are_read_from_the_curves(database, settings):
    trained(database, settings)
    second = submit(database, document(targets=(0.95, 0.7)))
    whole = trained(database, settings, targets=(0.95, 0.7), reuse=False)
    reached = content(database, trial_targets, second.sweep_id)
    assert reached == content(database, trial_targets, whole.sweep_id)
    assert {row[1] for row in reached} == {0.95, 0.7}


def test_a_sweep_of_trials_taken_over_is_extended_like_any_other(database, settings):
    trained(database, settings)
    second, whole = submit(database, document()), trained(database, settings, epochs=9, reuse=False)
    train_these(database, settings, extend(database, second.sweep_id, epochs=9))
    assert curves(database, second.sweep_id) == curves(database, whole.sweep_id)


def test_an_extended_sweep_gives_what_it_has_now_and_not_what_it_had(database, settings):
    first = trained(database, settings)
    train_these(database, settings, extend(database, first.sweep_id, epochs=9))
    assert found(database, submit(database, document()).sweep_id).reused_count == 0
    assert found(database, submit(database, document(epochs=9)).sweep_id).reused_count == 8


def test_what_diverged_is_taken_over_with_its_divergence(database, settings):
    wild = {"activation": "identity", "output_activation": "identity", "learning_rate": 1e5}
    first = trained(database, settings, **wild)
    second = submit(database, document(**wild))
    assert second.job_ids == ()
    diverged = [row["diverged_epoch"] for row in rows(database, trials, sweep_id=second.sweep_id)]
    assert None not in diverged
    assert curves(database, second.sweep_id) == curves(database, first.sweep_id)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "pruned"},
        {"state": "failed"},
        {"state": "cancelled"},
        {"state": "running"},
        {"epochs_recorded": 5},
        {"digest": None},
        {"machine": None},
        {"blas_kernel": "Another"},
    ],
)
def test_what_is_not_whole_or_was_computed_otherwise_is_trained_again(sqlite_database, settings_of, change):
    trained(sqlite_database, settings_of(sqlite_database))
    with sqlite_database.write() as connection:
        connection.execute(update(trials).where(trials.c.number == 3).values(change))
    created = submit(sqlite_database, document())
    taken = {row["number"]: row["reused_from"] for row in rows(sqlite_database, trials, sweep_id=created.sweep_id)}
    assert [number for number, donor in taken.items() if donor is None] == [3]


@pytest.mark.parametrize("name", ["numerics", "numpy", "blas", "kernel", "threads"])
def test_workers_that_compute_otherwise_now_end_the_offers(sqlite_database, settings_of, name):
    trained(sqlite_database, settings_of(sqlite_database))
    newest = rows(sqlite_database, trials)[-1]
    with sqlite_database.write() as connection:
        other = {**newest["machine"], name: "other"}
        connection.execute(
            update(trials)
            .where(trials.c.id == newest["id"])
            .values(machine=other, blas_kernel=other["kernel"], digest=None)
        )
    assert found(sqlite_database, submit(sqlite_database, document()).sweep_id).reused_count == 0


@pytest.mark.parametrize("end", ["newest", "donors"])
def test_nothing_is_taken_over_from_a_machine_whose_results_do_not_repeat(sqlite_database, settings_of, end):
    trained(sqlite_database, settings_of(sqlite_database))
    all_rows = rows(sqlite_database, trials)
    with sqlite_database.write() as connection:
        for row in all_rows[-1:] if end == "newest" else all_rows[:-1]:
            machine_there = {**row["machine"], "same_bits": "no"}
            connection.execute(update(trials).where(trials.c.id == row["id"]).values(machine=machine_there))
    reused = found(sqlite_database, submit(sqlite_database, document()).sweep_id).reused_count
    assert reused == (0 if end == "newest" else 1)


@pytest.mark.parametrize("before", ["fused", "one by one", None])
def test_trained_in_arrays_or_one_by_one_is_the_same_to_who_takes_over(sqlite_database, settings_of, before):
    trained(sqlite_database, settings_of(sqlite_database))
    with sqlite_database.write() as connection:
        for row in rows(sqlite_database, trials)[:-1]:
            machine_there = {**row["machine"], "same_bits": before}
            connection.execute(update(trials).where(trials.c.id == row["id"]).values(machine=machine_there))
    assert found(sqlite_database, submit(sqlite_database, document()).sweep_id).reused_count == 8


@pytest.mark.parametrize(
    "change",
    [{name: "other"} for name in ("numerics", "numpy", "blas", "kernel", "threads")] + [{"same_bits": "no"}],
    ids=lambda change: next(iter(change)),
)
def test_a_trial_that_goes_on_where_it_is_computed_otherwise_has_no_digest_any_more(
    sqlite_database, settings_of, change
):
    settings = replace(settings_of(sqlite_database), flush_seconds=0.0, checkpoint_seconds=0.0)
    created = submit(sqlite_database, document())
    asked = iter(range(100))
    train_job(sqlite_database, settings, created.job_ids[0], "test", lambda: next(asked) >= 3)
    mine = [row["id"] for row in rows(sqlite_database, trials, job_id=created.job_ids[0])]
    assert all(rows(sqlite_database, trials, id=key)[0]["digest"] for key in mine)
    with sqlite_database.write() as connection:
        elsewhere = {**rows(sqlite_database, trials, id=mine[0])[0]["machine"], **change}
        values = {"machine": elsewhere, "blas_kernel": elsewhere["kernel"]}
        connection.execute(update(trials).where(trials.c.id.in_(mine)).values(values))
    train_these(sqlite_database, settings, created.job_ids)
    for row in rows(sqlite_database, trials):
        assert (row["digest"] is None) == (row["id"] in mine)


def test_a_donor_that_is_extended_between_the_question_and_the_copy_is_not_copied(sqlite_database, settings_of):
    """The question was asked before; holding the donors asks again."""
    from results.writes.taking_over import hold

    first = trained(sqlite_database, settings_of(sqlite_database))
    asked = plan(parse(document(), BUILT_IN, 10_000), BUILT_IN, 2)
    digests = trial_digests(asked, BUILT_IN)
    with sqlite_database.read() as connection:
        before = trained_before(connection, digests)
    assert len(before.donors) == 8
    extend(sqlite_database, first.sweep_id, epochs=9)
    with sqlite_database.write() as connection:
        assert hold(connection, before, digests).donors == {}


def test_the_oldest_donor_gives_and_a_copy_gives_too(sqlite_database, settings_of):
    settings = settings_of(sqlite_database)
    first = trained(sqlite_database, settings)
    second = submit(sqlite_database, document())
    third = submit(sqlite_database, document())
    originals = [row["id"] for row in rows(sqlite_database, trials, sweep_id=first.sweep_id)]
    for created in (second, third):
        assert [row["reused_from"] for row in rows(sqlite_database, trials, sweep_id=created.sweep_id)] == originals
    train_these(sqlite_database, settings, extend(sqlite_database, first.sweep_id, epochs=9))
    fourth = submit(sqlite_database, document())
    copies = [row["id"] for row in rows(sqlite_database, trials, sweep_id=second.sweep_id)]
    assert [row["reused_from"] for row in rows(sqlite_database, trials, sweep_id=fourth.sweep_id)] == copies


def test_a_stopped_and_a_failed_sweep_give_what_they_finished(sqlite_database, settings_of):
    created = submit(sqlite_database, document())
    train_these(sqlite_database, settings_of(sqlite_database), created.job_ids[:1])
    with sqlite_database.write() as connection:
        held = job_writes.claim(connection, created.job_ids[1], "test", 60)
        job_writes.release(connection, held, "out of luck", retry=False)
    done = found(sqlite_database, created.sweep_id).trials["finished"]
    assert 0 < done < 8
    assert found(sqlite_database, submit(sqlite_database, document()).sweep_id).reused_count == done


def test_every_trial_and_its_configuration_are_in_the_new_sweep_whether_taken_over_or_not(sqlite_database, settings_of):
    trained(sqlite_database, settings_of(sqlite_database))
    created = submit(sqlite_database, document(replicates=3))
    mine = rows(sqlite_database, trials, sweep_id=created.sweep_id)
    assert [row["number"] for row in mine] == list(range(12))
    own = {row["id"] for row in rows(sqlite_database, configurations, sweep_id=created.sweep_id)}
    assert {row["configuration_id"] for row in mine} == own
    [sweep] = rows(sqlite_database, sweeps, id=created.sweep_id)
    assert sweep["job_count"] == len(rows(sqlite_database, jobs, sweep_id=created.sweep_id))
    assert sweep["trial_count"] == 12
