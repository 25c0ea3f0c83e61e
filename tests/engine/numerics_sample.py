"""A sample of trainings and the digest of all their curves: `python -m tests.engine.numerics_sample` prints it.

With `--write` it is stored for the machine that computes here, under the present version: after raising
`engine.version.NUMERICS`, or on a machine (kernel, NumPy, vector instructions) that is not stored yet.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from numpy._core._multiarray_umath import __cpu_features__ as features  # what NumPy's own loops use

from engine.blas import machine
from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.training import Training
from engine.trials import Trial
from engine.version import NUMERICS

STORED = Path(__file__).parent / "stored" / "numerics.json"
SAMPLE = (
    {"dataset": "iris", "layers": [7, 5], "activation": "tanh", "optimizer": "adam", "cost": "cross_entropy"},
    {"dataset": "iris", "layers": [6], "dropout": 0.2, "optimizer": "nesterov", "schedule": "cosine", "l2": 0.01},
    {"dataset": "xor", "layers": [9], "activation": "gelu", "precision": "float64", "optimizer": "rmsprop"},
    {"dataset": "diabetes", "layers": [8], "activation": "relu", "cost": "mean_squared_error", "clip_norm": 1.0},
    {"dataset": "digits", "layers": [16], "initialization": "orthogonal", "optimizer": "momentum"},
    {"dataset": "diabetes", "layers": [9] * 6, "activation": "relu", "initialization_scale": 1e3, "clip_norm": 1.0},
    {"dataset": "diabetes", "layers": [9] * 6, "activation": "relu", "initialization_scale": 1e3, "optimizer": "adam"},
    {"dataset": "iris", "layers": [5] * 24, "initialization": "normal", "initialization_scale": 0.05},
)
MEASURED = ("train_cost", "validation_cost", "train_accuracy", "validation_accuracy", "gradient_norm")
LAYERS = ("gradient_norm", "weight_norm", "update_ratio", "activation_mean", "activation_deviation")


def key() -> str:
    """The version, and what else the bits depend on."""
    here = machine()
    vectors = "AVX512" if features.get("AVX512_SKX") else "AVX2" if features.get("AVX2") else "none"
    return f"{NUMERICS} | numpy {here['numpy']} | {here['blas']} {here['kernel']} | {vectors}"


def digest() -> str:
    """SHA-256 over every number of every epoch, as exact hexadecimal text."""
    hashed = hashlib.sha256()
    for setting in SAMPLE:
        chosen = configuration({"epochs": 4, "learning_rate": 0.1, **setting})
        data = split(load(chosen.dataset), 0.2, 5, chosen.scaling, chosen.precision)
        for records in Training([Trial(chosen, 1, 2), Trial(chosen, 3, 4)], data).epochs():
            measured = [getattr(records, name) for name in MEASURED]
            measured += [getattr(records.layers, name) for name in LAYERS]
            for values in measured:
                hashed.update(" ".join(value.hex() for value in values.ravel().tolist()).encode())
    return hashed.hexdigest()


def stored() -> dict[str, str]:
    """Key -> digest."""
    found: dict[str, str] = json.loads(STORED.read_text()) if STORED.exists() else {}
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        STORED.parent.mkdir(exist_ok=True)
        STORED.write_text(json.dumps(stored() | {key(): digest()}, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(json.dumps([key(), digest()]) + "\n")
