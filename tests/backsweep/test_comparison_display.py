"""What `backsweep compare` prints where there is little to say or little room."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from api.examples import EXAMPLES
from backsweep.display.comparison import show_comparison
from backsweep.display.contest import show_contest

Json = dict[str, Any]


def comparison(**values: Any) -> Json:
    """The example, its configurations with these hyperparameters."""
    found: Json = deepcopy(EXAMPLES["ComparisonBody"])
    for entry in found["configurations"]:
        entry["values"] = values
    return found


def test_configurations_have_the_names_that_compare_takes(capsys: pytest.CaptureFixture[str]) -> None:
    found = comparison(learning_rate=0.5)
    show_comparison(found)
    printed = capsys.readouterr().out
    for entry in found["configurations"]:
        assert f"{found['sweep_id']}:{entry['configuration_number']}" in printed


@pytest.mark.parametrize(
    "values",
    [
        {"learning_rate": 0.5},
        {"layers": [32, 32], "initialization": "glorot_normal", "learning_rate": 0.5, "batch_size": 16},
    ],
)
def test_a_configuration_takes_one_line_of_a_hundred_columns(values: Json, capsys: pytest.CaptureFixture[str]) -> None:
    found = comparison(**values)
    show_comparison(found)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    [line] = [line for line in lines if f" {found['sweep_id']}:0 " in line]
    for value in values.values():
        assert str(value) in line


def test_of_a_sweep_without_a_result_only_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = comparison(learning_rate=0.5)
    for entry in found["configurations"]:
        entry["summary"]["ended"] = 0
    show_comparison(found | {"notes": ["4 of 4 trials have not ended and are left out."]})
    assert capsys.readouterr().out.splitlines() == [
        f"No trial of sweep {found['sweep_id']} has a result yet.",
        "Note: 4 of 4 trials have not ended and are left out.",
    ]


def test_contenders_that_differ_in_much_share_one_column(capsys: pytest.CaptureFixture[str]) -> None:
    found: Json = deepcopy(EXAMPLES["CompareBody"])
    show_contest(found)
    apart = capsys.readouterr().out
    for entry in found["configurations"]:
        entry["values"] |= {f"hyperparameter_{n}": "a_long_value" for n in range(8)}
    show_contest(found)
    joined = capsys.readouterr().out
    assert " / " not in apart
    assert " / a_long_value" in joined
    assert max(map(len, joined.splitlines())) <= 100
