"""An example answer of every address, shown in the OpenAPI document; the tests hold each against its schema.

All are of one small sweep: two learning rates, two replicates. Long parts are cut to what shows their shape.
"""

from __future__ import annotations

from typing import Any

from api.example_figures import TRIAL_SUMMARY
from api.example_search_space import OF_THE_SEARCH_SPACE
from sweeps.parsing.schema import EXAMPLE as DOCUMENT

_CREATED, _STARTED, _FINISHED = "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.250000Z", "2026-01-31T12:00:09.500000Z"

_SWEEP: dict[str, Any] = {
    "id": 1,
    "name": "digits",
    "project": "convergence",
    "method": "grid",
    "search": None,
    "run_cap": None,
    "generation": 0,
    "state": "finished",
    "wanted": "run",
    "stopped_because": None,
    "error": None,
    "metric": {"name": "validation_cost", "goal": "minimize", "target": None},
    "replicates": 2,
    "seed": 7,
    "validation_fraction": 0.2,
    "targets": [0.5, 0.1],
    "configuration_count": 2,
    "trial_count": 4,
    "job_count": 1,
    "trials": {"finished": 4},
    "diverged_count": 0,
    "reused_count": 0,
    "uid": "0b5e0a37c6f64f0d8f0a5d1f3c9f6b21",
    "epochs_recorded": 80,
    "epochs_planned": 80,
    "created_at": _CREATED,
    "started_at": _STARTED,
    "finished_at": _FINISHED,
    "paused_at": None,
    "idle_seconds": 0.0,
    "tracked": True,
    "tracking_error": None,
    "mlflow_run_id": "9f0c6c1e5d0f4a7e8a55c1f2b3d4e5f6",
    "model_sha256": "5f2a8c1be0d94b7c6a3df1e28709b45c1d6e3fa08b97c2d4e5f60718293a4b5c",
    "links": {
        "self": "/api/v1/sweeps/1",
        "trials": "/api/v1/sweeps/1/trials",
        "curves": "/api/v1/sweeps/1/curves",
        "comparison": "/api/v1/sweeps/1/comparison",
        "mlflow": "http://127.0.0.1:8701/#/experiments/1/runs/9f0c6c1e5d0f4a7e8a55c1f2b3d4e5f6",
    },
}
_SWEEP_DETAIL = _SWEEP | {"notes": ["activation is not given: sigmoid"], "document": DOCUMENT}

_TRIAL: dict[str, Any] = {
    "id": 3,
    "sweep_id": 1,
    "number": 2,
    "configuration_number": 1,
    "replicate": 0,
    "state": "finished",
    "outcome": "still_descending",
    "outcome_epoch": None,
    "hyperparameters": {"dataset": "digits", "layers": [32], "activation": "sigmoid", "learning_rate": 0.5},
    "parameter_count": 2410,
    "init_seed": 3405691582,
    "data_seed": 195935983,
    "epochs_recorded": 20,
    "completed_epochs": 20,
    "diverged_epoch": None,
    "best_train_cost": 0.0712,
    "best_validation_cost": 0.0894,
    "best_epoch": 20,
    "best_validation_accuracy": 0.958,
    "final_train_cost": 0.0712,
    "final_validation_cost": 0.0894,
    "final_train_accuracy": 0.971,
    "final_validation_accuracy": 0.958,
    "targets": [{"target": 0.5, "epoch": 3}, {"target": 0.1, "epoch": 17}],
    "seconds": 0.031,
    "error": None,
    "reused_from": None,
    "started_at": _STARTED,
    "finished_at": _FINISHED,
    "links": {
        "self": "/api/v1/trials/3",
        "sweep": "/api/v1/sweeps/1",
        "summary": "/api/v1/trials/3/summary",
        "mlflow": None,
    },
}
_CURVE = {
    "epoch": [0, 1],
    "updates": [0, 45],
    "train_cost": [1.271, 0.882],
    "validation_cost": [1.268, 0.891],
    "train_accuracy": [0.098, 0.412],
    "validation_accuracy": [0.103, 0.4],
    "gradient_norm": [None, 0.611],
    "epoch_seconds": [0.0009, 0.0012],
    "recorded_at": [_STARTED, _FINISHED],
}
_LAYER = {
    "layer": 1,
    "findings": [],
    "epoch": [0, 1],
    "gradient_norm": [None, 0.207],
    "weight_norm": [5.61, 5.83],
    "update_ratio": [None, 0.094],
    "activation_mean": [0.502, 0.487],
    "activation_deviation": [0.081, 0.143],
    "saturated_share": [0.0, 0.0],
    "dead_share": [0.0, 0.0],
}
_MACHINE = {
    "numerics": 1,
    "cpu": "x86_64",
    "numpy": "2.4.6",
    "blas": "openblas 0.3.31.188.0",
    "kernel": "SkylakeX",
    "threads": 1,
    "same_bits": "fused",
}
_TRIAL_DETAIL = _TRIAL | {"blas_kernel": "SkylakeX", "machine": _MACHINE, "curve": _CURVE, "layers": [_LAYER]}


