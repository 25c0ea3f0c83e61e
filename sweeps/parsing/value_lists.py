"""Values of a parameter that stand in the document one by one: parsed, weighted, freed of duplicates.

Called by `sweeps.parsing.parameter_forms`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import fsum

from engine.errors import InvalidHyperparameter
from engine.hyperparameter_kinds import Number, Refused, Value
from engine.hyperparameters import Hyperparameter
from sweeps.parsing.findings import Findings, shown

Path = tuple[str | int, ...]
Written = list[tuple[object, Path]]
MOST_VALUES = 100_000
PROBABILITY_SLACK = 1e-5 + 1e-8  # as W&B's: thirds that were written with five digits sum to one


@dataclass(frozen=True)
class GivenValue:
    """A value in its canonical form, the path at which the document gives it, and its weight in a random draw."""

    value: Value
    path: Path
    weight: float = 1.0


def several(content: object, path: Path, findings: Findings) -> Written:
    """The members of a list, each with its path."""
    if not isinstance(content, list) or not content:
        findings.fault(path, f"must be a list that is not empty, not {shown(content)}")
        return []
    if len(content) > MOST_VALUES:
        findings.fault(path, f"lists {len(content):,} values; at most {MOST_VALUES:,} are read")
        return []
    return [(one, (*path, index)) for index, one in enumerate(content)]


def parsed(entry: Hyperparameter, written: Written, findings: Findings) -> tuple[GivenValue, ...]:
    """What the registry makes of them; faulty ones are reported and left out."""
    found = []
    for content, path in written:
        try:
            value = entry.parse(content)
        except InvalidHyperparameter as error:
            findings.fault(path, f"{entry.name} {error.reason}")
            continue
        if isinstance(content, str) and value != content.strip():
            findings.note(f"{entry.name} {content} is understood as {value}.")
        found.append(GivenValue(value, path))
    return tuple(found)


def weighted(
    listed: Sequence[GivenValue], count: int, probabilities: object, path: Path, findings: Findings
) -> tuple[GivenValue, ...]:
    """The values with their probabilities; `count`: how many values there were, faulty ones included."""
    here = (*path, "probabilities")
    if not isinstance(probabilities, list) or len(probabilities) != count:
        length = f"a list of {len(probabilities)}" if isinstance(probabilities, list) else shown(probabilities)
        findings.fault(here, f"must be a list of {count} numbers, one for each value, not {length}")
        return ()
    weights = []
    for index, one in enumerate(probabilities):
        try:
            weights.append(Number(0, 1).parse(one))
        except Refused as refusal:
            findings.fault((*here, index), str(refusal))
    if len(weights) < count or len(listed) < count:
        return ()
    if abs(fsum(weights) - 1) > PROBABILITY_SLACK:
        findings.fault(here, f"must sum to 1, not {fsum(weights):g}")
        return ()
    pairs = zip(listed, weights, strict=True)
    return tuple(replace(one, weight=weight) for one, weight in pairs if weight)


def distinct(name: str, listed: Sequence[GivenValue], findings: Findings) -> tuple[GivenValue, ...]:
    """Each value once, in order, with the weights added up: a grid would train it twice.

    One name for all hidden layers and a list that repeats it are the same value.
    """
    found: dict[Value, GivenValue] = {}
    repeated: dict[Value, GivenValue] = {}
    names = {one.value for one in listed if isinstance(one.value, str)}
    for one in listed:
        key = _common_name(one.value, names)
        first = found.get(key)
        if first is not None:
            repeated.setdefault(one.value, one)
            found[key] = replace(first, weight=first.weight + one.weight)
        else:
            found[key] = one
    _note_repeated(name, list(repeated), findings)
    return tuple(found.values())


def _common_name(value: Value, names: Collection[object]) -> Value:
    """The name that a list repeats for every hidden layer, where that name alone is among the values too."""
    repeats = isinstance(value, tuple) and len(set(value)) == 1 and value[0] in names
    return str(value[0]) if isinstance(value, tuple) and repeats else value


def _note_repeated(name: str, repeated: Sequence[Value], findings: Findings) -> None:
    if len(repeated) > 3:
        findings.note(f"{len(repeated):,} values of {name} stand more than once and are trained once.")
        return
    for value in repeated:
        text = list(value) if isinstance(value, tuple) else value
        findings.note(f"{name} {shown(text)} stands more than once and is trained once.")
