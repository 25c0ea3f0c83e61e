"""How parameters hang together: `conditions`, `zip` and `constraints` of the `backsweep` section, and `roles`.

Called by `sweeps.parsing.sweep` once the parameters are known; makes the search space of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sweeps.axes import axes_of
from sweeps.conditions import Conditions, conditions, given_name
from sweeps.constraints import Constraint, constraints
from sweeps.parsing.findings import Findings
from sweeps.parsing.parameters import Parameters
from sweeps.parsing.schema import BacksweepSection
from sweeps.parsing.ties import Ties, ties
from sweeps.space import Space

MOST_VALUES = 1000  # of a parameter that hangs together with others


@dataclass(frozen=True)
class Structure:
    """What is said of parameters together, registered names throughout. `roles`: name -> its role."""

    conditions: Conditions
    ties: Ties
    constraints: tuple[Constraint, ...]
    roles: Mapping[str, str]

    @property
    def linked(self) -> frozenset[str]:
        """The parameters that hang together with others."""
        needs = (name for child, others in self.conditions.items() for name in (child, *others))
        tied = (name for tie in self.ties for name in tie)
        return frozenset({*needs, *tied, *(name for one in self.constraints for name in one.asks)})

    def space(self, parameters: Parameters) -> Space:
        """The search space."""
        return Space(axes_of(parameters, self.ties, self.conditions), self.conditions, self.constraints)


def structure(section: BacksweepSection, parameters: Parameters, findings: Findings) -> Structure:
    """The structure that the section describes; faulty parts are reported and left out."""
    needs = conditions(section.conditions, parameters, findings)
    found = Structure(
        needs,
        ties(section.zip, parameters, needs, findings),
        constraints(section.constraints, findings),
        _roles(section.roles, parameters, findings),
    )
    _check_sizes(found, parameters, findings)
    return found


def _check_sizes(found: Structure, parameters: Parameters, findings: Findings) -> None:
    """Values that hang together are held against each other one by one, so they must not be too many."""
    for name in found.linked & set(parameters):
        count = len(parameters[name].listed)
        if count > MOST_VALUES:
            findings.fault(
                parameters[name].path,
                f"lists {count:,} values; with a condition, tie or constraint at most {MOST_VALUES:,} are accepted",
            )


def _roles(content: Mapping[str, str], parameters: Parameters, findings: Findings) -> dict[str, str]:
    found = {}
    for written, role in content.items():
        path = ("backsweep", "roles", written)
        name = given_name(written, parameters, path, findings)
        if name is None:
            continue
        if role == "fixed" and len(set(parameters[name].values)) > 1:
            findings.fault(path, f"{name} takes several values, so it is not fixed: scientific or nuisance")
        found[name] = role
    return found
