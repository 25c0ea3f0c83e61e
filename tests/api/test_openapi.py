"""The OpenAPI document: valid, complete, and true: every address answers as it says."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from api.application import create_app
from api.exports.registry import FORMATS
from settings import Settings

SWEEP = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
FILES = {one.media_type for one in FORMATS.values()}
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def app() -> APIFlask:
    """It describes itself without a database."""
    return create_app(Settings())


@pytest.fixture(scope="module")
def document(app: APIFlask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def check(document: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    resource = Resource(contents=document, specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    pointed = {"$ref": "urn:document" + schema["$ref"]} if "$ref" in schema else schema
    Draft202012Validator(pointed, registry=registry).validate(value)


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_address_of_the_application_is_described(app: APIFlask, document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for method, path, _ in operations(document)}
    served = {
        (method, str(rule).replace("<key:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("pages.", "openapi.", "static"))
    }
    assert described == served


def test_every_operation_has_a_summary_a_description_of_each_answer_and_an_example(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert operation["summary"].endswith("."), (method, path)
        assert operation["operationId"]
        assert operation["tags"]
        assert any(status.startswith("2") for status in operation["responses"])
        for status, response in operation["responses"].items():
            assert response["description"], (method, path, status)
            for media_type, content in response["content"].items():
                usual = FILES if path.endswith("/export") else {"application/json"}
                assert media_type in ({PROBLEM} if status[0] in "45" else usual)
                assert content.get("example") or content.get("examples"), (method, path, status)


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for parameter in operation["parameters"]:
            assert parameter.get("description"), (method, path, parameter["name"])


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for body in [*operation["responses"].values(), *bodies]:
            for content in body["content"].values():
                examples = [one["value"] for one in content.get("examples", {}).values()]
                for example in examples + ([content["example"]] if "example" in content else []):
                    check(document, content["schema"], example)


def test_no_schema_is_described_twice_or_left_unused(document: dict[str, Any]) -> None:
    names = document["components"]["schemas"]
    assert not [name for name in names if "." in name]
    text = str(document)
    assert [name for name in names if f"#/components/schemas/{name}'" not in text] == []


def test_every_address_answers_as_the_document_says(trained: Any, document: dict[str, Any]) -> None:
    http, sweep = trained.http, trained.sweep
    trial_id = http.get(sweep["links"]["trials"]).get_json()["trials"][0]["id"]
    keys = {"{sweep_id}": str(sweep["id"]), "{trial_id}": str(trial_id)}
    for method, path, operation in operations(document):
        for good in (True, False):
            address = path
            for name, key in keys.items():
                address = address.replace(name, key if good else "2000000000")
            body = {"json": SWEEP if good else {"method": 3}} if "requestBody" in operation else {}
            response = http.open(address, method=method.upper(), **body)
            described = operation["responses"][str(response.status_code)]["content"]
            assert response.content_type in described, (method, address, response.status_code)
            given = (
                response.get_data(as_text=False).decode(errors="replace")
                if response.content_type in FILES
                else response.get_json(force=True)
            )
            check(document, described[response.content_type]["schema"], given)
