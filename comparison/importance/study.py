"""The Optuna study that importances are asked of. Optuna is loaded here, in functions only: importing loads none of it.

Used by `comparison.importance.importance`, and by its tests, which ask Optuna itself about the same study.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from comparison.importance.coordinates import coordinate
from comparison.importance.observations import Observation

if TYPE_CHECKING:
    from optuna.study import Study


def study_of(points: Sequence[Observation], names: Sequence[str]) -> Study:
    """A study in memory with one complete trial for each point, to be minimised; `names` take several values each."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="minimize")
    columns = {name: coordinate([point.values[name] for point in points]) for name in names}
    distributions = {name: column.distribution for name, column in columns.items()}
    study.add_trials(
        optuna.trial.create_trial(
            value=point.loss,
            params={name: column.numbers[row] for name, column in columns.items()},
            distributions=distributions,
        )
        for row, point in enumerate(points)
    )
    return study
