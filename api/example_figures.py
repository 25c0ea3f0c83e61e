"""The example of a trial's figures that `api.examples` shows: the trial there, cut to one target."""

from __future__ import annotations

from typing import Any

_EXPONENTIAL: dict[str, Any] = {
    "asymptote": {"value": 0.0584, "low": 0.0495, "high": 0.0662},
    "amplitude": 1.208,
    "rate": {"value": 0.231, "low": 0.219, "high": 0.243},
    "half_life": {"value": 3.0, "low": 2.85, "high": 3.17},
    "r_squared": 0.997,
    "deviation": 0.012,
    "noise": "proportional",
    "refused": None,
}
_POWER_LAW: dict[str, Any] = dict.fromkeys(("asymptote", "amplitude", "rate", "half_life", "noise")) | {
    "r_squared": 0.962,
    "deviation": 0.041,
    "refused": "the residuals follow each other (autocorrelation 0.71) and are 4.1% of the fall: "
    "the curve has another shape",
}
_COST: dict[str, Any] = {"best": 0.0894, "best_epoch": 20, "final": 0.0894, "area": 6.41, "mean": 0.3205}
TRIAL_SUMMARY: dict[str, Any] = {
    "trial_id": 3,
    "state": "finished",
    "outcome": "still_descending",
    "outcome_epoch": None,
    "epochs": 20,
    "samples_per_epoch": 1438,
    "operations_per_epoch": {"forward": 6931160, "backward": 7851480, "update": 216900, "total": 14999540},
    "train_cost": _COST | {"exponential": _EXPONENTIAL, "power_law": _POWER_LAW},
    "validation_cost": _COST | {"exponential": _EXPONENTIAL, "power_law": _POWER_LAW},
    "patience": 2,
    "targets": [
        {
            "target": 0.1,
            "first_epoch": 17,
            "epoch": 18,
            "updates": 810,
            "samples": 25884,
            "operations": 269991720,
            "seconds": 0.028,
        }
    ],
}
