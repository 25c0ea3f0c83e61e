"""docs/api.md names every address and every problem."""

from __future__ import annotations

import re
from pathlib import Path

from api.application import create_app
from settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def test_every_address_stands_in_the_table_and_no_other() -> None:
    document = create_app(Settings()).test_client().get("/openapi.json").get_json()
    served = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert set(re.findall(r"^\| `([A-Z]+ /\S+)` \|", PAGE, re.MULTILINE)) == served


def test_every_status_of_a_refusal_is_explained() -> None:
    document = create_app(Settings()).test_client().get("/openapi.json").get_json()
    answers = {
        status
        for methods in document["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
        if status[0] in "45"
    }
    explained = {
        status for row in re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE) for status in re.findall(r"\d+", row)
    }
    assert answers <= explained


def test_the_example_of_a_fault_is_what_the_service_says() -> None:
    body = {"method": "grid", "parameters": {"learning_rate": {"values": [1, 2, -1]}}}
    answer = create_app(Settings()).test_client().post("/api/v1/sweeps/preview", json=body)
    (fault,) = answer.get_json()["errors"]
    assert f'"detail": "{fault["detail"].removeprefix("learning_rate ")}"' in PAGE


def test_no_operation_offers_one_idempotency_key_for_all_requests() -> None:
    """A page that fills in examples, as /docs does, would send it with every request."""
    document = create_app(Settings()).test_client().get("/openapi.json").get_json()
    headers = [
        parameter
        for methods in document["paths"].values()
        for operation in methods.values()
        for parameter in operation["parameters"]
        if parameter["name"] == "Idempotency-Key"
    ]
    assert headers
    for header in headers:
        assert not {"example", "examples"} & header.keys()
        assert not {"example", "examples", "default"} & header["schema"].keys()
