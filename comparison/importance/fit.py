"""How well a random forest like fANOVA's predicts configurations that it was not shown: what its importances rest on.

Used by `comparison.importance.importance`. scikit-learn is loaded in the function only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optuna.study import Study

FOLDS = 5
TREES = 64


def r_squared(study: Study, names: list[str]) -> float | None:
    """Share of the loss's variance that is predicted, by cross-validation in 5 seeded folds; negative: worse than none.

    The forest is that of Optuna's fANOVA: 64 trees of depth 64 on the same coordinates, names as indicators. None
    where there are fewer than 10 points or all losses are the same.
    """
    from optuna._transform import _SearchSpaceTransform
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold, cross_val_predict

    trials = study.trials
    losses = np.array([trial.value for trial in trials], dtype=np.float64)
    if len(trials) < 2 * FOLDS or losses.min() == losses.max():
        return None
    space = {name: trials[0].distributions[name] for name in names}
    transform = _SearchSpaceTransform(space, transform_log=False, transform_step=False)
    inputs = np.array([transform.transform({name: trial.params[name] for name in names}) for trial in trials])
    forest = RandomForestRegressor(n_estimators=TREES, max_depth=64, random_state=0)
    predicted = cross_val_predict(forest, inputs, losses, cv=KFold(FOLDS, shuffle=True, random_state=0))
    return float(1 - np.mean((losses - predicted) ** 2) / losses.var())
