"""The comparison page says what the comparison says, the answer first, in even digits."""

from __future__ import annotations

import re
from html import unescape
from itertools import product
from typing import Any

import pytest

from comparison.comparison import Comparison, compare
from comparison.results import TrialResult
from comparison.spread import spread
from comparison.summary import TargetSummary
from tracking.artifacts.comparison_page import MOST_ROWS, comparison_page
from tracking.artifacts.page_cells import epochs_to, median_and_spread, number

RATES = {"learning_rate": [0.1, 1.0, 10.0], "batch_size": [16, 64]}


def sweep(axes: dict[str, list[Any]], diverges: Any = lambda values: False, replicates: int = 3) -> list[TrialResult]:
    names = [name for name in TrialResult.__dataclass_fields__ if name not in ("values", "target_epochs")]
    found = []
    for number_, point in enumerate(product(*axes.values())):
        values = dict(zip(axes, point, strict=True))
        for replicate in range(replicates):
            cost = (abs(values["learning_rate"] - 1) + 0.1) * (1 + 0.01 * replicate + 0.002 * number_)
            fields: dict[str, Any] = dict.fromkeys(names)
            fields |= {"trial_id": len(found), "configuration_number": number_, "replicate": replicate}
            fields |= {"state": "finished", "outcome": "diverged" if diverges(values) else "converged"}
            fields |= {
                "best_validation_cost": cost,
                "final_validation_cost": cost,
                "seconds": 1.0,
                "epochs_recorded": 9,
            }
            found.append(TrialResult(**fields, values=values, target_epochs={}))
    return found


def compared(*arguments: Any) -> Comparison:
    results = sweep(*arguments)
    return compare(results, (0.5,), tuple(arguments[0]))


def page_of(found: Comparison, swept: Any = RATES) -> str:
    return comparison_page("A <title>", ["A fact."], found, tuple(swept)).decode()


def table(page: str, name: str) -> list[list[str]]:
    """Heads, then rows, as text."""
    (body,) = re.findall(rf"<table id='{name}'>(.*?)</table>", page, flags=re.DOTALL)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body)
    cell = r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>"
    return [[unescape(re.sub("<.*?>", "", text)) for text in re.findall(cell, row)] for row in rows]


def test_the_answer_comes_before_the_tables_in_the_words_of_the_comparison() -> None:
    found = compared(RATES)
    page = page_of(found)
    head = unescape(re.sub("<[^>]*>", " ", page[: page.index("<table")]))
    for sentence in found.headline:
        for part in sentence.removesuffix(".").split("; "):
            assert part in head
    assert "<title>A &lt;title&gt;</title>" in page


def test_every_configuration_has_its_verdict_against_the_first() -> None:
    heads, *rows = table(page_of(compared(RATES)), "ranking")
    assert heads[-1] == "against the first"
    assert [row[-1] for row in rows[:1]] == ["the first"]
    assert [row[-1] for row in rows[-2:]] == ["worse", "worse"]
    assert all(len(row) == len(heads) for row in rows)


def test_every_value_has_its_interval_and_how_sure_it_is() -> None:
    axes = RATES | {"batch_size": [2, 4, 8, 16, 32, 64, 128, 256]}
    heads, *rows = table(page_of(compared(axes), axes), "values")
    cells = [dict(zip(heads, row, strict=True)) for row in rows[:3]]
    assert [one["worse than the best?"] for one in cells] == ["clear", "the best", "clear"]
    assert [one["hyperparameter"] for one in cells] == ["learning rate", "", ""]
    assert re.fullmatch(r"[\d.]+ to [\d.]+", cells[2]["95 % interval"])


def test_where_all_diverged_nobody_is_the_first() -> None:
    page = page_of(compared(RATES, lambda values: True))
    _, *rows = table(page, "ranking")
    assert {row[0] for row in rows} == {"1"}
    assert "the first" not in [row[-1] for row in rows]
    assert "class=best" not in page
    assert "no value did best, for every matched trial diverged" in page


def test_many_hyperparameters_share_a_column_and_many_rows_are_cut() -> None:
    axes = RATES | {"l2": [0.0, 0.1, 0.2], "momentum": [0.0, 0.5, 0.9], "epochs": [1, 2]}
    found = compared(axes, lambda values: False, 1)
    heads, *rows = table(page_of(found, axes), "ranking")
    assert heads[2] == "learning rate / batch size / l2 / momentum / epochs"
    assert len(rows) == MOST_ROWS
    assert "8 more are in comparison.csv." in page_of(found, axes)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([0.19, 0.1956, 0.1844], "0.190 ± 0.003"),
        ([1.0, 1.0000015, 1.000003], "1.00 ± 0.00"),
        ([12.34], "12.3"),
        ([2.0e-5, 2.2e-5, 2.8e-5], "2.20e-05 ± 2e-06"),
        ([1.0, 2.0, float("inf")], "2.00 ± ∞"),
        ([1.0, float("inf"), float("inf")], "∞"),
        ([0.0, 0.0], "0"),
        ([], "-"),
    ],
)
def test_a_median_and_its_spread_have_the_same_decimals(numbers: list[float], text: str) -> None:
    assert median_and_spread(spread(numbers)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1.00"), (0.99999, "1.00"), (0.0731, "0.0731"), (123456.0, "123456"), (-0.5, "-0.500"), (1e7, "1.00e+07")],
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_epochs_say_who_reached_the_target() -> None:
    assert epochs_to(TargetSummary(0.5, 3, 3, 7.0)) == "7"
    assert epochs_to(TargetSummary(0.5, 2, 3, 7.5)) == "7.5 (2/3)"
    assert epochs_to(TargetSummary(0.5, 1, 3)) == "1/3"
    assert epochs_to(TargetSummary(0.5, 0, 3)) == "-"
