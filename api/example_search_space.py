"""Examples of answers about a search space: importances, audit, diagnoses. Part of `api.examples`."""

from __future__ import annotations

from typing import Any

_IMPORTANCE = {
    "sweep_id": 1,
    "sweep_state": "finished",
    "measure": "best_validation_cost",
    "treated": "worst",
    "configurations": 48,
    "diverged": 2,
    "where": {},
    "r_squared": 0.87,
    "top_share": 0.104,
    "hyperparameters": [
        {"name": "learning_rate", "fanova": 0.81, "ped_anova": 0.74},
        {"name": "batch_size", "fanova": 0.19, "ped_anova": 0.26},
    ],
    "notes": ["2 configurations diverged, counted with the highest finite loss."],
}
_AUDIT = {
    "sweep_id": 1,
    "sweep_state": "finished",
    "configurations": 16,
    "of": 16,
    "diverged_share": 0.125,
    "stuck_share": 0.25,
    "failed_share": 0.0,
    "infeasible_share": 0.0,
    "ranges": [
        {
            "name": "learning_rate",
            "low": 0.1,
            "high": 10.0,
            "drawn": False,
            "best": 10.0,
            "edge": "high",
            "top_at_edge": 3,
            "top": 5,
            "tried": 4,
            "of": 4,
            "try_next": {"values": [10.0, 50.0, 250.0]},
        }
    ],
    "learning_rates": [
        {
            "setting": {
                "dataset": "digits",
                "initialization": "normal",
                "initialization_scale": None,
                "optimizer": "sgd",
                "depth": 2,
            },
            "rates": 4,
            "trials": 12,
            "lowest": 2.0,
            "highest": 10.0,
            "gaps": 0,
            "stuck_to": 0.5,
            "diverges_from": None,
            "best": 10.0,
        }
    ],
    "notes": ["The best learning_rate, 10, is the highest that was tried: better ones may lie beyond."],
}
_DIAGNOSIS = {
    "trial_id": 7,
    "configuration_number": 3,
    "replicate": 0,
    "outcome": "stuck",
    "best_validation_cost": 0.9,
    "findings": [
        {
            "rule": "gradient_flow",
            "sentence": "Layer 1 receives 1/4,000 of the output layer's gradient from epoch 0: sigmoid with normal(1).",
            "figures": {"gradient_ratio": 0.00025, "alternative_gradient_ratio": 0.167},
            "advice": {"initialization": "glorot_normal", "initialization_scale": 4.0, "initial_bias": 0.0},
            "expected": "glorot_normal(4) would start at 1/6.",
        }
    ],
    "advice": {"initialization": "glorot_normal", "initialization_scale": 4.0},
    "note": None,
}

OF_THE_SEARCH_SPACE: dict[str, Any] = {  # by the name of the body
    "ImportanceBody": _IMPORTANCE,
    "SpaceAuditBody": _AUDIT,
    "TrialDiagnosis": _DIAGNOSIS,
    "SweepDiagnosis": {
        "sweep_id": 1,
        "sweep_state": "finished",
        "configurations": 16,
        "rules": [{"rule": "gradient_flow", "configurations": [3]}],
        "diagnoses": [_DIAGNOSIS],
    },
}
