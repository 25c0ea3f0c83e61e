"""Which values of two parameters occur together, so that only those are held against each other.

Called by `sweeps.parsing.combinations` and `sweeps.parsing.advice`. Ties, conditions and constraints on the two alone
are considered; constraints on three or more are not, so a pair may be judged that they exclude.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.hyperparameter_kinds import Value
from engine.hyperparameters import HYPERPARAMETERS
from sweeps.parsing.parameters import Parameters
from sweeps.parsing.structure import Structure


@dataclass(frozen=True)
class Pairs:
    """Asks the parameters of a document and their structure."""

    parameters: Parameters
    structure: Structure

    def linked(self, name: str, other: str) -> bool:
        """Whether the values of one may decide which of the other there are."""
        return {name, other} <= self.structure.linked

    def values(self, name: str) -> tuple[Value, ...]:
        """The values a hyperparameter takes; its default where it is not given, or does not exist everywhere."""
        default = HYPERPARAMETERS[name].default
        if name not in self.parameters:
            return (default,)
        values = self.parameters[name].values
        return (*values, default) if name in self.structure.conditions and default not in values else values

    def partners(self, name: str, value: Value, other: str) -> Sequence[Value]:
        """The values of `other` that occur where `name` exists and has this value."""
        if not self.linked(name, other):
            return self.values(other)
        asked = {name, other}
        deciding = [one for one in self.structure.constraints if one.asks <= asked]
        return [
            partner
            for partner in self._candidates(name, value, other)
            if all(one.holds({name: value, other: partner}) for one in deciding)
        ]

    def _candidates(self, name: str, value: Value, other: str) -> Iterator[Value]:
        for tie in self.structure.ties:
            if name in tie and other in tie:
                left, right = self.parameters[name].listed, self.parameters[other].listed
                yield from (b.value for a, b in zip(left, right, strict=True) if a.value == value)
                return
        accepted = self.structure.conditions.get(name, {}).get(other)
        if accepted is not None:
            yield from (partner for partner in self.parameters[other].values if partner in accepted)
            return
        needed = self.structure.conditions.get(other, {}).get(name)
        if needed is not None and value not in needed:
            yield HYPERPARAMETERS[other].default
            return
        yield from self.values(other)
