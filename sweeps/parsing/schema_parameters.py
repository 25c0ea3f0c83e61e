"""The description of `parameters` in the OpenAPI page, derived from the registry of hyperparameters."""

from __future__ import annotations

from typing import Any

from engine.hyperparameters import HYPERPARAMETERS, Hyperparameter
from sweeps.parsing.parameter_forms import NAMES

KEYS = {
    "min": "lower bound of the distribution (a natural-log exponent for log_uniform, q_log_uniform, inv_log_uniform)",
    "max": "upper bound, likewise",
    "mu": "mean of normal, or of the logarithm for log_normal",
    "sigma": "standard deviation, likewise",
    "a": "first shape of beta",
    "b": "second shape of beta",
    "q": "step of the quantised distributions",
}


def parameters_schema() -> dict[str, Any]:
    """JSON schema of `parameters`: a property for every hyperparameter, with its meaning, range and default."""
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {name: _parameter_schema(entry) for name, entry in HYPERPARAMETERS.items()},
    }


def _parameter_schema(entry: Hyperparameter) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description(entry),
        "properties": {
            "value": {"description": "the one value"},
            "values": {"type": "array", "minItems": 1, "description": "the values to sweep over"},
            "probabilities": {"type": "array", "description": "of the values, where not equal (random search)"},
            "distribution": {"type": "string", "enum": list(NAMES), "description": "what is drawn from"},
            **{key: {"type": "number", "description": meaning} for key, meaning in KEYS.items()},
        },
    }


def description(entry: Hyperparameter) -> str:
    """Meaning, range, default and other spellings, as one line of text."""
    default = entry.default_text or _shown(entry.default)
    also = f" Also: {', '.join(entry.aliases)}." if entry.aliases else ""
    return f"{entry.meaning}. {entry.kind.range_text()}. Default: {default}.{also}"


def _shown(default: object) -> str:
    return str(list(default)) if isinstance(default, tuple) else str(default)
