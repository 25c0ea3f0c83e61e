"""The metrics a sweep can be judged by, and the other names people use for them.

The spellings follow Keras: `loss` and `accuracy` are the training set's, `val_loss` and `val_accuracy` the validation
set's.
"""

from __future__ import annotations

METRICS: dict[str, str] = {
    "train_cost": "cost over the whole training set at the end of an epoch",
    "validation_cost": "cost over the whole validation set at the end of an epoch",
    "train_accuracy": "share of the training set classified right",
    "validation_accuracy": "share of the validation set classified right",
    "gradient_norm": "root mean square over the epoch's mini-batch gradients",
    "epoch_seconds": "the job's time for an epoch, divided by its live trials",
}
MAXIMIZED = frozenset({"train_accuracy", "validation_accuracy"})  # where more is better
MINIMIZED = frozenset({"train_cost", "validation_cost", "epoch_seconds"})  # where less is better
ACCURACIES = frozenset({"train_accuracy", "validation_accuracy"})  # not defined in regression

_PARTS = {
    "train": ("train_", "training_", ""),
    "validation": ("validation_", "val_", "valid_", "test_"),
}
_MEASURES = {"cost": ("cost", "loss"), "accuracy": ("accuracy", "acc")}
_SPELLINGS: dict[str, str] = {
    prefix + word: f"{part}_{measure}"
    for part, prefixes in _PARTS.items()
    for measure, words in _MEASURES.items()
    for prefix in prefixes
    for word in words
}
_SPELLINGS |= {"grad_norm": "gradient_norm", "seconds": "epoch_seconds", "time": "epoch_seconds"}
KNOWN: dict[str, str] = {**_SPELLINGS, **{name: name for name in METRICS}}


def canonical_metric(name: str) -> str | None:
    """The metric that a name or spelling means, or None."""
    folded = name.strip().lower().replace("-", "_").replace("/", "_")
    return KNOWN.get(folded)


def default_goal(metric: str) -> str:
    """minimize, but maximize for accuracies."""
    return "maximize" if metric in MAXIMIZED else "minimize"
