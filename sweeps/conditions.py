"""`conditions` of the `backsweep` section: a parameter that exists only for some values of others.

`conditions: {momentum: {optimizer: [momentum, nesterov]}}`: elsewhere momentum is not varied and has its default.
Called by `sweeps.parsing.structure`. Refuses conditions on parameters that are not given, and circles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from engine.errors import InvalidHyperparameter, UnknownHyperparameter
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS, canonical_name
from sweeps.parsing.findings import Findings, nearest, shown
from sweeps.parsing.parameters import Parameters

Path = tuple[str | int, ...]
Conditions = Mapping[str, Mapping[str, frozenset[Value]]]  # parameter -> other -> its values for which it exists
MOST = 24  # pairs of a parameter and another
MOST_VALUES = 1000  # of the other; it has no more (see `sweeps.parsing.structure`)


def conditions(content: Mapping[str, Mapping[str, object]], parameters: Parameters, findings: Findings) -> Conditions:
    """Registered names throughout; faulty ones are reported and left out."""
    found: dict[str, dict[str, frozenset[Value]]] = {}
    for written, needs in content.items():
        path: Path = ("backsweep", "conditions", written)
        name = given_name(written, parameters, path, findings)
        if name is None:
            continue
        if not needs:
            findings.fault(path, "must name another parameter and its values; write {optimizer: [momentum]}")
        found.setdefault(name, {}).update(_needs(name, needs, parameters, path, findings))
    if sum(map(len, found.values())) > MOST:
        findings.fault(("backsweep", "conditions"), f"are more than {MOST}")
        return {}
    return found if _without_circles(found, findings) else {}


def given_name(written: str, parameters: Parameters, path: Path, findings: Findings) -> str | None:
    """The registered name of a parameter that the document gives, or None after reporting."""
    try:
        name = canonical_name(written)
    except UnknownHyperparameter as error:
        findings.fault(path, f"{shown(written)} {error.reason}")
        return None
    if name not in parameters:
        findings.fault(path, f"{name} is not given under parameters{nearest(name, parameters)}")
        return None
    return name


def _needs(
    name: str, needs: Mapping[str, object], parameters: Parameters, path: Path, findings: Findings
) -> Iterator[tuple[str, frozenset[Value]]]:
    for written, content in needs.items():
        here = (*path, written)
        other = given_name(written, parameters, here, findings)
        if other is None:
            continue
        if other == name:
            findings.fault(here, f"{name} cannot depend on itself")
        elif parameters[other].drawn is not None:
            findings.fault(here, f"{other} is drawn from a distribution; a condition needs one with values")
        else:
            yield other, frozenset(_values(other, content, parameters, here, findings))


def _values(other: str, content: object, parameters: Parameters, path: Path, findings: Findings) -> Iterator[Value]:
    several = content if isinstance(content, list) else [content]
    if len(several) > MOST_VALUES:
        findings.fault(path, f"lists {len(several):,} values; at most {MOST_VALUES:,} are read")
        return
    taken = frozenset(parameters[other].values)
    if not several:
        findings.fault(path, "must be a value, or a list of values that is not empty")
    for index, one in enumerate(several):
        here = (*path, index) if isinstance(content, list) else path
        try:
            value = HYPERPARAMETERS[other].parse(one)
        except InvalidHyperparameter as error:
            findings.fault(here, f"{other} {error.reason}")
            continue
        if taken and value not in taken:
            findings.fault(here, f"{other} never takes {shown(one)}")
        yield value


def _without_circles(found: Conditions, findings: Findings) -> bool:
    try:
        TopologicalSorter({name: list(needs) for name, needs in found.items()}).prepare()
    except CycleError as error:
        findings.fault(("backsweep", "conditions"), f"go in a circle: {' -> '.join(reversed(error.args[1]))}")
        return False
    return True
