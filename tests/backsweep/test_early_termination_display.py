"""What `backsweep early-termination` and `preview` print of a rule."""

from __future__ import annotations

from typing import Any

import pytest

from api.examples import EXAMPLES
from backsweep.display.early_termination import rule_text, show_early_termination


def rule(**changes: Any) -> dict[str, Any]:
    settings = {"min_iter": 2, "max_iter": None, "s": None, "eta": 3.0, "strict": False}
    return {"type": "hyperband", "settings": settings, "audit": 0.1, "check_epochs": [2, 6, 18]} | changes


def test_a_rule_is_one_line_with_its_check_epochs() -> None:
    assert rule_text(rule()) == "hyperband (min_iter 2, eta 3) at epochs 2, 6, 18; 10% audited"
    assert rule_text(rule(check_epochs=[])) == "hyperband (min_iter 2, eta 3) at epochs -; 10% audited"
    many = rule_text(rule(type="median", check_epochs=list(range(1, 40))))
    assert "at epochs 1, 2, 3, 4, 5, 6, 7, 8, ... 39;" in many


def test_the_report_says_what_was_saved_and_what_it_cost(capsys: pytest.CaptureFixture[str]) -> None:
    show_early_termination(EXAMPLES["EarlyTerminationBody"])
    printed = " ".join(capsys.readouterr().out.split())
    for text in (
        "rule hyperband (min_iter 2, eta 3) at epochs 2, 6, 18; 10% audited",
        "stopped 2 trials; 1 of them ran to their end to be audited",
        "saved 18 of 80 epochs (22%); the audit took 18",
        "false kills 0 of 1 audited trials ended in the sweep's best tenth (0%, 95% interval 0% to 98%)",
        "Note: A rule that stopped trials blindly",
    ):
        assert text in printed


def test_without_audits_no_rate_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    found = EXAMPLES["EarlyTerminationBody"]
    none = found["audit"] | {"audited": 0, "false_kill_rate": None}
    show_early_termination(found | {"audit": none, "notes": ["No audited trial has run to its end."]})
    printed = capsys.readouterr().out
    assert "false kills" not in printed
    assert "No audited trial has run to its end." in printed
