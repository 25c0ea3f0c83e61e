"""docs/diagnosis.md names every rule, in order, with the code's own thresholds."""

import re
from pathlib import Path

from benchmarks.diagnosis import page
from comparison.diagnosis import evidence, suited_rate
from comparison.diagnosis.diagnosis import RULES
from comparison.diagnosis.rules import (
    few_updates,
    gradient_flow,
    narrow_layer,
    strong_dropout,
    tight_clipping,
    unscaled_inputs,
    wild_start,
)

PAGE = (Path(__file__).parents[2] / "docs" / "diagnosis.md").read_text()


def row(rule):
    return next(line for line in PAGE.splitlines() if line.startswith(f"| {rule} |"))


def test_the_rules_stand_in_the_order_in_which_they_are_asked():
    table = PAGE.partition("## The rules")[2].partition("**The best start**")[0]
    assert re.findall(r"^\| ([a-z_]+_?[a-z]*) \|", table, re.M)[1:] == [rule.name for rule in RULES]


def test_the_thresholds_are_the_codes_own():
    assert f"above {unscaled_inputs.LARGE:g}" in row("unscaled_inputs")
    assert f"fewer than {narrow_layer.NARROW} units" in row("narrow_layer")
    assert f"at least {narrow_layer.WIDER}" in row("narrow_layer")
    assert f"above {gradient_flow.UNEVEN:g}" in row("gradient_flow")
    assert f"above {wild_start.FAR:g} times" in row("wild_start")
    assert f"fewer than {strong_dropout.FEW} units" in row("strong_dropout")
    assert f"is {tight_clipping.TIGHT:g} times" in row("tight_clipping")
    assert f"fewer than {few_updates.FEW} updates" in row("few_updates")
    assert f"above {evidence.ACCEPTABLE['classification']}" in PAGE
    assert f"({evidence.ACCEPTABLE['regression']} in regression)" in PAGE
    assert f"above {evidence.MOST_PARAMETERS:,} parameters" in PAGE
    for optimizer, rate in suited_rate.USUAL.items():
        assert f"{optimizer} {rate:g}" in PAGE


def test_the_proof_was_made_by_the_benchmark_and_meets_its_aim():
    proof = PAGE.partition(page.BEGIN)[2].partition(page.END)[0]
    share = re.search(r"\*\*(\d+) of (\d+)", proof)
    assert int(share[1]) >= 0.8 * int(share[2])
    assert int(share[2]) == 50
    rows = [line for line in proof.splitlines() if re.match(r"\| \w+ \| \[", line)]
    assert len(rows) == 50
    assert sum("(not lower)" not in line for line in rows) == int(share[1])
