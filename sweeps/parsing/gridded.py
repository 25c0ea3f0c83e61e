"""Distributions in a grid: W&B lists the values of `int_uniform` and `q_uniform`, and refuses the others.

`int_uniform` gives min, min + 1, ..., max; `q_uniform` gives min, min + q, ... below max, as W&B's grid does.
Called by `sweeps.parsing.parameter_forms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from engine.hyperparameters import Hyperparameter
from sweeps.parsing.distribution_forms import numbers_of
from sweeps.parsing.findings import Findings
from sweeps.parsing.value_lists import MOST_VALUES, GivenValue, Path, distinct, parsed


def expanded(
    entry: Hyperparameter, name: str, definition: Mapping[str, object], path: Path, findings: Findings
) -> tuple[GivenValue, ...]:
    """The values that a grid takes, none if the distribution has no list of them."""
    if name not in ("int_uniform", "q_uniform"):
        how = f"is drawn from {name}" if "distribution" in definition else "is given by min and max"
        mend = "write method: random, or list its values"
        findings.fault(path, f"{how}, which only a search that draws can use; {mend}")
        return ()
    numbers = numbers_of(name, definition, path, findings)
    if numbers is None:
        return ()
    low, high, step = numbers["min"], numbers["max"], numbers.get("q", 1.0)
    steps = (high - low) / step
    count = ceil(steps) if name == "q_uniform" and steps <= MOST_VALUES else steps + 1
    if count > MOST_VALUES:
        findings.fault(path, f"spans more than {MOST_VALUES:,} values; at most {MOST_VALUES:,} are read")
        return ()
    exact = all(number.is_integer() for number in (low, step))
    values = [low + index * step for index in range(int(count))]
    written: list[tuple[object, Path]] = [(int(value) if exact else value, path) for value in values]
    if len(parsed(entry, [written[0], written[-1]], findings)) < 2:
        return ()  # the range is an interval: where its ends are values, all are, and one fault says it
    return distinct(entry.name, parsed(entry, written, findings), findings)
