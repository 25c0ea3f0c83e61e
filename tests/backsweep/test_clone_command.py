"""`backsweep clone` and `Client.clone`: a stored sweep, submitted again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from backsweep import BacksweepError
from backsweep.__main__ import cli
from tests.backsweep.conftest import SWEEP, Live


def run(live: Live, *arguments: str) -> str:
    done = CliRunner().invoke(cli, ["clone", *arguments, "--url", live.url])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_the_client_clones_and_returns_the_new_sweep(live: Live, trained: dict[str, Any]) -> None:
    clone = live.client.clone(trained["id"], name="again", seed=6)
    assert clone["id"] > trained["id"]
    assert (clone["name"], clone["seed"], clone["document"]["parameters"]) == ("again", 6, SWEEP["parameters"])
    with pytest.raises(BacksweepError, match="/sed"):
        live.client.clone(trained["id"], sed=6)


def test_the_command_prints_where_the_clone_is(live: Live, trained: dict[str, Any]) -> None:
    said = run(live, str(trained["id"]), "--seed", "9")
    (newest, *_) = live.client.sweeps()
    assert f"Sweep {newest['id']}: 4 configurations, 8 trials" in said
    assert f"backsweep show {newest['id']}" in said
    assert newest["seed"] == 9


def test_with_reuse_it_trains_nothing_twice(live: Live, trained: dict[str, Any]) -> None:
    clone = json.loads(run(live, str(trained["id"]), "--reuse", "--json"))
    assert (clone["state"], clone["reused_count"]) == ("finished", 8)
    assert json.loads(run(live, str(clone["id"]), "--no-reuse", "--json"))["trials"] == {"queued": 8}


def test_what_is_not_there_is_said(live: Live) -> None:
    refused = CliRunner().invoke(cli, ["clone", "999", "--url", live.url])
    assert refused.exit_code == 1
    assert "there is no sweep 999" in str(refused.exception)
