"""A clone is the stored document, submitted again: another sweep, the old one untouched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import SWEEP

OWN = ("id", "uid", "created_at", "links")


def submitted(http: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = http.post("/api/v1/sweeps", json=SWEEP).get_json()
    return found


def test_without_a_body_it_is_the_same_sweep_once_more(http: FlaskClient) -> None:
    first = submitted(http)
    response = http.post(f"{first['links']['self']}/clone")
    assert response.status_code == 201
    clone = response.get_json()
    assert clone["id"] == first["id"] + 1
    assert response.headers["Location"] == clone["links"]["self"]
    assert {k: v for k, v in clone.items() if k not in OWN} == {k: v for k, v in first.items() if k not in OWN}
    assert http.get(first["links"]["self"]).get_json() == first


def test_changes_stand_in_its_document_and_nothing_else_does(http: FlaskClient) -> None:
    first = submitted(http)
    changes = {"name": "again", "project": "others", "seed": 6, "replicates": 1}
    clone = http.post(f"{first['links']['self']}/clone", json=changes).get_json()
    ours = {**SWEEP["backsweep"], "seed": 6, "replicates": 1}
    assert clone["document"] == {**SWEEP, "name": "again", "project": "others", "backsweep": ours}
    assert (clone["name"], clone["project"], clone["seed"], clone["trial_count"]) == ("again", "others", 6, 6)


def test_a_document_without_our_section_gets_one(http: FlaskClient) -> None:
    bare = {key: value for key, value in SWEEP.items() if key != "backsweep"}
    first = http.post("/api/v1/sweeps", json=bare).get_json()
    clone = http.post(f"{first['links']['self']}/clone", json={"seed": 3}).get_json()
    assert clone["document"]["backsweep"] == {"seed": 3}


def test_a_clone_that_reuses_trains_only_what_a_cancelled_sweep_left(
    http: FlaskClient, train: Callable[[int], None]
) -> None:
    done = http.post("/api/v1/sweeps", json={**SWEEP, "run_cap": 2}).get_json()
    train(done["id"])
    whole = submitted(http)
    http.post(f"{whole['links']['self']}/cancel")
    clone = http.post(f"{whole['links']['self']}/clone", json={"reuse": True}).get_json()
    assert clone["trials"] == {"finished": 4, "queued": 8}
    train(clone["id"])
    assert http.get(clone["links"]["self"]).get_json()["trials"] == {"finished": 12}


def test_the_clone_of_an_extended_sweep_is_the_larger_one(http: FlaskClient, train: Callable[[int], None]) -> None:
    first = submitted(http)
    train(first["id"])
    http.post(f"{first['links']['self']}/extend", json={"epochs": 6, "replicates": 3})
    clone = http.post(f"{first['links']['self']}/clone").get_json()
    assert (clone["epochs_planned"], clone["replicates"]) == (6 * 18, 3)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"sed": 1}, "/sed"),
        ({"seed": "one"}, "/seed"),
        ({"parameters": {}}, "/parameters"),
        ({"seed": -1}, "/backsweep/seed"),
        ([], ""),
    ],
)
def test_faulty_changes_are_named_by_their_path_and_nothing_is_stored(
    http: FlaskClient, changes: Any, pointer: str
) -> None:
    first = submitted(http)
    refused = http.post(f"{first['links']['self']}/clone", json=changes)
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.get_json()["errors"]] == [pointer]
    assert len(http.get("/api/v1/sweeps").get_json()["sweeps"]) == 1


def test_a_sweep_that_is_not_there_cannot_be_cloned(http: FlaskClient) -> None:
    assert http.post("/api/v1/sweeps/9/clone").status_code == 404


def test_a_body_that_cannot_be_read_is_refused(http: FlaskClient) -> None:
    first = submitted(http)
    for body, media_type, status in ((b"{", "application/json", 400), (b"x", "application/xml", 415)):
        assert http.post(f"{first['links']['self']}/clone", data=body, content_type=media_type).status_code == status
