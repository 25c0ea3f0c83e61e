"""The ways to give one parameter: `value`, `values` (with `probabilities`), or a distribution.

Called by `sweeps.parsing.parameters`. Refuses a parameter that is given in two ways, and distributions where every
value is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.hyperparameter_kinds import Number
from engine.hyperparameters import Hyperparameter
from sweeps.distributions.catalog import DISTRIBUTIONS, KEYS
from sweeps.parsing.distribution_forms import Drawn, drawn, inferred
from sweeps.parsing.findings import Findings, nearest, shown
from sweeps.parsing.gridded import expanded
from sweeps.parsing.value_lists import GivenValue, Path, distinct, parsed, several, weighted

__all__ = ["Given", "GivenValue", "Path", "given"]

DISCRETE = ("constant", "categorical", "categorical_w_probabilities")  # what value and values say anyway
NAMES = (*DISCRETE, *DISTRIBUTIONS)
FORMS = ("value", "values")
KNOWN_KEYS = (*FORMS, "probabilities", "distribution", *sorted(KEYS))


@dataclass(frozen=True)
class Given:
    """What one definition gives: `listed` values as they stand, `distinct` ones, or a distribution; none if faulty."""

    listed: tuple[GivenValue, ...] = ()
    distinct: tuple[GivenValue, ...] = ()
    drawn: Drawn | None = None


def given(entry: Hyperparameter, definition: object, path: Path, method: str, findings: Findings) -> Given:
    """The values of a parameter, or its distribution."""
    if not isinstance(definition, dict):
        mend = f"{{values: {shown(definition)}}}" if isinstance(definition, list) else f"{{value: {shown(definition)}}}"
        findings.fault(path, f"must be an object with value or values; write {mend}")
        return Given()
    name = _form(definition, path, findings)
    if name is None:
        return Given()
    if name in DISTRIBUTIONS:
        return _distributed(entry, name, definition, path, method, findings)
    return _listed(entry, definition, path, method, findings)


def _form(definition: Mapping[str, object], path: Path, findings: Findings) -> str | None:
    """The distribution's name, W&B's names for plain values included; None after reporting."""
    before = len(findings.faults)
    for key in definition:
        if key not in KNOWN_KEYS:
            hint = nearest(key, KNOWN_KEYS)
            findings.fault((*path, key), f"is not known here{hint or '; known: ' + ', '.join(KNOWN_KEYS)}")
    named = definition.get("distribution")
    if named is not None and (not isinstance(named, str) or named not in NAMES):
        findings.fault((*path, "distribution"), f"{shown(named)} is not a distribution{nearest(str(named), NAMES)}")
    if len(findings.faults) > before:
        return None
    name = str(named) if named is not None else _unnamed(definition, path, findings)
    lists = [key for key in FORMS if key in definition]
    if name in DISTRIBUTIONS and lists:
        findings.fault(path, f"has both {lists[0]} and a distribution of numbers ({name}); give one of them")
        return None
    return name


def _unnamed(definition: Mapping[str, object], path: Path, findings: Findings) -> str | None:
    """What a definition without `distribution` means."""
    lists = [key for key in FORMS if key in definition]
    if "min" in definition or "max" in definition:
        return inferred(definition)
    stray = [key for key in definition if key in KEYS]
    if stray and not lists:
        findings.fault(path, f"has {' and '.join(stray)}, but no distribution; known: {', '.join(DISTRIBUTIONS)}")
        return None
    return "categorical"


def _distributed(
    entry: Hyperparameter, name: str, definition: Mapping[str, object], path: Path, method: str, findings: Findings
) -> Given:
    if "distribution" not in definition and name == "int_uniform" and isinstance(entry.kind, Number):
        findings.note(
            f"{entry.name} takes whole numbers alone, for its min and max are whole, as in W&B: "
            "write distribution: uniform for those between as well."
        )
    if method == "grid":
        values = expanded(entry, name, definition, path, findings)
        return Given(values, values)
    return Given(drawn=drawn(entry, name, definition, path, findings))


def _listed(
    entry: Hyperparameter, definition: Mapping[str, object], path: Path, method: str, findings: Findings
) -> Given:
    forms = [key for key in FORMS if key in definition]
    if len(forms) != 1:
        wrong = "has both value and values" if forms else "has neither value nor values, nor a distribution of numbers"
        findings.fault(path, f"{wrong}; give one of them")
        return Given()
    for key in definition:
        if key in KEYS:
            findings.fault((*path, key), f"does not go with {forms[0]}")
    if forms[0] == "value":
        written = [(definition["value"], (*path, "value"))]
    else:
        written = several(definition["values"], (*path, "values"), findings)
    listed = parsed(entry, written, findings)
    if "probabilities" in definition or definition.get("distribution") == "categorical_w_probabilities":
        if method == "grid":
            findings.fault((*path, "probabilities"), "are for method: random; a grid takes every value once")
            return Given()
        listed = weighted(listed, len(written), definition.get("probabilities"), path, findings)
    return Given(listed, distinct(entry.name, listed, findings))
