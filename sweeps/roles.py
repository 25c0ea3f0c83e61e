"""The roles that a stored sweep's document gives to its parameters. Called by the API when results are compared.

`backsweep: {roles: {layers: scientific, learning_rate: nuisance}}` was checked when the sweep was submitted
(`sweeps.parsing.structure`); a name that the registry does not know any more is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import UnknownHyperparameter
from engine.hyperparameters import canonical_name


def roles_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Registered name -> scientific, nuisance or fixed."""
    section = document.get("backsweep")
    given = section.get("roles") if isinstance(section, dict) else None
    found: dict[str, str] = {}
    for written, role in (given or {}).items():
        try:
            found[canonical_name(written)] = role
        except UnknownHyperparameter:
            continue
    return found
