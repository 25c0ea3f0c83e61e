"""Idempotency keys: what was asked is done once, its answer given again, also after a crash and with many at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from api.application import create_app
from api.services import EXTENSION
from results.clock import now
from results.database import Database
from results.tables.idempotency import idempotency_keys
from results.writes.idempotency import KeyedRequest, answer_before, prune
from settings import Settings

SWEEP: dict[str, Any] = {
    "name": "one",
    "method": "grid",
    "parameters": {"dataset": {"value": "xor"}, "learning_rate": {"values": [0.1, 0.5]}, "epochs": {"value": 2}},
}
KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
SWEEPS = "/api/v1/sweeps"


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_the_same_key_and_body_are_answered_as_the_first_time_and_done_once(
    http: FlaskClient, database: Database
) -> None:
    first = http.post(SWEEPS, json=SWEEP, headers=KEY)
    http.post(f"{first.headers['Location']}/cancel")  # what it has become since does not show
    again = http.post(SWEEPS, json=SWEEP, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["Location"] == first.headers["Location"]
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert count(database, "sweeps") == 1


def test_the_same_key_with_another_body_is_refused(http: FlaskClient, database: Database) -> None:
    http.post(SWEEPS, json=SWEEP, headers=KEY)
    response = http.post(SWEEPS, json=SWEEP | {"name": "two"}, headers=KEY)
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert response.get_json()["type"] == "urn:backsweep:problem:idempotency-key-reused"
    assert count(database, "sweeps") == 1


def test_another_key_and_no_key_are_other_requests(http: FlaskClient, database: Database) -> None:
    for headers in (KEY, {"Idempotency-Key": "other"}, {}, {}):
        assert http.post(SWEEPS, json=SWEEP, headers=headers).status_code == 201
    assert count(database, "sweeps") == 4


def test_a_quoted_key_and_a_bare_one_are_the_same(http: FlaskClient) -> None:
    ids = [http.post(SWEEPS, json=SWEEP, headers={"Idempotency-Key": key}).get_json()["id"] for key in ('"a-1"', "a-1")]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("key", ["", '""', '"open', "two words", "a,b", "é", "k" * 256, '"\\n"'])
def test_a_key_that_cannot_be_read_is_refused_and_nothing_done(shared_http: FlaskClient, key: str) -> None:
    response = shared_http.post(SWEEPS, json=SWEEP, headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert response.get_json()["type"] == "urn:backsweep:problem:invalid-idempotency-key"
    assert shared_http.get(SWEEPS).get_json()["sweeps"] == []


def test_a_key_belongs_to_its_route(http: FlaskClient) -> None:
    sweep = http.post(SWEEPS, json=SWEEP, headers=KEY).get_json()
    paused = http.post(f"{SWEEPS}/{sweep['id']}/pause", headers=KEY)
    assert (paused.status_code, paused.get_json()["state"]) == (202, "paused")
    preview = http.post(f"{SWEEPS}/preview", json=SWEEP, headers=KEY)
    assert (preview.status_code, preview.get_json()["trial_count"]) == (200, 6)


@pytest.mark.parametrize("verb", ["pause", "resume", "stop", "cancel"])
def test_verbs_are_answered_as_the_first_time(http: FlaskClient, verb: str) -> None:
    sweep = http.post(SWEEPS, json=SWEEP).get_json()
    if verb == "resume":
        http.post(f"{SWEEPS}/{sweep['id']}/pause")
    first = http.post(f"{SWEEPS}/{sweep['id']}/{verb}", headers=KEY)
    if verb != "cancel":
        http.post(f"{SWEEPS}/{sweep['id']}/cancel")  # from now on every verb but cancelling is refused
    again = http.post(f"{SWEEPS}/{sweep['id']}/{verb}", headers=KEY)
    assert (first.status_code, again.status_code, again.data) == (202, 202, first.data)


def test_an_extension_is_made_once(http: FlaskClient, train: Any, database: Database) -> None:
    sweep = http.post(SWEEPS, json=SWEEP).get_json()
    train(sweep["id"])
    answers = [http.post(f"{SWEEPS}/{sweep['id']}/extend", json={"replicates": 5}, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].data == answers[1].data
    other = http.post(f"{SWEEPS}/{sweep['id']}/extend", json={"replicates": 6}, headers=KEY)
    assert other.get_json()["type"] == "urn:backsweep:problem:idempotency-key-reused"


def test_a_preview_takes_a_key_too(http: FlaskClient) -> None:
    answers = [http.post(f"{SWEEPS}/preview", json=SWEEP, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert http.post(f"{SWEEPS}/preview", json=SWEEP | {"name": "two"}, headers=KEY).status_code == 422


def test_a_refused_request_may_be_mended_and_sent_under_its_key(http: FlaskClient) -> None:
    assert http.post(SWEEPS, json=SWEEP | {"method": "magic"}, headers=KEY).status_code == 422
    assert http.post(SWEEPS, json=SWEEP, headers=KEY).status_code == 201
    assert http.post(f"{SWEEPS}/2000000000/pause", headers=KEY).status_code == 404


def test_of_many_threads_with_one_key_one_submits_and_the_others_get_its_answer(
    app: APIFlask, database: Database
) -> None:
    threads = 8
    gate = threading.Barrier(threads)

    def submit() -> tuple[int, bytes]:
        client = app.test_client()
        gate.wait(100)
        while True:
            response = client.post(SWEEPS, json=SWEEP, headers=KEY)
            if response.status_code != 409:
                return response.status_code, response.data
            assert response.get_json()["type"] == "urn:backsweep:problem:idempotency-key-in-use"
            assert response.headers["Retry-After"] == "1"

    with ThreadPoolExecutor(threads) as pool:
        found = {future.result(300) for future in [pool.submit(submit) for _ in range(threads)]}
    assert [status for status, _ in found] == [201]
    assert count(database, "sweeps") == 1


def test_while_the_first_is_being_done_the_second_is_told_so(postgresql_server: Any) -> None:
    """On PostgreSQL; on SQLite writers take turns, and the second waits for the first one's answer."""
    url = postgresql_server.migrated_database()
    app = create_app(Settings(database_url=url, broker_url="redis://127.0.0.1:1/0"))
    database, http = app.extensions[EXTENSION].database, app.test_client()
    request = KeyedRequest(f"POST {SWEEPS}", "8e03978e-40d5-43e8-bc93-6894a57f9324", "0" * 64)
    with database.write() as connection:
        assert answer_before(connection, request, 60) is None
        response = http.post(SWEEPS, json=SWEEP, headers=KEY)
        assert response.status_code == 409
        assert response.get_json()["type"] == "urn:backsweep:problem:idempotency-key-in-use"
    assert http.post(SWEEPS, json=SWEEP, headers=KEY).status_code == 201
    app.extensions[EXTENSION].close()
    postgresql_server.drop(url)


