"""The OpenAPI 3.1 document: what APIFlask collects from the views, made exact.

APIFlask 3.1 repeats nested pydantic models under every parent, and shows what a model takes where it should show what
it gives. So the models' schemas are made again here, by pydantic in one go, and the references follow.
"""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.bodies import MEDIA_TYPES
from api.examples import EXAMPLES
from api.idempotency import HEADER
from api.models.problems import ProblemBody
from sweeps.cloning import Changes
from sweeps.extending import Extension
from sweeps.parsing.schema import EXAMPLE, SweepDocument

WISH = {"epochs": 40, "replicates": 5, "parameters": {"learning_rate": [5.0, 20.0]}}
CHANGES = {"name": "digits, another seed", "seed": 8}
TAKEN: tuple[type[BaseModel], ...] = (SweepDocument, Extension, Changes)
TAKE_A_SWEEP = ("post_sweeps_submit", "post_sweeps_preview_sweep")
REFERENCE = "#/components/schemas/"
TAKE_A_WISH = ("post_extending_extend_sweep",)
TAKE_CHANGES = ("post_cloning_clone_sweep",)
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A key of the client's choice, a new one for each request (a UUID, for instance). Sent again with "
    "the same body, the request is not done again: the answer is the first one, with `Idempotency-Replayed: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
TAGS = [
    {"name": "sweeps", "description": "Submit, watch, hold, extend and end sweeps."},
    {"name": "results", "description": "Trials, curves and comparisons."},
    {"name": "reference", "description": "What a sweep may say."},
    {"name": "service", "description": "Is it alive, is it ready."},
]
SUBJECTS = {  # blueprint -> tag
    "sweeps": "sweeps",
    "moves": "sweeps",
    "extending": "sweeps",
    "cloning": "sweeps",
    "trials": "results",
    "curves": "results",
    "comparison": "results",
    "importance": "results",
    "audit": "results",
    "diagnosis": "results",
    "comparing": "results",
    "early": "results",  # the first word of early_termination
    "searches": "results",
    "exports": "results",
    "reference": "reference",
    "tracking": "service",
    "service": "service",
}
DESCRIPTION = """\
Sweeps of feed-forward networks, trained by backpropagation and compared over seeds.

Times are ISO 8601 in UTC. A cost that is not finite is `null`. Every refusal is a problem (RFC 9457) that names every
fault of the input. Lists come in pages: follow `next` until it is `null`.
"""


def describe(app: APIFlask, models: tuple[type[BaseModel], ...]) -> None:
    """Set the document's head and complete it whenever it is made; `models` are the bodies of all responses."""
    app.config["AUTO_404_RESPONSE"] = app.config["AUTO_VALIDATION_ERROR_RESPONSE"] = False
    app.config["AUTO_SERVERS"] = False
    app.config["AUTO_OPERATION_ID"] = True
    app.tags, app.description = TAGS, DESCRIPTION

    def complete(document: Any) -> Any:
        left = _without_prefixes(document)
        left["components"] = {"schemas": _schemas(models)}
        left["paths"] = _in_order(app, left["paths"])
        for path in left["paths"].values():
            for operation in path.values():
                _complete_operation(operation)
            if "post" in path:
                path["post"]["parameters"].append(IDEMPOTENCY_KEY)
        return left

    app.spec_processor(complete)


def _in_order(app: APIFlask, paths: dict[str, Any]) -> dict[str, Any]:
    """As the views are registered, which is how one meets them; APIFlask puts the shorter addresses first."""
    order = [re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()]
    return dict(sorted(paths.items(), key=lambda item: order.index(item[0])))


def _schemas(models: tuple[type[BaseModel], ...]) -> Any:
    """What every model gives, and what a sweep's document takes; each by its name, once."""
    bodies: tuple[type[BaseModel], ...] = (*models, ProblemBody)
    given: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in bodies]
    _, made = models_json_schema(
        [*given, *((taken, "validation") for taken in TAKEN)], ref_template=REFERENCE + "{model}"
    )
    return made["$defs"]


def _complete_operation(operation: dict[str, Any]) -> None:
    operation["parameters"] = [_parameter(one) for one in operation.get("parameters", [])]
    operation["tags"] = [SUBJECTS[operation["operationId"].split("_")[1]]]
    if operation["operationId"] in TAKE_A_SWEEP:
        operation["requestBody"] = _body("The sweep (docs/sweep-files.md).", SweepDocument, "digits", EXAMPLE)
    if operation["operationId"] in TAKE_A_WISH:
        operation["requestBody"] = _body("What is wished, at least one of them.", Extension, "longer", WISH)
    if operation["operationId"] in TAKE_CHANGES:
        operation["requestBody"] = _body("What is to be different; may be left out.", Changes, "reused", CHANGES)
        operation["requestBody"]["required"] = False
    for response in operation["responses"].values():
        content = response["content"].get("application/json")
        if content is not None:
            content["example"] = EXAMPLES[content["schema"]["$ref"].removeprefix(REFERENCE)]


def _without_prefixes(node: Any) -> Any:
    """References without the parent's name in front: `Page.Trial` is `Trial`."""
    if isinstance(node, dict):
        return {
            key: re.sub(r"(?<=/schemas/)\w+\.", "", value) if key == "$ref" else _without_prefixes(value)
            for key, value in node.items()
        }
    return [_without_prefixes(one) for one in node] if isinstance(node, list) else node


def _body(description: str, model: type[BaseModel], name: str, example: dict[str, Any]) -> dict[str, Any]:
    """The body of a request: one document, in either notation."""
    schema = {"$ref": REFERENCE + (model.model_config.get("title") or model.__name__)}
    content = {media_type: {"schema": schema, "examples": {name: {"value": example}}} for media_type in MEDIA_TYPES}
    return {"required": True, "description": description, "content": content}


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Descriptions stand at the parameter; keys are whole numbers from 1; lists are joined by commas."""
    schema = {key: value for key, value in parameter["schema"].items() if key not in ("title", "description")}
    if parameter["in"] == "path":
        subject = parameter["name"].removesuffix("_id")
        schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "examples": [1]}
        return parameter | {"required": True, "description": f"number of the {subject}", "schema": schema}
    described = {"description": parameter["schema"]["description"]} if "description" in parameter["schema"] else {}
    lists = {"style": "form", "explode": False} if "array" in str(schema) else {}
    return parameter | {"schema": _without_null(schema)} | lists | described


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query has no null: a parameter is left out instead."""
    rest = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    given = [one for one in rest.pop("anyOf", []) if one.get("type") != "null"]
    if not given:
        return rest
    return rest | given[0] if len(given) == 1 else rest | {"anyOf": given}
