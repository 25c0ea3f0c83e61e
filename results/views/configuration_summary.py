"""The view `configuration_summary`: each configuration over its replicates."""

from __future__ import annotations

from results.views.base import HYPERPARAMETER_MEANINGS, View, completed, diverged, hyperparameters

_COSTS = {"best": "best_validation_cost", "final": "final_validation_cost"}
_ENDED = "'finished', 'pruned', 'failed', 'cancelled'"
# As `comparison.judging.has_result`: what failed, was cancelled or never began says nothing about its values.
_HAS_RESULT = completed("t")
_FIGURES = ("median", "mean", "min", "max")
_CONFIGURATION = "PARTITION BY t.sweep_id, t.configuration_id"


def _sound(column: str) -> str:
    """NULL, which stands for infinite, where the trial diverged."""
    return f"CASE WHEN {_HAS_RESULT} AND NOT {diverged('t')} THEN t.{column} END"


def _place(name: str) -> str:
    """The trial's place in its configuration: infinite costs after finite ones, then what has no result."""
    last = f"CASE WHEN {_HAS_RESULT} THEN CASE WHEN {_sound(_COSTS[name])} IS NULL THEN 1 ELSE 0 END ELSE 2 END"
    return f"row_number() OVER ({_CONFIGURATION} ORDER BY {last}, {_sound(_COSTS[name])}) AS {name}_place"


def _over(function: str, value: str) -> str:
    """An aggregate over the trials of the configuration."""
    return f"{function}({value}) OVER (PARTITION BY x.sweep_id, x.configuration_id)"


def _totals(name: str) -> str:
    """Median, mean, lowest and highest; but for the lowest NULL where an infinite cost is among what they are of."""
    middle = f"x.has_result = 1 AND 2 * x.{name}_place BETWEEN x.among AND x.among + 2"
    half, count = f"CASE WHEN {middle} THEN x.{name} END", f"CASE WHEN {middle} THEN 1 ELSE 0 END"
    return f"""CASE WHEN {_over("count", half)} = {_over("sum", count)} THEN {_over("avg", half)} END AS {name}_median,
         {_if_all_sound("avg", name)} AS {name}_mean,
         {_over("min", f"x.{name}")} AS {name}_min,
         {_if_all_sound("max", name)} AS {name}_max"""


def _if_all_sound(function: str, name: str) -> str:
    return f"CASE WHEN {_over('count', f'x.{name}')} = x.among THEN {_over(function, f'x.{name}')} END"


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
    # Windows and no GROUP BY, each within a sweep, and no outer join: SQLite takes the condition on the sweep to the
    # table through windows only, and reads the trials of all sweeps where it cannot.
    f"""
WITH totals AS (
  SELECT x.sweep_id, x.configuration_id, x.best_place AS place,
         {_over("count", "*")} AS trials,
         {", ".join(f"{_over('sum', f'x.{name}')} AS {name}" for name in ("ended", "diverged", "stuck", "seconds"))},
         {_totals("best")},
         {_totals("final")},
         {_if_all_sound("avg", "accuracy")} AS accuracy_mean
  FROM (
    SELECT t.sweep_id, t.configuration_id, t.seconds,
           CASE WHEN {_HAS_RESULT} THEN 1 ELSE 0 END AS has_result,
           CASE WHEN t.state IN ({_ENDED}) OR {_HAS_RESULT} THEN 1 ELSE 0 END AS ended,
           CASE WHEN t.outcome = 'diverged' THEN 1 ELSE 0 END AS diverged,
           CASE WHEN t.outcome = 'stuck' THEN 1 ELSE 0 END AS stuck,
           {", ".join(f"{_sound(column)} AS {name}" for name, column in _COSTS.items())},
           {_sound("final_validation_accuracy")} AS accuracy,
           {", ".join(_place(name) for name in _COSTS)},
           sum(CASE WHEN {_HAS_RESULT} THEN 1 ELSE 0 END) OVER ({_CONFIGURATION}) AS among
    FROM trials t
  ) x
)
SELECT n.sweep_id, s.name AS sweep_name, s.project,
       c.id AS configuration_id, c.number AS configuration_number, c.parameter_count,
       n.trials, n.ended, n.diverged, n.stuck,
       {", ".join(f"n.{name}_{what} AS {column}_{what}" for name, column in _COSTS.items() for what in _FIGURES)},
       n.accuracy_mean AS final_validation_accuracy_mean, n.seconds,
       {hyperparameters("c")}
FROM configurations c
JOIN sweeps s ON s.id = c.sweep_id
JOIN totals n ON n.sweep_id = s.id AND n.configuration_id = c.id
WHERE n.place = 1
""",
)