_DIES = """
import json, os, signal, sys
import api.submitting as submitting
from api.application import create_app
from settings import Settings

url, moment, key, sweep = sys.argv[1:]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if moment == "after the commit":
    submitting.wake = die
else:
    submitting.store, created = (lambda *given: die(created(*given))), submitting.store
http = create_app(Settings(database_url=url, broker_url="redis://127.0.0.1:1/0")).test_client()
http.post("/api/v1/sweeps", json=json.loads(sweep), headers={"Idempotency-Key": key})
"""


@pytest.mark.parametrize(("moment", "replayed"), [("after the commit", "true"), ("before the commit", None)])
def test_a_service_that_is_killed_on_the_way_leaves_one_sweep_after_the_repetition(
    http: FlaskClient, database: Database, moment: str, replayed: str | None
) -> None:
    key = KEY["Idempotency-Key"]
    command = [sys.executable, "-c", _DIES, database.url, moment, key, json.dumps(SWEEP)]
    died = subprocess.run(command, check=False, capture_output=True, timeout=300, env=os.environ | _path())
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert count(database, "sweeps") == (1 if replayed else 0)
    response = http.post(SWEEPS, json=SWEEP, headers=KEY)
    assert (response.status_code, response.headers.get("Idempotency-Replayed")) == (201, replayed)
    assert response.get_json()["trial_count"] == 6
    assert count(database, "sweeps") == 1


def test_answers_are_forgotten_after_their_time(http: FlaskClient, database: Database) -> None:
    first = http.post(SWEEPS, json=SWEEP, headers=KEY).get_json()
    with database.write() as connection:
        assert prune(connection, 60) == 0
        long_ago = now(connection).replace(year=2020)
        connection.execute(update(idempotency_keys).values(created_at=long_ago))
    second = http.post(SWEEPS, json=SWEEP, headers=KEY).get_json()  # also before they are pruned
    assert second["id"] != first["id"]
    with database.write() as connection:
        assert prune(connection, 60) == 0
        connection.execute(update(idempotency_keys).values(created_at=long_ago))
        assert prune(connection, 60) == 1
    assert count(database, "idempotency_keys") == 0


def _path() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
