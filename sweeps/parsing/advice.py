"""Notes on what is allowed but probably not meant. Refuses nothing; called by `sweeps.parsing.sweep`."""

from __future__ import annotations

from collections.abc import Callable

from engine.hyperparameter_kinds import Value
from engine.shapes import training_samples
from sweeps.parsing.combinations import Datasets
from sweeps.parsing.findings import Findings
from sweeps.parsing.pairs import Pairs

# hyperparameter -> the one it depends on, and for which of its values it has an effect
EFFECTIVE: dict[str, tuple[str, Callable[[Value], bool]]] = {
    "momentum": ("optimizer", frozenset({"momentum", "nesterov"}).__contains__),
    "beta1": ("optimizer", frozenset({"adam"}).__contains__),
    "beta2": ("optimizer", frozenset({"adam", "rmsprop"}).__contains__),
    "epsilon": ("optimizer", frozenset({"adagrad", "adam", "rmsprop"}).__contains__),
    "schedule_epochs": ("schedule", frozenset({"step"}).__contains__),
    "schedule_factor": ("schedule", frozenset({"step", "exponential"}).__contains__),
    "schedule_floor": ("schedule", frozenset({"cosine"}).__contains__),
    "initialization_scale": ("initialization", lambda value: value != "zeros"),
    # without hidden layers there is nothing to activate or to drop
    "activation": ("layers", bool),
    "dropout": ("layers", bool),
}


def advise(pairs: Pairs, datasets: Datasets, validation_fraction: float, findings: Findings) -> None:
    """Note values without effect, and mini-batches larger than the training set."""
    for name in pairs.parameters:
        if name in EFFECTIVE:
            _note_without_effect(name, pairs, findings)
    for dataset in pairs.values("dataset"):
        facts = datasets.get(str(dataset))
        if facts is not None:
            samples = training_samples(facts.samples, validation_fraction)
            _note_large_batches(facts.name, samples, pairs, findings)


def _note_without_effect(name: str, pairs: Pairs, findings: Findings) -> None:
    other, has_effect = EFFECTIVE[name]
    values = pairs.parameters[name].values
    several = len(set(values)) > 1
    if not pairs.linked(name, other):
        values = values[:1]  # what goes with one goes with all
    settings = dict.fromkeys(partner for value in values for partner in pairs.partners(name, value, other))
    idle = ", ".join(_text(value) for value in settings if not has_effect(value))
    if idle and several:
        findings.note(f"{name} has no effect with {other} {idle}: its values repeat the same training there.")
    elif idle and not any(map(has_effect, settings)):
        findings.note(f"{name} has no effect with {other} {idle}.")


def _note_large_batches(dataset: str, samples: int, pairs: Pairs, findings: Findings) -> None:
    large = [size for size in pairs.values("batch_size") if isinstance(size, int) and size > samples]
    if large:
        sizes = ", ".join(map(str, large))
        findings.note(
            f"batch_size {sizes} exceeds the {samples} training samples of {dataset}: an epoch is one update there."
        )


def _text(value: Value) -> str:
    return str(list(value)) if isinstance(value, tuple) else str(value)
