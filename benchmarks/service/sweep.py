"""The sweeps that are measured: digits 64-32-10 for 50 epochs, and tiny ones for sheer numbers."""

from __future__ import annotations

from typing import Any

REPLICATES = 5


def digits(trials: int) -> dict[str, Any]:
    """`trials` trainings: learning rates, 5 replicates of each."""
    return _document("digits", trials, {"layers": {"value": [32]}, "epochs": {"value": 50}})


def tiny(trials: int) -> dict[str, Any]:
    """`trials` trainings that take next to no time each: what is left is the service."""
    return _document("iris", trials, {"layers": {"value": [4]}, "epochs": {"value": 5}})


def _document(dataset: str, trials: int, more: dict[str, Any]) -> dict[str, Any]:
    configurations = -(-trials // REPLICATES)
    rates = [round(0.01 + 2 * step / configurations, 6) for step in range(configurations)]
    parameters = {"dataset": {"value": dataset}, "batch_size": {"value": 32}, "learning_rate": {"values": rates}}
    ours = {"replicates": REPLICATES, "seed": 1}
    return {
        "name": f"{dataset} {trials}",
        "project": "benchmark",
        "method": "grid",
        "run_cap": configurations,
        "parameters": parameters | more,
        "backsweep": ours,
    }
