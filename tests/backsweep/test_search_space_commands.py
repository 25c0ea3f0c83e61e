"""`importance`, `audit` and `diagnose` against a real service, as users call them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from backsweep.commands.audit import audit
from backsweep.commands.compare import compare
from backsweep.commands.diagnose import diagnose
from backsweep.commands.importance import importance

SWEEP = {
    "method": "grid",
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"values": [[4], [4, 4]]},
        "learning_rate": {"values": [0.001, 1.0, 1000.0]},
        "epochs": {"value": 4},
    },
    "backsweep": {"replicates": 2, "seed": 5, "roles": {"layers": "scientific", "learning_rate": "nuisance"}},
}


@pytest.fixture(scope="module")
def number(live: Any) -> str:
    sweep = live.client.submit(SWEEP)
    live.train(sweep["id"])
    return str(sweep["id"])


@pytest.fixture
def ask(live: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("BACKSWEEP_URL", live.url)

    def asked(command: Any, *arguments: str) -> str:
        result = CliRunner().invoke(command, list(arguments))
        assert result.exit_code == 0, result.output
        assert max(map(len, result.output.splitlines())) <= 100 or "--json" in arguments
        return result.output

    return asked


def test_importances_are_a_table_with_what_they_rest_on(ask: Any, number: str) -> None:
    printed = ask(importance, number)
    assert "learning rate" in printed
    assert "Over 6 configurations" in printed
    assert "6 configurations are few" in " ".join(printed.split())
    found = json.loads(ask(importance, number, "--diverged", "left_out", "--json"))
    assert found["treated"] == "left_out"


def test_a_comparison_shows_the_roles(ask: Any, number: str) -> None:
    printed = " ".join(ask(compare, number).split())
    assert "Roles: layers, each at its best learning rate" in printed


def test_a_diagnosis_says_what_to_try(ask: Any, number: str, live: Any) -> None:
    printed = " ".join(ask(diagnose, number, "--limit", "6").split())
    assert "small steps" in printed
    assert "large steps" in printed
    assert "Try " in printed
    assert "Found in the 6 worst of 6 configurations" in printed
    worst = live.client.diagnosis(int(number), limit=1)["diagnoses"][0]
    assert worst["findings"][0]["sentence"][:30] in " ".join(ask(diagnose, str(worst["trial_id"]), "--trial").split())
    assert json.loads(ask(diagnose, str(worst["trial_id"]), "--trial", "--json")) == worst


def test_an_audit_shows_ranges_and_converging_rates(ask: Any, number: str) -> None:
    printed = ask(audit, number)
    assert "Learning rates that converge" in printed
    assert "6 of 6 configurations ended" in printed
    assert json.loads(ask(audit, number, "--json"))["ranges"][0]["name"] == "learning_rate"
