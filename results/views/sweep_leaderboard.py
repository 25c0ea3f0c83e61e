"""The view `sweep_leaderboard`: the trials of each sweep, ranked by the metric the sweep is judged by."""

from __future__ import annotations

from results.tables import sweeps, trials  # noqa: F401 (their columns' comments are passed on)
from results.views.base import (
    HYPERPARAMETER_MEANINGS,
    IDENTITY,
    IDENTITY_MEANINGS,
    View,
    diverged,
    hyperparameters,
    meanings,
)

_RESULTS = (
    "state",
    "completed_epochs",
    "outcome",
    "outcome_epoch",
    "epochs_recorded",
    "diverged_epoch",
    "best_validation_cost",
    "best_epoch",
    "final_validation_cost",
    "best_train_cost",
    "final_train_cost",
    "best_validation_accuracy",
    "final_validation_accuracy",
    "seconds",
)

SWEEP_LEADERBOARD = View(
    "sweep_leaderboard",
    "trials with their hyperparameters, ranked within each sweep by its metric; "
    "trials on another data set, or (for costs) under another cost function, are ranked apart",
    {
        "place": "rank in the sweep, from 1, equals sharing one; diverged trials share the last; "
        "NULL: nothing recorded yet",
        "judged_by": "the trial's number that is compared: follows from the sweep's metric",
        "judged_value": "its value; NULL: the trial diverged, whatever it had reached before, "
        "or nothing is recorded yet",
        **IDENTITY_MEANINGS,
        **meanings("trials", *_RESULTS),
        **HYPERPARAMETER_MEANINGS,
    },
    f"""
SELECT CASE WHEN t.judged_value IS NULL AND t.diverged = 0 THEN NULL ELSE
         rank() OVER (
           PARTITION BY s.id, c.dataset,
                        CASE WHEN t.judged_by IN ('best_validation_cost', 'best_train_cost') THEN c.cost END
           ORDER BY CASE WHEN t.judged_value IS NULL THEN 2 - t.diverged ELSE 0 END,
                    CASE WHEN t.judged_by = 'best_validation_accuracy' THEN -t.judged_value ELSE t.judged_value END
         )
       END AS place,
       t.judged_by, t.judged_value,
       {IDENTITY},
       {", ".join(f"t.{name}" for name in _RESULTS)},
       {hyperparameters("c")}
FROM (
  SELECT r.*,
         CASE w.metric_name
           WHEN 'train_cost' THEN 'best_train_cost'
           WHEN 'validation_accuracy' THEN 'best_validation_accuracy'
           WHEN 'epoch_seconds' THEN 'seconds'
           ELSE 'best_validation_cost'
         END AS judged_by,
         CASE WHEN {diverged("r")} THEN NULL ELSE
           CASE w.metric_name
             WHEN 'train_cost' THEN r.best_train_cost
             WHEN 'validation_accuracy' THEN r.best_validation_accuracy
             WHEN 'epoch_seconds' THEN r.seconds
             ELSE r.best_validation_cost
           END
         END AS judged_value,
         CASE WHEN {diverged("r")} THEN 1 ELSE 0 END AS diverged
  FROM trials r
  JOIN sweeps w ON w.id = r.sweep_id
) t
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id
""",
)
