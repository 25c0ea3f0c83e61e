"""Pause, resume, stop, cancel and retry over HTTP: in every state what the table says, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from results.database import Database
from results.values import Claim
from results.writes import jobs
from sweeps.moves import ANSWERS, BEING_CANCELLED, NOTHING_FAILED, Answer, Verb
from sweeps.states import State
from tests.api.conftest import SWEEP
from tests.results.samples import claim, flush_of
from tests.services.brokers import Broker

STATES = sorted(set(State) - {State.PRUNED})


class Stage:
    """A service over HTTP, with the worker's side done by hand."""

    def __init__(self, http: FlaskClient, database: Database, train: Callable[[int], None]) -> None:
        self.http, self.database, self.train = http, database, train

    def submit(self, trials_per_job: int = 4) -> dict[str, Any]:
        asked = {**SWEEP, "backsweep": {**SWEEP["backsweep"], "trials_per_job": trials_per_job}}
        found: dict[str, Any] = self.http.post("/api/v1/sweeps", json=asked).get_json()
        return found

    def show(self, sweep: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(sweep["links"]["self"]).get_json()
        return found

    def ask(self, sweep: dict[str, Any], verb: str) -> Any:
        return self.http.post(f"{sweep['links']['self']}/{verb}")

    def jobs_of(self, sweep: dict[str, Any]) -> list[int]:
        with self.database.read() as connection:
            query = "SELECT id FROM jobs WHERE sweep_id = {} AND state = 'queued' ORDER BY id".format(int(sweep["id"]))
            return [row.id for row in connection.exec_driver_sql(query)]

    def claim(self, sweep: dict[str, Any]) -> Claim:
        return claim(self.database, self.jobs_of(sweep)[0])

    def fail(self, sweep: dict[str, Any]) -> None:
        """Its first job fails for good."""
        held = self.claim(sweep)
        with self.database.write() as connection:
            jobs.append(connection, held, flush_of(held, [0, 1]), 60)
            jobs.release(connection, held, "out of luck", retry=False)

    def sweep_in(self, state: State) -> dict[str, Any]:
        """A sweep that came into this state as sweeps do."""
        sweep = self.submit()
        if state is State.RUNNING:
            self.claim(sweep)
        elif state in (State.PAUSED, State.CANCELLED):
            self.ask(sweep, "pause" if state is State.PAUSED else "cancel")
        elif state is State.FAILED:
            self.fail(sweep)
        if state in (State.FINISHED, State.FAILED):
            self.train(sweep["id"])
        found = self.show(sweep)
        assert found["state"] == state
        return found


@pytest.fixture
def stage(http: FlaskClient, database: Database, train: Callable[[int], None]) -> Stage:
    return Stage(http, database, train)


@pytest.mark.parametrize("state", STATES)
def test_in_every_state_each_verb_does_what_the_table_says(stage: Stage, state: State) -> None:
    for verb in Verb:
        sweep = stage.sweep_in(state)
        answer = ANSWERS[verb][state]
        if verb is Verb.RETRY and state in (State.QUEUED, State.RUNNING, State.PAUSED):
            answer = NOTHING_FAILED
        response = stage.ask(sweep, verb)
        body = response.get_json(force=True)
        if isinstance(answer, Answer):
            assert response.status_code == 202, (verb, body)
            assert body == stage.show(sweep)
        else:
            assert response.status_code == 409, verb
            assert response.content_type == "application/problem+json"
            assert body["type"] == "urn:backsweep:problem:illegal-move"
            assert body["detail"] == f"sweep {sweep['id']} is {state.value}: {answer}"
            assert stage.show(sweep) == sweep
        if answer is Answer.NOTHING:
            assert body == sweep


def test_a_paused_sweep_begins_nothing_until_it_is_resumed_and_then_ends(stage: Stage) -> None:
    sweep = stage.submit()
    paused = stage.ask(sweep, "pause").get_json()
    assert (paused["state"], paused["wanted"]) == ("paused", "pause")
    stage.train(sweep["id"])
    assert stage.show(sweep)["trials"] == {"queued": 12}
    resumed = stage.ask(sweep, "resume").get_json()
    assert (resumed["state"], resumed["wanted"]) == ("queued", "run")
    stage.train(sweep["id"])
    assert stage.show(sweep)["trials"] == {"finished": 12}


def test_a_stopped_sweep_finishes_what_runs_and_begins_no_more(stage: Stage) -> None:
    sweep = stage.submit()
    held = stage.claim(sweep)
    stopped = stage.ask(sweep, "stop").get_json()
    assert stopped["stopped_because"] == "stopped by its user"
    assert (stopped["state"], stopped["trials"]["running"]) == ("running", len(held.trials))
    with stage.database.write() as connection:
        jobs.append(connection, held, flush_of(held, range(5), State.FINISHED), 60)
        jobs.finish(connection, held, State.FINISHED)
    ended = stage.show(sweep)
    assert (ended["state"], set(ended["trials"])) == ("finished", {"finished", "cancelled"})


def test_a_cancelled_sweep_is_being_cancelled_while_something_runs(stage: Stage) -> None:
    sweep = stage.submit()
    held = stage.claim(sweep)
    assert stage.ask(sweep, "cancel").get_json()["wanted"] == "cancel"
    for verb in ("pause", "resume", "stop", "retry"):
        refused = stage.ask(sweep, verb)
        assert (refused.status_code, refused.get_json(force=True)["detail"]) == (
            409,
            f"sweep {sweep['id']} is running: {BEING_CANCELLED}",
        )
    with stage.database.write() as connection:
        jobs.finish(connection, held, State.CANCELLED)
    assert stage.show(sweep)["state"] == "cancelled"


def test_a_retry_trains_what_failed_and_nothing_else(stage: Stage) -> None:
    sweep = stage.sweep_in(State.FAILED)
    failed = sweep["trials"]["failed"]
    retried = stage.ask(sweep, "retry").get_json()
    assert (retried["state"], retried["trials"]) == ("running", {"finished": 12 - failed, "queued": failed})
    stage.train(sweep["id"])
    assert stage.show(sweep)["trials"] == {"finished": 12}
    assert all(trial["error"] is None for trial in stage.http.get(sweep["links"]["trials"]).get_json()["trials"])


def test_resuming_and_retrying_wake_the_workers(
    http_with_broker: FlaskClient, broker: Broker, database: Database, train: Callable[[int], None]
) -> None:
    stage = Stage(http_with_broker, database, train)
    sweep = stage.submit()
    assert len(broker.messages()) == sweep["job_count"]
    stage.ask(sweep, "pause")
    stage.ask(sweep, "resume")
    assert len(broker.messages()) == 2 * sweep["job_count"]
    stage.fail(sweep)
    stage.ask(sweep, "retry")
    assert len(broker.messages()) == 2 * sweep["job_count"] + 1


@pytest.mark.parametrize("verb", list(Verb))
def test_a_sweep_that_is_not_there_is_a_404(http: FlaskClient, verb: Verb) -> None:
    assert http.post(f"/api/v1/sweeps/9/{verb}").status_code == 404


@pytest.mark.parametrize("verb", list(Verb))
def test_a_verb_is_posted_and_takes_no_query(http: FlaskClient, verb: Verb) -> None:
    assert http.get(f"/api/v1/sweeps/1/{verb}").status_code == 405
    assert http.post(f"/api/v1/sweeps/1/{verb}?now=1").status_code == 422


@pytest.mark.parametrize("verb", ["cancel", "stop"])
def test_an_extension_that_its_user_ends_leaves_every_answer_as_it_was(stage: Stage, verb: str) -> None:
    """Comparison, trials, ranks and bands, while it waits and when it was given up; and it can be had again."""
    sweep = stage.submit()
    stage.train(sweep["id"])
    own = sweep["links"]["self"]

    def asked(path: str) -> Any:
        response = stage.http.get(f"{own}/{path}")
        assert response.status_code == 200, response.get_data(as_text=True)
        return response

    def answers() -> list[Any]:
        found = [asked(path).get_json() for path in ("comparison", "trials?sort=best_train_cost")]
        found[0] = {name: value for name, value in found[0].items() if name not in ("sweep_state", "notes")}
        results = ("completed_epochs", "outcome", "best_validation_cost", "best_epoch", "targets", "seconds")
        found[1] = [{name: trial[name] for name in ("id", *results)} for trial in found[1]["trials"]]
        found.append(asked("curves?bands=mean").get_json())
        found.append(asked("export?rows=epochs&format=jsonl").get_data(as_text=True))
        return found

    before = answers()
    assert before[0]["sweep"]["ended"] == 12
    assert stage.http.post(f"{own}/extend", json={"epochs": 7}).status_code == 202
    assert answers() == before
    assert stage.ask(sweep, verb).status_code < 300
    assert stage.show(sweep)["state"] == {"cancel": "cancelled", "stop": "finished"}[verb]
    assert stage.show(sweep)["trials"] == {"finished": 12}
    assert answers() == before
    assert stage.http.post(f"{own}/extend", json={"epochs": 7}).status_code == 202
    stage.train(sweep["id"])
    trials = stage.http.get(f"{own}/trials").get_json()["trials"]
    assert {trial["completed_epochs"] for trial in trials if trial["outcome"] != "diverged"} == {7}
