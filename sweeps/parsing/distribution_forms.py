"""A parameter given by a distribution: `distribution` with its keys, or `min` and `max` alone, as W&B reads them.

Called by `sweeps.parsing.parameter_forms`. Refuses what W&B refuses, and distributions that cannot give the
hyperparameter's values: uniform numbers for a batch size, say. What they give now and then outside its range is drawn
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InvalidHyperparameter
from engine.hyperparameter_kinds import Integer, Number, Refused, Sizes, Value
from engine.hyperparameters import Hyperparameter
from sweeps.distributions.base import Distribution
from sweeps.distributions.catalog import DISTRIBUTIONS, Entry
from sweeps.distributions.quantised import Quantised
from sweeps.parsing.findings import Findings

Path = tuple[str | int, ...]
LARGEST_EXPONENT = 700.0
PROBES = 400  # quantiles looked at to see what a distribution gives
LEAST_USABLE = 0.1  # a search that throws more than nine of ten draws away is not what was meant


@dataclass(frozen=True)
class Drawn:
    """A distribution whose draws the hyperparameter takes; `low`, `high`: the least and greatest it gives it."""

    distribution: Distribution
    name: str
    low: Value
    high: Value


def inferred(definition: Mapping[str, object]) -> str:
    """The distribution that `min` and `max` alone mean: int_uniform if both are integers, else uniform."""
    bounds = (definition.get("min"), definition.get("max"))
    whole = all(isinstance(bound, int) and not isinstance(bound, bool) for bound in bounds)
    return "int_uniform" if whole else "uniform"


def drawn(
    entry: Hyperparameter, name: str, definition: Mapping[str, object], path: Path, findings: Findings
) -> Drawn | None:
    """The distribution called `name` with the definition's keys, or None after reporting what is wrong."""
    numbers = numbers_of(name, definition, path, findings)
    if numbers is None:
        return None
    distribution = DISTRIBUTIONS[name].make(numbers)
    _note_exponents(entry.name, name, distribution, findings)
    return _usable(entry, name, distribution, path, findings)


def numbers_of(name: str, definition: Mapping[str, object], path: Path, findings: Findings) -> dict[str, float] | None:
    """The distribution's numbers by key, defaults filled in, or None after reporting what is wrong with them."""
    before = len(findings.faults)
    form = DISTRIBUTIONS[name]
    numbers = {key: _number(key, name, definition, path, findings) for key in form.keys}
    for key in definition:
        if key not in form.keys and key != "distribution":
            findings.fault((*path, key), f"does not go with {name}, which takes {', '.join(form.keys)}")
    if len(findings.faults) == before:
        _check(form, name, numbers, path, findings)
    return numbers if len(findings.faults) == before else None


def _number(key: str, name: str, definition: Mapping[str, object], path: Path, findings: Findings) -> float:
    default = DISTRIBUTIONS[name].keys[key]
    if key not in definition and default is not None:
        return default
    if key not in definition:
        findings.fault(path, f"needs {key}, for its distribution is {name}")
        return 0.0
    try:
        return Number().parse(definition[key])
    except Refused as refusal:
        findings.fault((*path, key), str(refusal))
        return 0.0


def _check(form: Entry, name: str, numbers: Mapping[str, float], path: Path, findings: Findings) -> None:
    for key in form.positive:
        if numbers[key] <= 0:
            findings.fault((*path, key), f"must be above 0 for {name}, not {numbers[key]:g}")
    if numbers.get("sigma", 0) < 0:
        findings.fault((*path, "sigma"), f"must be at least 0, not {numbers['sigma']:g}")
    if "min" not in numbers:
        return
    for key in ("min", "max"):
        if form.whole and not numbers[key].is_integer():
            findings.fault((*path, key), f"must be a whole number for {name}, not {numbers[key]:g}")
        if form.exponents and abs(numbers[key]) > LARGEST_EXPONENT:
            findings.fault((*path, key), f"is a natural-log exponent for {name}; exp({numbers[key]:g}) is no double")
    if numbers["min"] >= numbers["max"]:
        findings.fault((*path, "min"), f"must be below max {numbers['max']:g}, not {numbers['min']:g}")


def _note_exponents(parameter: str, name: str, distribution: Distribution, findings: Findings) -> None:
    if DISTRIBUTIONS[name].exponents:
        low, high = distribution.ends
        findings.note(
            f"{parameter} lies between {low:.4g} and {high:.4g}: the bounds of {name} are natural-log exponents "
            f"(those of {name}_values are values)."
        )


def _usable(
    entry: Hyperparameter, name: str, distribution: Distribution, path: Path, findings: Findings
) -> Drawn | None:
    reason = _unsuitable(entry, name, distribution)
    if reason:
        findings.fault(path, reason)
        return None
    values = [
        value
        for value in (taken(entry, distribution, (index + 0.5) / PROBES) for index in range(PROBES))
        if value is not None
    ]
    if len(values) < LEAST_USABLE * PROBES:
        share = 100 * (1 - len(values) / PROBES)
        message = f"gives values outside {entry.name}'s range ({entry.kind.range_text()}) in {share:.0f} % of draws"
        findings.fault(path, message)
        return None
    if len(values) < PROBES:
        share = 100 * (1 - len(values) / PROBES)
        findings.note(f"About {share:.2g} % of {entry.name}'s draws lie outside its range and are drawn again.")
    return Drawn(distribution, name, values[0], values[-1])


def _unsuitable(entry: Hyperparameter, name: str, distribution: Distribution) -> str:
    """Why this distribution cannot be meant for this hyperparameter, or nothing."""
    kind = entry.kind
    if not isinstance(kind, Number | Integer | Sizes):
        return f"{entry.name} is no number, so {name} cannot draw it; list its values"
    if not isinstance(kind, Number) and not distribution.whole:
        mend = "use int_uniform" if "normal" not in name and "beta" not in name else f"use q_{name}"
        mend = "give it a whole q" if name.startswith("q_") else mend
        return f"{entry.name} takes whole numbers, which {name} does not give; {mend}"
    low, high = (1, kind.most_units) if isinstance(kind, Sizes) else (kind.low, kind.high)
    exact = distribution.inner if isinstance(distribution, Quantised) else distribution
    for end in exact.ends:
        # Open ends are left to the draws: `min: 0` is common for learning rates and never drawn.
        if "sigma" not in DISTRIBUTIONS[name].keys and not low <= end <= high:
            return f"reaches {end:g}, but {entry.name} must be {kind.range_text()}"
    return ""


def taken(entry: Hyperparameter, distribution: Distribution, share: float) -> Value:
    """The distribution's value at `share` as the hyperparameter takes it, or None where that is out of its range."""
    try:
        return entry.parse(distribution.inverse(share))
    except InvalidHyperparameter:
        return None
