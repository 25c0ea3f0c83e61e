"""A search space: its axes, which of them exist when, and which points are allowed.

Part of a sweep's spec. Counted by `sweeps.parsing.counting`, walked by `sweeps.grid`, drawn from by
`sweeps.random_search`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.hyperparameter_kinds import Value
from sweeps.axes import Axis
from sweeps.conditions import Conditions
from sweeps.constraints import Constraint

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Space:
    """`axes` in the order in which they are assigned: a condition asks only about axes before its own."""

    axes: tuple[Axis, ...] = ()
    conditions: Conditions = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()

    def exists(self, axis: Axis, values: Values) -> bool:
        """Whether the axis exists, given the values of those before it; what depends on an absent one is absent."""
        needs = self.conditions.get(axis.names[0])
        return needs is None or all(other in values and values[other] in accepted for other, accepted in needs.items())

    @cached_property
    def due(self) -> tuple[tuple[Constraint, ...], ...]:
        """For each axis the constraints that can be judged once it is assigned."""
        position = {name: index for index, axis in enumerate(self.axes) for name in axis.names}
        last = [max((position.get(name, -1) for name in one.asks), default=-1) for one in self.constraints]
        return tuple(
            tuple(one for one, at in zip(self.constraints, last, strict=True) if max(at, 0) == index)
            for index in range(len(self.axes))
        )

    def allows(self, values: Values) -> bool:
        """Whether every constraint holds; `values` are those of a whole point."""
        return all(one.holds(values) for one in self.constraints)
