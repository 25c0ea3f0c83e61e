"""An adaptive sweep travels: proposed, trained, proposed again, and ended; once, whatever comes twice or dies."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from engine.data.catalog import BUILT_IN
from results.errors import DatabaseUnusable, IllegalMove
from results.reads.searching import awaiting, search_of
from results.tables.sweeps import configurations, sweeps
from results.tables.trials import jobs, trials
from results.writes import jobs as job_writes
from results.writes import moves, proposing
from sweeps.search.generation import next_generation
from tests.worker.searching import SPACE, next_jobs, run_search, seen, submit_search, train
from tests.worker.small_sweeps import submit
from tests.worker.stored import curves, rows
from tests.worker.test_extending import extend
from worker import propose as module
from worker.asking import ask_after


def points(database, sweep_id):
    return [row["hyperparameters"] for row in rows(database, configurations, sweep_id=sweep_id)]


def test_a_search_runs_to_its_cap_and_ends(database, settings):
    sweep_id = submit_search(database)
    assert seen(database, sweep_id).trial_count == 0
    generations = run_search(database, settings, sweep_id)
    found = seen(database, sweep_id)
    assert (found.state, found.configuration_count, found.trial_count) == ("finished", 7, 14)
    assert found.generation == generations == 4  # 2, 2, 2 and 1 with two workers
    stored = rows(database, configurations, sweep_id=sweep_id)
    assert [row["number"] for row in stored] == list(range(7))
    assert [row["generation"] for row in stored] == [1, 1, 2, 2, 3, 3, 4]
    assert [row["number"] for row in rows(database, trials, sweep_id=sweep_id)] == list(range(14))
    assert found.job_count == len(rows(database, jobs, sweep_id=sweep_id))


@pytest.mark.parametrize("search", ["tpe", "cmaes", "sobol", "halton", "nsga2"])
def test_the_same_sweep_on_the_same_results_asks_the_same(database, settings, search):
    two = {"second_metric": {"name": "train_cost"}} if search == "nsga2" else {}
    first, second = (submit_search(database, search=search, **two) for _ in range(2))
    for sweep_id in (first, second):
        run_search(database, settings, sweep_id)
    assert points(database, first) == points(database, second)
    assert curves(database, first) == curves(database, second)
    assert len({str(one) for one in points(database, first)}) == 7


def test_two_that_propose_at_once_store_one_generation(database, settings):
    sweep_id = submit_search(database)
    spec, search, so_far = module._due(database, settings, sweep_id)
    generation = next_generation(spec, so_far, BUILT_IN)
    stored = []
    for _ in range(2):
        with database.write() as connection:
            stored.append(proposing.store(connection, search, generation, BUILT_IN, 3))
    assert stored[0] is not None
    assert stored[1] is None
    assert len(points(database, sweep_id)) == 2
    train(database, settings, stored[0])
    with database.write() as connection:  # the first generation has ended, and its proposal comes a third time
        assert proposing.store(connection, search, generation, BUILT_IN, 3) is None


def test_nothing_is_proposed_while_a_job_is_open(database, settings):
    sweep_id = submit_search(database)
    job_ids = next_jobs(database, settings, sweep_id)
    assert next_jobs(database, settings, sweep_id) is None
    with database.read() as connection:
        assert awaiting(connection) == []
    train(database, settings, job_ids)
    with database.read() as connection:
        assert awaiting(connection) == [sweep_id]


def test_the_job_that_ends_last_asks_for_the_next_generation(database, settings):
    asked = []

    class Asking:
        def ask_for_proposals(self, sweep_ids):
            asked.extend(sweep_ids)

        def ask_for_tracking(self):
            raise AssertionError("the search goes on")

    sweep_id = submit_search(database, trials_per_job=2)
    first, last = next_jobs(database, settings, sweep_id)
    train(database, settings, [first])
    ask_after(database, Asking(), first)
    assert asked == []
    train(database, settings, [last])
    ask_after(database, Asking(), last)
    assert asked == [sweep_id]


def test_only_the_last_job_of_a_sweep_has_mlflow_told_of_its_end(database, settings):
    asked = []

    class Asking:
        def ask_for_tracking(self):
            asked.append("track")

    submit_search(database)
    grid = submit(database, trials_per_job=1)
    *earlier, last = grid.job_ids
    train(database, settings, earlier)
    ask_after(database, Asking(), earlier[-1])
    assert asked == []
    train(database, settings, [last])
    ask_after(database, Asking(), last)
    assert asked == ["track"]


def test_a_stopped_search_ends_with_what_it_has(database, settings):
    sweep_id = submit_search(database)
    train(database, settings, next_jobs(database, settings, sweep_id))
    assert seen(database, sweep_id).state == "running"
    with database.write() as connection:
        moves.stop(connection, sweep_id)
    assert seen(database, sweep_id).state == "finished"
    assert next_jobs(database, settings, sweep_id) is None


def ended_with_a_failure(database, settings, verb):
    """A search that its user stopped or cancelled while one job of its first generation had failed."""
    sweep_id = submit_search(database, run_cap=20, trials_per_job=4)
    job_ids = next_jobs(database, settings, sweep_id)
    with database.write() as connection:
        held = job_writes.claim(connection, job_ids[0], "test", 60)
        job_writes.release(connection, held, "out of luck", retry=False)
    train(database, settings, job_ids[1:])
    with database.write() as connection:
        getattr(moves, verb)(connection, sweep_id)
    return sweep_id


@pytest.mark.parametrize("wish", [None, {"epochs": 6}, {"replicates": 3}, {"epochs": 6, "replicates": 3}])
@pytest.mark.parametrize("verb", ["stop", "cancel"])
def test_a_search_that_its_user_ended_is_not_set_going_by_what_is_not_about_it(database, settings, verb, wish):
    if (verb, wish) == ("cancel", None):
        return  # refused
    sweep_id = ended_with_a_failure(database, settings, verb)
    before = seen(database, sweep_id)
    if wish is None:
        with database.write() as connection:
            again = moves.retry(connection, sweep_id, 3)
    else:
        again = extend(database, sweep_id, **wish)
    train(database, settings, again)
    assert next_jobs(database, settings, sweep_id) is None
    after = seen(database, sweep_id)
    assert after.configuration_count == before.configuration_count
    assert after.state == ("finished" if wish is None else "failed")
    assert after.stopped_because == {"stop": "stopped by its user", "cancel": "cancelled by its user"}[verb]
    with pytest.raises(IllegalMove, match="has all of that already"):
        extend(database, sweep_id, epochs=after.epochs_planned // after.trial_count)


@pytest.mark.parametrize("verb", ["stop", "cancel"])
@pytest.mark.parametrize("wish", [{"run_cap": 21}, {"run_cap": 20}, {"dropped": True}])
def test_asking_a_search_for_more_sets_it_going(database, settings, verb, wish):
    sweep_id = ended_with_a_failure(database, settings, verb)
    before = seen(database, sweep_id)
    train(database, settings, extend(database, sweep_id, **wish))
    run_search(database, settings, sweep_id)
    after = seen(database, sweep_id)
    assert after.configuration_count == wish.get("run_cap", 20) > before.configuration_count
    assert after.stopped_because is None


def test_a_cancelled_search_is_cancelled_even_between_generations(database, settings):
    sweep_id = submit_search(database)
    train(database, settings, next_jobs(database, settings, sweep_id))
    with database.write() as connection:
        moves.cancel(connection, sweep_id)
    assert seen(database, sweep_id).state == "cancelled"
    assert next_jobs(database, settings, sweep_id) is None


def test_a_paused_search_proposes_nothing_until_it_is_resumed(database, settings):
    sweep_id, whole = submit_search(database), submit_search(database)
    train(database, settings, next_jobs(database, settings, sweep_id))
    with database.write() as connection:
        moves.pause(connection, sweep_id)
    assert seen(database, sweep_id).state == "paused"
    assert next_jobs(database, settings, sweep_id) is None
    with database.write() as connection:
        moves.resume(connection, sweep_id)
    for one in (sweep_id, whole):
        run_search(database, settings, one)
    assert seen(database, sweep_id).state == "finished"
    assert curves(database, sweep_id) == curves(database, whole)


def test_a_space_that_is_used_up_ends_the_search_and_says_so(database, settings):
    few = SPACE | {"learning_rate": {"values": [0.1, 1.0]}}
    sweep_id = submit_search(database, run_cap=30, parameters=few)
    run_search(database, settings, sweep_id)
    found = seen(database, sweep_id)
    assert (found.state, found.configuration_count) == ("finished", 4)
    assert "no more configurations" in found.stopped_because


def test_a_search_that_breaks_down_goes_on_at_random_and_says_so(database, settings):
    sweep_id = submit_search(database, run_cap=4)
    train(database, settings, next_jobs(database, settings, sweep_id))
    with database.write() as connection:  # a point that the sampler cannot read
        connection.execute(update(configurations).values(search_state={"params": {"x": 1}, "distributions": {}}))
    run_search(database, settings, sweep_id)
    found = seen(database, sweep_id)
    assert (found.state, found.configuration_count) == ("finished", 4)
    assert any("tpe could not propose generation 2" in note and "at random" in note for note in found.notes)


def test_a_failed_configuration_tells_the_search_nothing(database, settings):
    sweep_id = submit_search(database)
    job_ids = next_jobs(database, settings, sweep_id)
    train(database, settings, job_ids)
    with database.write() as connection:
        connection.execute(update(trials).where(trials.c.number < 2).values(state="failed"))
    _, _, so_far = module._due(database, settings, sweep_id)
    assert [one.results is None for one in so_far.past] == [True, False]


def test_every_generation_has_its_own_number_in_the_search(database, settings):
    sweep_id = submit_search(database)
    train(database, settings, next_jobs(database, settings, sweep_id))
    with database.read() as connection:
        found = search_of(connection, sweep_id)
    assert found.generation == 1
    assert [row["generation"] for row in rows(database, sweeps, id=sweep_id)] == [1]


def test_a_search_that_cannot_propose_ends_with_its_reason_and_can_be_retried(database, settings):
    """As where fewer trials are allowed than when it was submitted."""
    steady, broken = submit_search(database), submit_search(database)
    run_search(database, settings, steady)
    train(database, settings, next_jobs(database, settings, broken))
    assert next_jobs(database, replace(settings, max_trials=1), broken) == ()
    found = seen(database, broken)
    assert found.state == "failed"
    assert found.finished_at is not None
    assert found.error.startswith("the search could not propose its next generation: ")
    assert "retry the sweep" in found.error
    assert next_jobs(database, settings, broken) is None
    with database.write() as connection:
        assert broken not in awaiting(connection)
        assert moves.retry(connection, broken, 3) == ()
        assert broken in awaiting(connection)
    run_search(database, settings, broken)
    found = seen(database, broken)
    assert (found.state, found.error, found.configuration_count) == ("finished", None, 7)
    assert points(database, broken) == points(database, steady)
    assert curves(database, broken) == curves(database, steady)


def test_a_database_that_is_away_is_no_fault_of_the_search(database, settings, monkeypatch):
    sweep_id = submit_search(database)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_due", lambda *_: (_ for _ in ()).throw(DatabaseUnusable("away")))
        with pytest.raises(DatabaseUnusable):
            next_jobs(database, settings, sweep_id)
    assert seen(database, sweep_id).state == "queued"
    assert run_search(database, settings, sweep_id) == 4
