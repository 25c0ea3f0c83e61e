"""`constraints` of the `backsweep` section: which combinations of values may occur.

Called by `sweeps.parsing.structure`. Asked by the counting, the grid and the random search. A constraint that cannot be
evaluated at a point (an index beyond the last layer) does not hold there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import UnknownHyperparameter
from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS, canonical_name
from sweeps.expressions import Expression, InvalidExpression, NotEvaluable, expression
from sweeps.parsing.findings import Findings, shown


@dataclass(frozen=True)
class Constraint:
    """An expression and the registered name of each hyperparameter that it names."""

    expression: Expression
    names: Mapping[str, str]  # as written -> registered

    @property
    def asks(self) -> frozenset[str]:
        """The registered names."""
        return frozenset(self.names.values())

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether it allows these values; what is missing has its default."""
        found = {
            written: values[name] if name in values else HYPERPARAMETERS[name].default
            for written, name in self.names.items()
        }
        try:
            return self.expression.holds(found)
        except NotEvaluable:
            return False


def constraints(texts: Sequence[str], findings: Findings) -> tuple[Constraint, ...]:
    """Every constraint that can be read; the others are reported."""
    found = []
    for index, text in enumerate(texts):
        path = ("backsweep", "constraints", index)
        try:
            made = expression(text)
        except InvalidExpression as error:
            findings.fault(path, f"{shown(text)} {error}")
            continue
        names = _names(made, path, findings)
        if names:
            found.append(Constraint(made, names))
    return tuple(found)


def _names(made: Expression, path: tuple[str | int, ...], findings: Findings) -> dict[str, str]:
    """Written -> registered; none after a fault."""
    before, names = len(findings.faults), {}
    for written in made.names:
        try:
            names[written] = canonical_name(written)
        except UnknownHyperparameter as error:
            findings.fault(path, f"{shown(written)} {error.reason}")
    if not made.names:
        findings.fault(path, f"{shown(made.text)} names no hyperparameter")
    return names if len(findings.faults) == before else {}
