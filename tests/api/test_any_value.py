"""Every number and string that the OpenAPI document takes, with values that break: no failure, no long answer.

`make fuzz` tries ten thousand of them on each database and prints the slowest answers; the usual run takes a sample.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from api.services import EXTENSION
from engine.hyperparameters import HYPERPARAMETERS
from settings import Settings
from sweeps.parsing.schema_parameters import KEYS
from tests.api.conftest import SWEEP, do_jobs

CASES = int(os.environ.get("FUZZ_CASES", "150"))
SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))  # an answer that takes longer, three times, has no bound
SEED = int(os.environ.get("FUZZ_SEED", "0")) or None
ADDRESS = "/api/v1/sweeps"

WHOLE = ["0", "-1", "1", "2", "7", "1000", "65537", "99999", "2147483647", "2147483648", "-2147483649"]
WHOLE += ["9223372036854775807", "9223372036854775808", "18446744073709551616", "1" + "0" * 399, "-1" + "0" * 398]
REAL = ["0.0", "-0.0", "1.000000001", "1.0000000000000002", "5e-324", "1e-300", "1e-9", "0.5", "3.0", "1e9", "1e18"]
REAL += ["1e308", "-1e308", "1e999", "2147483648.0", "9007199254740993.0"]
OTHER = ["null", "true", "[]", "{}", "[[]]", '[1, "a", null]', '{"a": 1}']
TEXT = ['""', '" "', '"a"', '"1"', '"1e5"', '"NaN"', '"__class__"', '"\'; DROP TABLE sweeps; --"', '"../../etc/passwd"']
TEXT += ['"\\u0000"', '"\\ud800"', '"\\u202e"', '"\\n"', '"%s"', '"{0}"', '"' + "a" * 251 + '"', '"' + "9" * 5000 + '"']
TEXT += ['"\\ud83d\\ude00"', '"' + "learning_rate" * 5000 + '"', '"layers[0] ** 99 > 1"', '"10 ** 10 ** 10 < 1"']
YAML_ONLY = [
    "1_",
    "1__0",
    "1_000",
    "+1_0_",
    "1__0.5",
    "1_.5e3",
    "0x7fffffff",
    "0o17",
    ".inf",
    "-.inf",
    ".nan",
    "~",
    "1e5",
]
YAML_ONLY += ["010", "1:30", "2026-01-01", "yes", "=", "<<", "-", "+1e400", "0x" + "f" * 15, "0x" + "f" * 400, "0b11"]
JSON_TOKENS = [*WHOLE, *REAL, *OTHER, *TEXT]
TOKENS = {"application/json": JSON_TOKENS, "application/yaml": [*JSON_TOKENS, *YAML_ONLY]}

_PLAIN = {"dataset": {"value": "xor"}, "layers": {"values": [[2], [3]]}, "epochs": {"value": 2}}
_OPTIONAL: dict[str, Any] = {
    "activation_slope": 0.01,
    "output_activation": "sigmoid",
    "initialization_scale": 0.5,
    "beta2": 0.99,
    "clip_norm": 1.0,
}
_DRAWN: dict[str, dict[str, Any]] = {
    "int_uniform": {"epochs": {"distribution": "int_uniform", "min": 1, "max": 3}},
    "uniform": {"learning_rate": {"distribution": "uniform", "min": 0.1, "max": 1.0}},
    "q_uniform": {"learning_rate": {"distribution": "q_uniform", "min": 0.1, "max": 1.0, "q": 0.1}},
    "normal": {"initial_bias": {"distribution": "normal", "mu": 0.0, "sigma": 1.0}},
    "q_log_normal": {"batch_size": {"distribution": "q_log_normal", "mu": 2.0, "sigma": 0.5, "q": 1}},
    "log_uniform": {"l2": {"distribution": "log_uniform", "min": -3.0, "max": -1.0}},
    "inv_log_uniform": {"l2": {"distribution": "inv_log_uniform", "min": 1.0, "max": 3.0}},
    "log_uniform_values": {"learning_rate": {"distribution": "log_uniform_values", "min": 0.01, "max": 1.0}},
    "beta": {"dropout": {"distribution": "beta", "a": 1.0, "b": 3.0}},
    "q_beta": {"dropout": {"distribution": "q_beta", "a": 1.0, "b": 3.0, "q": 0.1}},
}


def _document(**sections: Any) -> dict[str, Any]:
    return {"name": "any", "project": "tests", "method": "grid", "parameters": copy.deepcopy(_PLAIN), **sections}


def _values() -> dict[str, Any]:
    """A grid that gives every hyperparameter, most by its default."""
    given = {name: {"value": entry.default} for name, entry in HYPERPARAMETERS.items() if entry.default is not None}
    return {**given, **copy.deepcopy(_PLAIN), **{name: {"value": value} for name, value in _OPTIONAL.items()}}


DOCUMENTS: list[dict[str, Any]] = [
    _document(
        metric={"name": "validation_cost", "goal": "minimize", "target": 0.001},
        run_cap=3,
        backsweep={
            "replicates": 2,
            "seed": 1,
            "validation_fraction": 0.25,
            "targets": [0.5, 0.1],
            "trials_per_job": 2,
            "audit": 0.1,
            "roles": {"layers": "scientific"},
            "reuse": False,
        },
    ),
    _document(parameters=_values(), backsweep={"replicates": 1, "seconds_per_job": 1.0}),
    _document(
        parameters=_PLAIN | {"learning_rate": {"values": [0.1, 1]}, "batch_size": {"values": [1, 2]}},
        backsweep={
            "zip": [["learning_rate", "batch_size"]],
            "conditions": {"learning_rate": {"layers": [[2]]}},
            "constraints": ["layers[0] * epochs < 100", "len(layers) <= 3"],
        },
    ),
    _document(
        method="bayes",
        run_cap=4,
        metric={"name": "validation_cost"},
        backsweep={"search": "nsga2", "second_metric": {"name": "train_cost", "goal": "minimize"}, "replicates": 1},
    ),
    _document(method="bayes", run_cap=4, backsweep={"search": "tpe", "constraints": ["layers[0] < 100"]}),
    _document(
        method="random",
        run_cap=4,
        parameters=_PLAIN | {"optimizer": {"values": ["sgd", "adam"], "probabilities": [0.5, 0.5]}},
    ),
    *(_document(method="random", run_cap=3, parameters=_PLAIN | one) for one in _DRAWN.values()),
    *(
        _document(parameters=_PLAIN | {"batch_size": one})
        for one in ({"min": 1, "max": 3}, {"min": 1, "max": 9, "q": 2})
    ),
    *(
        _document(early_terminate=one)
        for one in (
            {"type": "hyperband", "min_iter": 1, "eta": 2, "strict": True},
            {"type": "hyperband", "max_iter": 9, "s": 2, "eta": 3.0},
            {
                "type": "asha",
                "min_resource": 1,
                "reduction_factor": 2,
                "min_early_stopping_rate": 0,
                "bootstrap_count": 0,
            },
            {"type": "median", "n_startup_trials": 5, "n_warmup_steps": 0, "interval_steps": 1, "n_min_trials": 1},
            {"type": "wilcoxon", "min_iter": 1, "interval": 1, "p_threshold": 0.1, "n_startup_steps": 2},
        )
    ),
]
WISHES: list[dict[str, Any]] = [
    {"epochs": 6, "replicates": 3, "run_cap": 40, "dropped": True},
    {"parameters": {"learning_rate": [5.0, 20.0], "layers": {"values": [[5]]}}},
]
CHANGES: list[dict[str, Any]] = [{"name": "again", "project": "tests", "seed": 3, "replicates": 1, "reuse": True}]

Place = tuple[str | int, ...]


def places(node: Any, here: Place = ()) -> Iterator[Place]:
    """Every value of a document, containers too but for the whole, and every key."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, member in members:
        yield (*here, key)
        yield from places(member, (*here, key))


