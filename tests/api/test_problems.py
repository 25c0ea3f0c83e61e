"""Every refusal is a problem (RFC 9457) that says what to do, and never shows the service's inside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SWEEP = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    found: dict[str, Any] = json.loads(response.text)
    assert found["status"] == status
    assert found["type"] == "about:blank" or found["type"].startswith("urn:backsweep:problem:")
    assert found["title"]
    assert found["detail"]
    assert found["instance"].startswith("/")
    assert "Traceback" not in response.text
    return found


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/api/v1",
        "/api/v2/sweeps",
        "/api/v1/sweeps/1",
        "/api/v1/sweeps/0",
        "/api/v1/sweeps/-1",
        "/api/v1/sweeps/x",
        "/api/v1/sweeps/99999999999999999999",
        "/api/v1/sweeps/9999999999",
        "/api/v1/sweeps/1/trials",
        "/api/v1/sweeps/1/curves",
        "/api/v1/sweeps/1/comparison",
        "/api/v1/trials/2147483647",
        "/docs/no-such-file.js",
        "/docs/../application.py",
    ],
)
def test_what_is_not_there_is_a_404_problem(shared_http: FlaskClient, address: str) -> None:
    problem(shared_http.get(address), 404)


def test_a_method_that_an_address_does_not_take_names_those_it_takes(shared_http: FlaskClient) -> None:
    response = shared_http.delete("/api/v1/sweeps")
    problem(response, 405)
    assert {"GET", "POST"} <= {name.strip() for name in response.headers["Allow"].split(",")}


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/xml"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_a_body_in_another_form_is_a_415_problem_that_names_the_right_one(
    shared_http: FlaskClient, headers: dict[str, str]
) -> None:
    response = shared_http.post("/api/v1/sweeps", data=json.dumps(SWEEP), headers=headers)
    problem(response, 415)
    assert response.headers["Accept-Post"] == "application/yaml, application/json"


def test_every_fault_of_a_document_is_named_by_its_pointer(shared_http: FlaskClient) -> None:
    document = {
        "method": "magic",
        "parameters": {
            "learning_rate": {"values": [0.1, -1, "fast"]},
            "activation": {"value": "sigmoidal"},
            "no_such_thing": {"value": 1},
            "dataset": {"value": "mnist"},
        },
        "backsweep": {"replicates": 0, "validation_fraction": 2},
    }
    found = problem(shared_http.post("/api/v1/sweeps", json=document), 422)
    pointers = {fault["pointer"] for fault in found["errors"]}
    assert {
        "/method",
        "/parameters/learning_rate/values/1",
        "/parameters/learning_rate/values/2",
        "/parameters/activation/value",
        "/parameters/no_such_thing",
        "/parameters/dataset/value",
        "/backsweep/replicates",
        "/backsweep/validation_fraction",
    } <= pointers
    assert all(fault["detail"] for fault in found["errors"])
    assert shared_http.get("/api/v1/sweeps").get_json()["sweeps"] == []


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("limit=0", {"limit"}),
        ("limit=501", {"limit"}),
        ("limit=x&state=nosuch&colour=red", {"limit", "state", "colour"}),
        ("cursor=x", {"cursor"}),
        ("limit=1&limit=2", {"limit"}),
        ("project=a%00b", {"project"}),
    ],
)
def test_every_fault_of_a_query_is_named_by_its_parameter(
    shared_http: FlaskClient, query: str, parameters: set[str]
) -> None:
    found = problem(shared_http.get(f"/api/v1/sweeps?{query}"), 422)
    assert {fault["parameter"] for fault in found["errors"]} == parameters


@pytest.mark.parametrize("address", ["/api/v1/datasets", "/healthz", "/readyz", "/openapi.json", "/"])
def test_an_address_without_parameters_takes_none(shared_http: FlaskClient, address: str) -> None:
    assert shared_http.get(address).status_code == 200
    problem(shared_http.get(address + "?verbose=1"), 422)


def test_a_fault_of_the_service_shows_a_number_and_nothing_else(app: APIFlask, caplog: Any) -> None:
    app.add_url_rule("/broken", view_func=lambda: 1 // 0)
    response = app.test_client().get("/broken")
    found = problem(response, 500)
    number = found["detail"].split()[-1].rstrip(".")
    assert "ZeroDivisionError" not in response.text
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("headers", [{"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}])
def test_pages_of_other_sites_cannot_submit_or_cancel(shared_http: FlaskClient, headers: dict[str, str]) -> None:
    problem(shared_http.post("/api/v1/sweeps", json=SWEEP, headers=headers), 403)
    problem(shared_http.post("/api/v1/sweeps/1/cancel", headers=headers), 403)


@pytest.mark.parametrize("origin", ["http://[::1", "http://[", "http://\u2100", "null", "", "]", "http://a:b:c", "//"])
def test_an_origin_that_is_none_is_no_page_of_ours(shared_http: FlaskClient, origin: str) -> None:
    headers = {"Origin": origin.encode().decode("latin-1")}
    problem(shared_http.post("/api/v1/sweeps", json=SWEEP, headers=headers), 403)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PROPFIND"])
@pytest.mark.parametrize(
    "address", ["/api/v1/sweeps", "/api/v1/sweeps?limit=3", "/healthz?x=1", "/api/v1/sweeps?x=%00"]
)
def test_a_method_that_an_address_does_not_take_is_405_whatever_its_query(
    shared_http: FlaskClient, method: str, address: str
) -> None:
    response = shared_http.open(address, method=method)
    problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_a_page_that_is_not_there_is_404_whatever_its_query(shared_http: FlaskClient) -> None:
    problem(shared_http.get("/nowhere?x=1"), 404)


def test_the_services_own_pages_can_submit(http: FlaskClient) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert http.post("/api/v1/sweeps", json=SWEEP, headers=headers).status_code == 201