def _spread(count: int, median: float, half: float) -> dict[str, Any]:
    low, high = round(median - half, 6), round(median + half, 6)
    quartiles = {"lower_quartile": low, "upper_quartile": high}
    return {"count": count, "median": median, **quartiles, "lowest": low, "highest": high}


def _summary(trials: int, cost: float, half: float, epoch: float | None) -> dict[str, Any]:
    reached = trials if epoch is not None else 0
    return {
        "trials": trials,
        "ended": trials,
        "lost": 0,
        "best_validation_cost": _spread(trials, cost, half),
        "final_validation_cost": _spread(trials, cost, half),
        "best_validation_accuracy": _spread(trials, 0.95, 0.01),
        "best_epoch": _spread(trials, 20, 0),
        "targets": [_target(trials, reached, epoch)],
        "diverged_share": 0.0,
        "stuck_share": 0.0,
        "seconds": _spread(trials, 0.031, 0.001),
    }


def _target(trials: int, reached: int, epoch: float | None) -> dict[str, Any]:
    mean = 20.0 if epoch is None else epoch
    median = {"median_epoch": epoch, "median_low": epoch, "median_high": epoch}
    means = {"mean_epoch": mean, "mean_low": mean - 1, "mean_high": min(20.0, mean + 1), "horizon": 20}
    return {"target": 0.1, "reached": reached, "of": trials, **median, **means}


def _value(value: float, summary: dict[str, Any], wins: float, ratio: float, sure: str | None) -> dict[str, Any]:
    unknown = dict.fromkeys(("ratio_low", "ratio_high", "p", "adjusted_p"))
    rank = 1.0 if sure is None else 2.0
    return {
        "value": value,
        "summary": summary,
        "wins": wins,
        "mean_rank": rank,
        "ratio": ratio,
        "sureness": sure,
    } | unknown


_AGAINST: dict[str, Any] = {
    "paired": True,
    "pairs": 2,
    "sound": 2,
    "diverged": 0,
    "reference_diverged": 0,
    "scale": "ratio",
    "estimate": 4.59,
    "low": 4.19,
    "high": 5.03,
    "effect_size": None,
    "p": None,
    "adjusted_p": None,
    "verdict": "undecided",
    "more": None,
}


def _contender(number: int, rate: float, loss: float, half: float, against: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "sweep_id": 1,
        "configuration_number": number,
        "values": {"learning_rate": rate},
        "trials": 2,
        "ended": 2,
        "diverged": 0,
        "loss": _spread(2, loss, half),
        "against_reference": against,
        "to_target": None,
    }


_FAST, _SLOW = _summary(2, 0.0897, 0.0003, 17), _summary(2, 0.412, 0.006, None)
_COMPARISON = {
    "sweep_id": 1,
    "sweep_state": "finished",
    "headline": [
        "learning rate: 0.5 did best over 2 matched replicates: too few to say; "
        "the next, 0.1, has 4.59 times its loss (95 %: 4.19 to 5.03)."
    ],
    "measure": "best_validation_cost",
    "targets": [0.1],
    "notes": [],
    "sweep": _summary(4, 0.25, 0.16, None),
    "configuration_count": 2,
    "next": None,
    "configurations": [
        {
            "configuration_number": 1,
            "values": {"learning_rate": 0.5},
            "rank": 1,
            "loss": 0.0897,
            "summary": _FAST,
            "standing": {"against_leader": None, "rank_low": 1, "rank_high": 1, "first_share": 1.0},
        },
        {
            "configuration_number": 0,
            "values": {"learning_rate": 0.1},
            "rank": 2,
            "loss": 0.412,
            "summary": _SLOW,
            "standing": {"against_leader": _AGAINST, "rank_low": 2, "rank_high": 2, "first_share": 0.0},
        },
    ],
    "hyperparameters": [
        {
            "name": "learning_rate",
            "best": 0.5,
            "tied": [],
            "sureness": "too few to say",
            "unit": "replicate",
            "units": 2,
            "blocks": 1,
            "values": [_value(0.5, _FAST, 2, 1.0, None), _value(0.1, _SLOW, 0, 4.59, "too few to say")],
            "flips": [],
        }
    ],
    "isolation": None,
    "profiles": [],
}
_RULE = {
    "type": "hyperband",
    "settings": {"min_iter": 2, "max_iter": None, "s": None, "eta": 3.0, "strict": False},
    "audit": 0.1,
    "check_epochs": [2, 6, 18],
}
_DECISION = {
    "trial_id": 1,
    "number": 0,
    "epoch": 2,
    "rule": "hyperband",
    "value": 1.104,
    "threshold": 0.702,
    "verdict": "stop",
    "audited": False,
    "decided_at": _FINISHED,
}
_EARLY_TERMINATION = {
    "sweep_id": 1,
    "sweep_state": "finished",
    "rule": _RULE,
    "epochs_planned": 80,
    "epochs_recorded": 62,
    "epochs_saved": 18,
    "saved_share": 0.225,
    "epochs_audited": 18,
    "checks": [{"epoch": 2, "judged": 4, "stopped": 2, "audited": 1}],
    "audit": {
        "measure": "best_validation_cost",
        "stopped": 2,
        "audited": 1,
        "killed": 0,
        "false_kill_rate": 0.0,
        "rate_low": 0.0,
        "rate_high": 0.975,
        "best_stopped_share": 0.0,
    },
    "notes": ["A rule that stopped trials blindly would have a false-kill rate of one in ten."],
    "decisions": [_DECISION],
}
_PLACE = {"trial_id": 3, "number": 2, "configuration_number": 1, "replicate": 0}
_PREVIEW = {
    "name": "digits",
    "project": "convergence",
    "method": "grid",
    "metric": {"name": "validation_cost", "goal": "minimize", "target": None},
    "replicates": 2,
    "configuration_count": 2,
    "trial_count": 4,
    "job_count": 1,
    "epoch_count": 80,
    "parameter_counts": [2410, 2410],
    "workers": 2,
    "work_seconds": 0.12,
    "estimated_seconds": 0.12,
    "job_bytes": 7340032,
    "memory_bytes": 7340032,
    "swept": ["learning_rate"],
    "roles": {"learning_rate": "scientific"},
    "trained_before": {"trial_count": 0, "sweep_ids": []},
    "early_termination": _RULE,
    "configurations": [
        {"number": 0, "values": {"dataset": "digits", "learning_rate": 0.1}, "parameter_count": 2410},
        {"number": 1, "values": {"dataset": "digits", "learning_rate": 0.5}, "parameter_count": 2410},
    ],
    "notes": ["activation is not given: sigmoid"],
}

