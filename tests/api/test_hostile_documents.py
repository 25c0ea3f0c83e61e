"""Documents that break readers or databases: each is refused with a clear 4xx, and nothing is stored."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ADDRESS = "/api/v1/sweeps"
GOOD = '{"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}, "learning_rate": %s}}'

JSON_BODIES = {
    "NaN": GOOD % '{"value": NaN}',
    "Infinity": GOOD % '{"value": Infinity}',
    "minus Infinity": GOOD % '{"values": [-Infinity]}',
    "an overflowing number": GOOD % '{"value": 1e999}',
    "a number of 5,000 digits": GOOD % ('{"value": ' + "9" * 5000 + "}"),
    "deep lists": GOOD % ('{"value": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    "deep objects": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "a NUL character": GOOD.replace("xor", "x\\u0000r") % '{"value": 1}',
    "half a surrogate pair": GOOD.replace("xor", "x\\ud800r") % '{"value": 1}',
    "a NUL in a key": '{"a\\u0000b": 1}',
    "a key twice": '{"method": "grid", "method": "grid", "parameters": {}}',
    "cut off": '{"method": "grid", "parameters"',
    "two documents": "{} {}",
    "an empty body": "",
    "white space": "  \n ",
    "a list": "[]",
    "text": '"grid"',
    "null": "null",
}
YAML_BODIES = {
    "an alias bomb": "a: &a [1,1,1,1,1,1,1,1,1]\n"
    + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "an alias of itself": "a: &a [*a]\n",
    "a Python object": "!!python/object/apply:os.system ['true']\n",
    ".nan": "method: grid\nparameters: {learning_rate: {value: .nan}}\n",
    "-.inf": "method: grid\nparameters: {learning_rate: {value: -.inf}}\n",
    "a key twice": "method: grid\nmethod: grid\nparameters: {}\n",
    "keys that are not text": "{1: 2, [3]: 4}\n",
    "a tab": "method:\n\tgrid\n",
    "deep lists": "[" * 20_000,
    "a huge integer": "method: grid\nparameters: {epochs: {value: " + "9" * 5000 + "}}\n",
    "a date": "2026-01-01\n",
    "binary": "!!binary aGFsbG8=\n",
}


def refused(http: FlaskClient, body: bytes | str, media_type: str) -> dict[str, Any]:
    response = http.post(ADDRESS, data=body, content_type=media_type)
    assert 400 <= response.status_code < 500, response.text
    assert response.content_type == "application/problem+json"
    assert "Location" not in response.headers
    assert http.get(ADDRESS).get_json()["sweeps"] == []
    found: dict[str, Any] = json.loads(response.text)
    assert found["status"] == response.status_code
    return found


@pytest.mark.parametrize("name", JSON_BODIES)
def test_json_that_cannot_be_kept_is_refused(shared_http: FlaskClient, name: str) -> None:
    refused(shared_http, JSON_BODIES[name], "application/json")


@pytest.mark.parametrize("name", YAML_BODIES)
def test_yaml_that_cannot_be_kept_is_refused(shared_http: FlaskClient, name: str) -> None:
    refused(shared_http, YAML_BODIES[name], "application/yaml")


@pytest.mark.parametrize("body", [b"\xff\xfe{\x00}\x00", b'{"name": "\xe9"}', b"\x80", b"\xed\xa0\x80: 1"])
@pytest.mark.parametrize("media_type", ["application/json", "application/yaml"])
def test_bytes_that_are_not_utf_8_are_refused(shared_http: FlaskClient, body: bytes, media_type: str) -> None:
    assert refused(shared_http, body, media_type)["status"] == 400


def test_a_grid_of_a_trillion_points_is_counted_not_expanded(shared_http: FlaskClient) -> None:
    many = {name: {"values": [0.001 * step for step in range(1, 1001)]} for name in ("learning_rate", "momentum", "l2")}
    document = {"method": "grid", "parameters": many | {"dropout": {"values": [0.0005 * step for step in range(1000)]}}}
    refused(shared_http, json.dumps(document), "application/json")


def test_a_body_over_the_limit_is_refused_before_it_is_read(shared_http: FlaskClient) -> None:
    body = GOOD % '{"value": 1}' + " " * shared_http.application.config["MAX_CONTENT_LENGTH"]
    assert refused(shared_http, body, "application/json")["status"] == 413


def test_a_chunked_body_over_the_limit_is_refused_not_cut(shared_http: FlaskClient) -> None:
    """Cut at the limit, this one would be a valid sweep."""
    sweep = (GOOD % '{"value": 1}').encode()
    body = sweep + b" " * shared_http.application.config["MAX_CONTENT_LENGTH"] + b"x"
    response = shared_http.post(
        ADDRESS,
        input_stream=BytesIO(body),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == 413
    assert str(shared_http.application.config["MAX_CONTENT_LENGTH"]) in response.get_json(force=True)["detail"]
    assert shared_http.get(ADDRESS).get_json()["sweeps"] == []


def test_a_chunked_body_within_the_limit_is_taken(http: FlaskClient) -> None:
    response = http.post(
        ADDRESS,
        input_stream=BytesIO((GOOD % '{"value": 1}').encode()),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == 201


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["learning_rate", "layers", "activation", "epochs", "dataset", "lr", "optimizer", "no_such"])
near_sweeps = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["grid", "random", 3]),
        "parameters": st.dictionaries(
            names,
            st.fixed_dictionaries({}, optional={"value": json_values, "values": st.lists(json_values, max_size=3)}),
        )
        | json_values,
    },
    optional={
        "name": json_values,
        "metric": json_values,
        "backsweep": st.fixed_dictionaries(
            {}, optional={"replicates": st.integers(), "seed": json_values, "targets": json_values}
        ),
    },
)


@given(document=json_values | near_sweeps)
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_json_document_makes_the_service_fail(http: FlaskClient, document: object) -> None:
    response = http.post(ADDRESS, data=json.dumps(document), content_type="application/json")
    assert response.status_code in (201, 400, 422), response.text


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@pytest.mark.parametrize("media_type", ["application/json", "application/yaml", "text/plain"])
def test_no_bytes_make_the_service_fail(http: FlaskClient, media_type: str, body: bytes) -> None:
    response = http.post(ADDRESS, data=body, content_type=media_type)
    assert response.status_code in (201, 400, 422), response.text
