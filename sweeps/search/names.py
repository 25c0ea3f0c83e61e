"""The adaptive searches by name. Read by the parser and by `sweeps.search.study`; light: loads no Optuna."""

from __future__ import annotations

from importlib.util import find_spec

SEARCHES = ("tpe", "cmaes", "sobol", "halton", "gp", "nsga2")
OF_TWO_METRICS = "nsga2"
NEEDS = {"gp": "torch"}  # packages that are not installed with backsweep


def lacking(search: str) -> str | None:
    """The package that the search needs and that is not installed here, or None."""
    package = NEEDS.get(search)
    return package if package is not None and find_spec(package) is None else None
