"""The next configurations of an adaptive search, given what came of those before. Pure: the same in, the same out.

A point that breaks a constraint, repeats a configuration or lies out of range stays pending in the study: tpe and gp
keep away from it, and of the others none learns from it. After a few of them in a row the configuration is drawn from
those that remain (`sweeps.search.remaining`), and the study has it as if it had suggested it.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.hyperparameters import Configuration
from sweeps.search.points import suggested
from sweeps.search.remaining import remaining
from sweeps.search.study import PastConfiguration, kept_of, state_of, study_of
from sweeps.seeds import search_seed
from sweeps.space import Space
from sweeps.spec import SweepSpec

if TYPE_CHECKING:
    from optuna.study import Study

MOST_REFUSED = 10  # suggestions in a row, of a search that learns
MOST_REFUSED_OF_SEQUENCES = 100  # of one whose next suggestion is another whatever came of the last
SEQUENCES = ("sobol", "halton", "random")


@dataclass(frozen=True)
class Proposed:
    """A configuration, and its point as the search sees it (JSON)."""

    configuration: Configuration
    search_state: Mapping[str, Any]


def propose(
    spec: SweepSpec,
    search: str,
    past: Sequence[PastConfiguration],
    known: Collection[Configuration],
    generation: int,
    count: int,
    study_state: Mapping[str, Any],
) -> tuple[tuple[Proposed, ...], dict[str, Any]]:
    """Up to `count` configurations that are not `known`, and the study's own state; fewer: no more were found."""
    study = study_of(spec, search, past, generation, study_state)
    most = MOST_REFUSED_OF_SEQUENCES if search in SEQUENCES else MOST_REFUSED
    had = set(known)
    others = remaining(spec.space, f"{search_seed(spec.seed)}:{generation}", had)
    found: dict[Configuration, int] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while len(found) < count:
            new = _suggestion(study, spec.space, had, most)
            if new is None:
                params = next(others, None)
                if params is None:
                    break
                study.enqueue_trial(params)
                new = _suggestion(study, spec.space, had, 1)
                assert new is not None, f"{params} was refused, as what remains is not"
            configuration, number = new
            had.add(configuration)
            found[configuration] = number
    proposed = tuple(Proposed(one, state_of(study, number)) for one, number in found.items())
    return proposed, kept_of(study, search)


def _suggestion(
    study: Study, space: Space, had: Collection[Configuration], most: int
) -> tuple[Configuration, int] | None:
    """The first new and allowed configuration of so many suggestions, and its number in the study."""
    for _ in range(most):
        trial = study.ask()
        values: dict[str, Any] | None = suggested(space, trial)
        if values is not None and space.allows(values):
            one = Configuration(**values)
            if one not in had:
                return one, trial.number
    return None
