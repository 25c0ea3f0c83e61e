"""The next configurations of an adaptive search, given what came of those before. Pure: the same in, the same out.

Points that break a constraint, repeat a configuration or lie out of range are told as failed and asked again.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.hyperparameters import Configuration
from sweeps.search.points import suggested
from sweeps.search.study import PastConfiguration, kept_of, state_of, study_of
from sweeps.spec import SweepSpec

MOST_ATTEMPTS = 100  # questions for one configuration


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
    from optuna.trial import TrialState

    study = study_of(spec, search, past, generation, study_state)
    found: dict[Configuration, int] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(MOST_ATTEMPTS * count):
            if len(found) == count:
                break
            trial = study.ask()
            values: dict[str, Any] | None = suggested(spec.space, trial)
            one = Configuration(**values) if values is not None and spec.space.allows(values) else None
            if one is None or one in known or one in found:
                study.tell(trial, state=TrialState.FAIL)
            else:
                found[one] = trial.number
    proposed = tuple(Proposed(one, state_of(study, number)) for one, number in found.items())
    return proposed, kept_of(study, search)
