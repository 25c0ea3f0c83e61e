"""The view `configuration_summary`: each configuration over its replicates."""

from __future__ import annotations

from results.views.base import HYPERPARAMETER_MEANINGS, View, completed, diverged, hyperparameters

_COSTS = {"best": "best_validation_cost", "final": "final_validation_cost"}
_ENDED = "'finished', 'pruned', 'failed', 'cancelled'"
# As `comparison.judging.has_result`: what failed, was cancelled or never began says nothing about its values.
_HAS_RESULT = completed("t")


def _sound(column: str) -> str:
    """NULL, which stands for infinite, where the trial diverged."""
    return f"CASE WHEN {_HAS_RESULT} AND NOT {diverged('t')} THEN t.{column} END"


def _median(name: str) -> str:
    """A common table expression: the median per configuration over the trials with a result, infinite ones last."""
    value = _sound(_COSTS[name])
    return f"""median_{name} AS (
  SELECT sweep_id, configuration_id, CASE WHEN count(value) = count(*) THEN avg(value) END AS value
  FROM (
    SELECT t.sweep_id, t.configuration_id, {value} AS value,
           row_number() OVER (
             PARTITION BY t.sweep_id, t.configuration_id
             ORDER BY CASE WHEN {value} IS NULL THEN 1 ELSE 0 END, {value}
           ) AS place,
           count(*) OVER (PARTITION BY t.sweep_id, t.configuration_id) AS among
    FROM trials t
    WHERE {_HAS_RESULT}
  ) ordered
  WHERE 2 * place BETWEEN among AND among + 2
  GROUP BY sweep_id, configuration_id
)"""


def _totals(name: str) -> str:
    """Mean, lowest and highest; a mean and a highest over an infinite cost are NULL."""
    value = _sound(_COSTS[name])
    return f"""{_if_all_sound("avg", value)} AS {name}_mean,
         min({value}) AS {name}_min,
         {_if_all_sound("max", value)} AS {name}_max"""


def _if_all_sound(function: str, value: str) -> str:
    among = f"sum(CASE WHEN {_HAS_RESULT} THEN 1 ELSE 0 END)"
    return f"CASE WHEN count({value}) = {among} THEN {function}({value}) END"


def _meanings(column: str, what: str) -> dict[str, str]:
    return {
        f"{column}_median": f"median over its trials of {what}; NULL: infinite, for the middle falls on a diverged "
        "trial or next to one, or no trial has a result",
        f"{column}_mean": "mean of the same; NULL where any diverged",
        f"{column}_min": "smallest of the same; NULL where all diverged",
        f"{column}_max": "largest of the same; NULL where any diverged",
    }


CONFIGURATION_SUMMARY = View(
    "configuration_summary",
    "each configuration over its replicates, as the API counts them: costs over the trials that finished or were "
    "pruned, where a diverged one counts as infinite whatever it had reached before; NULL stands for infinite, so "
    "order by `... IS NULL, ...`, which puts it last on every database",
    {
        "sweep_id": "its sweep",
        "sweep_name": "the sweep's name",
        "project": "the sweep's project",
        "configuration_id": "its key in configurations",
        "configuration_number": "its place in the sweep, from 0",
        "parameter_count": "weights and biases of its network",
        "trials": "number of its trials: replicates",
        "ended": "how many of them have ended, or have a result and are extended",
        "diverged": "how many of them diverged (outcome)",
        "stuck": "how many of them are stuck (outcome)",
        **_meanings("best_validation_cost", "the lowest validation cost"),
        **_meanings("final_validation_cost", "the validation cost at the last epoch"),
        "final_validation_accuracy_mean": "mean over its trials of the validation accuracy at the last epoch; "
        "NULL where any diverged, or in regression",
        "seconds": "training time of all its trials together",
        **HYPERPARAMETER_MEANINGS,
    },
    f"""
WITH {", ".join(_median(name) for name in _COSTS)},
totals AS (
  SELECT t.sweep_id, t.configuration_id,
         count(*) AS trials,
         sum(CASE WHEN t.state IN ({_ENDED}) OR {_HAS_RESULT} THEN 1 ELSE 0 END) AS ended,
         sum(CASE WHEN t.outcome = 'diverged' THEN 1 ELSE 0 END) AS diverged,
         sum(CASE WHEN t.outcome = 'stuck' THEN 1 ELSE 0 END) AS stuck,
         {_totals("best")},
         {_totals("final")},
         {_if_all_sound("avg", _sound("final_validation_accuracy"))} AS accuracy_mean,
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
LEFT JOIN median_best b ON b.sweep_id = s.id AND b.configuration_id = c.id
LEFT JOIN median_final f ON f.sweep_id = s.id AND f.configuration_id = c.id
""",
)