_SEARCH = {
    "sweep_id": 2,
    "search": "tpe",
    "generation": 1,
    "run_cap": 30,
    "metrics": [{"name": "validation_cost", "goal": "minimize", "target": None}],
    "configurations": [
        {
            "number": 0,
            "generation": 1,
            "values": {"learning_rate": 0.43},
            "results": [0.212],
            "best_so_far": 0.212,
            "on_front": True,
        }
    ],
}
EXAMPLES: dict[str, Any] = {  # by the name of the body
    "Health": {"status": "ok"},
    "Readiness": {
        "status": "ready",
        "checks": [
            {"name": "database", "status": "ok", "detail": ""},
            {"name": "mlflow", "status": "ok", "detail": "has all there is"},
        ],
    },
    "Tracking": {
        "enabled": True,
        "sweeps": 1,
        "trials": 24,
        "oldest_end": None,
        "passed_at": "2026-11-28T04:30:00Z",
        "error": None,
        "error_since": None,
    },
    "Datasets": {
        "datasets": [
            {
                "name": "digits",
                "task": "classification",
                "samples": 1797,
                "features": 64,
                "outputs": 10,
                "digest": "5f0c" * 16,
                "source": "scikit-learn",
            }
        ]
    },
    "Hyperparameters": {
        "hyperparameters": [
            {
                "name": "learning_rate",
                "meaning": "step size of an update",
                "value_schema": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                "range": "above 0 and at most 1000",
                "default": 0.1,
                "default_text": "",
                "aliases": ["lr"],
                "optional": False,
                "per_trial": True,
            }
        ]
    },
    "PreviewBody": _PREVIEW,
    "SweepDetail": _SWEEP_DETAIL,
    "Sweeps": {"sweeps": [_SWEEP], "next": None},
    "TrialDetail": _TRIAL_DETAIL,
    "TrialSummary": TRIAL_SUMMARY,
    "Trials": {"trials": [_TRIAL], "next": None},
    "Curves": {
        "sweep_id": 1,
        "metrics": ["validation_cost"],
        "axis": "epochs",
        "curves": [_PLACE | {"epoch": [0, 1, 2], "validation_cost": [1.268, 0.891, 0.702]}],
        "bands": [],
        "next": "/api/v1/sweeps/1/curves?cursor=2",
    },
    "ComparisonBody": _COMPARISON,
    **OF_THE_SEARCH_SPACE,
    "CompareBody": {
        "metric": "validation_cost",
        "axis": "epochs",
        "budget": 20.0,
        "notes": ["With fewer than 3 seeds nothing can be decided."],
        "configurations": [
            _contender(1, 0.5, 0.0897, 0.0003, None),
            _contender(0, 0.1, 0.412, 0.006, _AGAINST),
        ],
    },
    "EarlyTerminationBody": _EARLY_TERMINATION,
    "SearchBody": _SEARCH,
}
