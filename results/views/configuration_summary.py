"""The view `configuration_summary`: each configuration over its replicates."""

from __future__ import annotations

from results.views.base import HYPERPARAMETER_MEANINGS, View, hyperparameters

_MEDIANS = ("best_validation_cost", "final_validation_cost")
_ENDED = "'finished', 'pruned', 'failed', 'cancelled'"


def _median(column: str) -> str:
    """A common table expression: the median of a column of `trials` per configuration, over the values there are."""
    return f"""median_{column} AS (
  SELECT sweep_id, configuration_id, avg(value) AS value
  FROM (
    SELECT sweep_id, configuration_id, {column} AS value,
           row_number() OVER (PARTITION BY sweep_id, configuration_id ORDER BY {column}) AS place,
           count(*) OVER (PARTITION BY sweep_id, configuration_id) AS among
    FROM trials
    WHERE {column} IS NOT NULL
  ) ordered
  WHERE 2 * place BETWEEN among AND among + 2
  GROUP BY sweep_id, configuration_id
)"""


CONFIGURATION_SUMMARY = View(
    "configuration_summary",
    "each configuration over its replicates; costs over those that have one: a diverged trial has no final cost",
    {
        "sweep_id": "its sweep",
        "sweep_name": "the sweep's name",
        "project": "the sweep's project",
        "configuration_id": "its key in configurations",
        "configuration_number": "its place in the sweep, from 0",
        "parameter_count": "weights and biases of its network",
        "trials": "number of its trials: replicates",
        "ended": "how many of them have ended",
        "diverged": "how many of them diverged (outcome)",
        "stuck": "how many of them are stuck (outcome)",
        "best_validation_cost_median": "median over its trials of the lowest validation cost",
        "best_validation_cost_mean": "mean of the same",
        "best_validation_cost_min": "smallest of the same",
        "best_validation_cost_max": "largest of the same",
        "final_validation_cost_median": "median over its trials of the validation cost at the last epoch",
        "final_validation_cost_mean": "mean of the same",
        "final_validation_cost_min": "smallest of the same",
        "final_validation_cost_max": "largest of the same",
        "final_validation_accuracy_mean": "mean over its trials of the validation accuracy at the last epoch",
        "seconds": "training time of all its trials together",
        **HYPERPARAMETER_MEANINGS,
    },
    f"""
WITH {", ".join(_median(column) for column in _MEDIANS)},
totals AS (
  SELECT t.sweep_id, t.configuration_id,
         count(*) AS trials,
         sum(CASE WHEN t.state IN ({_ENDED}) THEN 1 ELSE 0 END) AS ended,
         sum(CASE WHEN t.outcome = 'diverged' THEN 1 ELSE 0 END) AS diverged,
         sum(CASE WHEN t.outcome = 'stuck' THEN 1 ELSE 0 END) AS stuck,
         avg(t.best_validation_cost) AS best_mean,
         min(t.best_validation_cost) AS best_min,
         max(t.best_validation_cost) AS best_max,
         avg(t.final_validation_cost) AS final_mean,
         min(t.final_validation_cost) AS final_min,
         max(t.final_validation_cost) AS final_max,
         avg(t.final_validation_accuracy) AS accuracy_mean,
         sum(t.seconds) AS seconds
  FROM trials t
  GROUP BY t.sweep_id, t.configuration_id
)
SELECT s.id AS sweep_id, s.name AS sweep_name, s.project,
       c.id AS configuration_id, c.number AS configuration_number, c.parameter_count,
       n.trials, n.ended, n.diverged, n.stuck,
       b.value AS best_validation_cost_median, n.best_mean AS best_validation_cost_mean,
       n.best_min AS best_validation_cost_min, n.best_max AS best_validation_cost_max,
       f.value AS final_validation_cost_median, n.final_mean AS final_validation_cost_mean,
       n.final_min AS final_validation_cost_min, n.final_max AS final_validation_cost_max,
       n.accuracy_mean AS final_validation_accuracy_mean, n.seconds,
       {hyperparameters("c")}
FROM configurations c
JOIN sweeps s ON s.id = c.sweep_id
JOIN totals n ON n.sweep_id = s.id AND n.configuration_id = c.id
LEFT JOIN median_best_validation_cost b ON b.sweep_id = s.id AND b.configuration_id = c.id
LEFT JOIN median_final_validation_cost f ON f.sweep_id = s.id AND f.configuration_id = c.id
""",
)