def changed(document: dict[str, Any], where: list[tuple[Place, str]]) -> str:
    """The document as text with tokens, as they are written, in those places."""
    whole = copy.deepcopy(document)
    for number, (place, _) in enumerate(where):
        node = whole
        for step in place[:-1]:
            node = node[step] if isinstance(node, (dict, list)) else {}
        if isinstance(node, (dict, list)):
            node[place[-1]] = f"@{number}@"
    text = json.dumps(whole)
    for number, (_, token) in enumerate(where):
        text = text.replace(f'"@{number}@"', token)
    return text


@dataclass(frozen=True)
class Case:
    """One request."""

    method: str
    address: str
    body: str = ""
    media_type: str = "application/json"

    def send(self, http: FlaskClient) -> Any:
        return http.open(
            self.address,
            method=self.method,
            data=self.body.encode("utf-8", "surrogatepass") or None,
            content_type=self.media_type if self.body else None,
        )


def of_bodies(chance: random.Random, sweep_id: int) -> Case:
    """A document with one value, now and then two, replaced."""
    asked, documents = chance.choice(
        [(ADDRESS, DOCUMENTS)] * 3
        + [(f"{ADDRESS}/preview", DOCUMENTS)] * 3
        + [(f"{ADDRESS}/{sweep_id}/extend", WISHES), (f"{ADDRESS}/{sweep_id}/clone", CHANGES)]
    )
    document, media_type = chance.choice(documents), chance.choice(list(TOKENS))
    found = list(places(document))
    spots = chance.sample(found, min(len(found), chance.choice([1, 1, 1, 2])))
    spots = [spot for spot in spots if not any(spot != one and spot[: len(one)] == one for one in spots)]
    return Case(
        "POST", asked, changed(document, [(spot, chance.choice(TOKENS[media_type])) for spot in spots]), media_type
    )


