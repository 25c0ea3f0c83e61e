"""Optuna's pruners asked about trials that it did not run: studies in memory, rebuilt from values.

Used by the rules that are Optuna's. Optuna is loaded here, in functions only: whoever imports a rule loads none of it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial


def empty_study(goal: str) -> Study:
    """A study of that goal, minimize or maximize, without trials."""
    import optuna

    with quiet():
        directions = optuna.study.StudyDirection
        direction = {"minimize": directions.MINIMIZE, "maximize": directions.MAXIMIZE}[goal]
        return optuna.create_study(direction=direction)


def completed(value: float | None, steps: Mapping[int, float | None]) -> FrozenTrial:
    """A trial that is over, with its value and what it reported at each step; None: not finite."""
    return _trial("COMPLETE", steps, value=number(value))


def running(steps: Mapping[int, float | None], system: Mapping[str, Any] | None = None) -> FrozenTrial:
    """A trial under way, with what it reported at each step and what a pruner noted of it."""
    return _trial("RUNNING", steps, system_attrs=dict(system or {}))


def number(value: float | None) -> float:
    """The value as pruners take it: NaN where it is not finite."""
    return value if value is not None and math.isfinite(value) else math.nan


@contextmanager
def quiet() -> Iterator[None]:
    """Without Optuna's log lines, and without its warnings that something is experimental."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _trial(state: str, steps: Mapping[int, float | None], **more: Any) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    reported = {step: number(value) for step, value in steps.items()}
    return create_trial(state=TrialState[state], intermediate_values=reported, **more)
