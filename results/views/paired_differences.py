"""The view `paired_differences`: two configurations of a sweep under the same seeds, replicate by replicate."""

from __future__ import annotations

from results.views.base import View, completed, diverged

# Twice, not one common table expression, which PostgreSQL would make of all sweeps before it looks for one; joined by
# the sweep too, so that numbers are looked up within it.
_ENDED = f"""
  SELECT t.id, t.sweep_id, t.replicate, c.number, c.dataset, c.cost,
         CASE WHEN NOT {diverged("t")} THEN t.best_validation_cost END AS value
  FROM trials t
  JOIN configurations c ON c.id = t.configuration_id AND c.sweep_id = t.sweep_id
  WHERE {completed("t")}
"""

PAIRED_DIFFERENCES = View(
    "paired_differences",
    "pairs of configurations of a sweep, replicate by replicate: common seeds, so luck they share cancels out; "
    "only pairs on the same data set and cost function, whose costs are comparable, and only trials with a result",
    {
        "sweep_id": "their sweep",
        "sweep_name": "the sweep's name",
        "configuration_a": "place of the first configuration in the sweep, from 0",
        "configuration_b": "place of the second, which is larger",
        "replicate": "which seed, from 0: the same initial draws and mini-batch order in both",
        "trial_a": "key of the trial of the first",
        "trial_b": "key of the trial of the second",
        "cost_a": "lowest validation cost of the first; NULL: it diverged",
        "cost_b": "lowest validation cost of the second; NULL: it diverged",
        "difference": "cost_a - cost_b: below 0 where the first is better; NULL where either diverged",
        "ratio": "cost_a / cost_b; NULL where either diverged or cost_b is 0",
        "better": "a, b or equal; a trial that diverged is worse than any that did not",
    },
    f"""
SELECT a.sweep_id, s.name AS sweep_name,
       a.number AS configuration_a, b.number AS configuration_b, a.replicate,
       a.id AS trial_a, b.id AS trial_b, a.value AS cost_a, b.value AS cost_b,
       a.value - b.value AS difference,
       CASE WHEN b.value <> 0 THEN a.value / b.value END AS ratio,
       CASE
         WHEN a.value IS NULL AND b.value IS NULL THEN 'equal'
         WHEN b.value IS NULL THEN 'a'
         WHEN a.value IS NULL THEN 'b'
         WHEN a.value < b.value THEN 'a'
         WHEN a.value > b.value THEN 'b'
         ELSE 'equal'
       END AS better
FROM ({_ENDED}) a
JOIN ({_ENDED}) b ON b.sweep_id = a.sweep_id AND b.replicate = a.replicate AND b.number > a.number
            AND b.dataset = a.dataset AND b.cost = a.cost
JOIN sweeps s ON s.id = a.sweep_id
""",
)