def of_queries(chance: random.Random, paths: dict[str, Any], keys: dict[str, int]) -> Case:
    """An address with one parameter, of its path or its query, replaced."""
    path, operations = chance.choice([(path, one) for path, one in paths.items() if "get" in one])
    parameters = operations["get"]["parameters"]
    token = chance.choice([*WHOLE, *REAL, *(json.loads(one) for one in TEXT if "ud800" not in one)])
    asked = chance.choice(parameters) if parameters else {"name": "no_such", "in": "query"}
    given = dict(keys)
    if asked["in"] == "path":
        given[asked["name"]] = token
    address = path.format(**{name: quote(str(value), safe="") for name, value in given.items()})
    needed = {"configurations": f"{keys['sweep_id']}:0,{keys['sweep_id']}:1"} if path.endswith("/compare") else {}
    if asked["in"] == "query":
        needed[asked["name"]] = token
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in needed.items())
    return Case("GET", f"{address}?{query}" if query else address)


@pytest.fixture(scope="module")
def small_service(module_settings: Settings) -> Iterator[FlaskClient]:
    """Sweeps of at most 2,000 trials, so that what is accepted is stored within the second too."""
    app = create_app(replace(module_settings, max_trials=2000))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def test_the_documents_hold_every_number_and_string_of_the_schema(small_service: FlaskClient) -> None:
    schemas = small_service.get("/openapi.json").get_json()["components"]["schemas"]
    waiting, asked = ["SweepDocument", "Extension", "Changes"], set(HYPERPARAMETERS) | set(KEYS)
    for name in waiting:  # grows while it is walked
        asked |= set(schemas[name]["properties"])
        named = re.findall(r'#/components/schemas/(\w+)"', json.dumps(schemas[name]))
        waiting += [one for one in dict.fromkeys(named) if one not in waiting]
    held = {step for one in (*DOCUMENTS, *WISHES, *CHANGES) for place in places(one) for step in place}
    assert asked <= held


def _ended(http: FlaskClient, trained: int) -> int:
    """A sweep that has ended, to be extended: it takes over all of one that was trained."""
    clone = http.post(f"{ADDRESS}/{trained}/clone", json={"reuse": True}).get_json()
    assert clone["state"] == "finished"
    return int(clone["id"])


def test_no_value_makes_the_service_fail(small_service: FlaskClient, module_settings: Settings) -> None:
    created = small_service.post(ADDRESS, json=SWEEP)
    assert created.status_code == 201, created.text
    first = created.get_json()["id"]
    do_jobs(module_settings, first)
    sweep_id = _ended(small_service, first)
    trial_id = small_service.get(f"{ADDRESS}/{first}/trials").get_json()["trials"][0]["id"]
    paths = small_service.get("/openapi.json").get_json()["paths"]
    seed = SEED or random.SystemRandom().randrange(2**31)
    chance, slowest, broken = random.Random(seed), [], []
    for number in range(CASES):
        case = (
            of_bodies(chance, sweep_id)
            if chance.random() < 0.8
            else of_queries(chance, paths, {"sweep_id": first, "trial_id": trial_id})
        )
        what = f"seed {seed}, case {number}: {case.method} {case.address[:300]} {case.body[:3000]}"
        seconds = []
        while not seconds or (seconds[-1] > SECONDS and len(seconds) < 3):  # a slow one may be the machine's stall
            begun = time.perf_counter()
            response = case.send(small_service)
            seconds.append(time.perf_counter() - begun)
            response.close()
        if (
            case.address.endswith("/extend") and response.status_code == 202
        ):  # the next wish meets a sweep that has ended
            sweep_id = _ended(small_service, first)
        if response.status_code >= 500 or min(seconds) > SECONDS:
            broken.append(f"{response.status_code} after {min(seconds):.1f} s, {what}")
        slowest = sorted([*slowest, (min(seconds), what[:400])], reverse=True)[:5]
    for each, what in slowest:
        print(f"\n{1000 * each:.0f} ms  {what}")  # noqa: T201
    assert not broken, "\n".join(broken[:20])
