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
