"""The one registry of hyperparameters: what may be swept, in which range, with which default.

`Configuration` is the registry: each field is one hyperparameter, declared with its meaning, kind, default and
whether it may differ between the trials of one fused array. The sweep schema, its aliases, the typed SQL columns,
the MLflow parameters and the documentation are all derived from here. Light: imports no NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, cast

from engine.errors import AmbiguousHyperparameter, InvalidHyperparameter, UnknownHyperparameter
from engine.hyperparameter_choices import (
    ACTIVATIONS,
    COST_RECORDINGS,
    COSTS,
    INITIALIZATIONS,
    OPTIMIZERS,
    OUTPUT_ACTIVATIONS,
    PRECISIONS,
    SCALINGS,
    SCHEDULES,
)
from engine.hyperparameter_entry import Hyperparameter as Hyperparameter
from engine.hyperparameter_kinds import Choices, Integer, Kind, Name, Number, Sizes, Value


def _entry(kind: Kind, default: Value, meaning: str, **facts: Any) -> Any:
    """A dataclass field that carries its registry entry; `facts` are the remaining ones of `Hyperparameter`."""
    return field(default=default, metadata={"kind": kind, "meaning": meaning, **facts})


@dataclass(frozen=True)
class Configuration:
    """One point of a search space: a value for every hyperparameter, seeds excluded.

    Build it with `configuration(...)`, which parses; the constructor takes canonical values as they are.
    """

    dataset: str = _entry(Name(), "digits", "the data set to learn", aliases=("data", "data_set"))
    layers: tuple[int, ...] = _entry(
        Sizes(),
        (32,),
        "units of each hidden layer; the sizes of input and output follow from the data set",
        aliases=("hidden_layers", "hidden_layer_sizes", "hidden_sizes", "hidden_units", "hidden_size", "fc_layer_size"),
    )
    activation: str | tuple[str, ...] = _entry(
        Choices(ACTIVATIONS), "sigmoid", "activation function of the hidden layers, one for all or one per layer"
    )
    activation_slope: float | None = _entry(
        Number(0, 10),
        None,
        "slope for negative inputs of leaky ReLU, initial slope of PReLU, alpha of ELU",
        aliases=("negative_slope",),
        optional=True,
        default_text="0.01 for leaky ReLU, 0.25 for PReLU, 1 for ELU",
    )
    output_activation: str | None = _entry(
        OUTPUT_ACTIVATIONS,
        None,
        "activation function of the output layer",
        optional=True,
        default_text="softmax for cross_entropy, sigmoid for binary_cross_entropy; "
        "for the squares sigmoid when classifying, identity in regression",
    )
    cost: str = _entry(COSTS, "sum_of_squares", "the cost that is minimised", aliases=("loss", "loss_function"))
    initialization: str = _entry(
        INITIALIZATIONS,
        "normal",
        "how the weights are drawn before training",
        per_trial=True,
        aliases=("init", "initializer", "initialisation", "weight_init", "weight_initialization"),
    )
    initialization_scale: float | None = _entry(
        Number(0, 1000),
        None,
        "standard deviation of normal, limit of uniform, value of constant, gain of the others",
        per_trial=True,
        aliases=("init_scale",),
        optional=True,
        default_text="0.1 for normal, uniform and constant, a gain of 1 for the others",
    )
    initial_bias: float = _entry(
        Number(-1000, 1000), 0.0, "value of every bias before training", per_trial=True, aliases=("bias_init",)
    )
    optimizer: str = _entry(OPTIMIZERS, "sgd", "the rule that turns gradients into updates", aliases=("optimiser",))
    learning_rate: float = _entry(
        Number(0, 1e6, low_open=True),
        0.5,
        "eta: the step along the negative gradient",
        per_trial=True,
        aliases=("lr", "eta", "learningrate"),
    )
    momentum: float = _entry(
        Number(0, 1, high_open=True), 0.9, "share of the last update kept by momentum and Nesterov", per_trial=True
    )
    beta1: float = _entry(
        Number(0, 1, high_open=True), 0.9, "Adam's decay of the mean gradient", per_trial=True, aliases=("beta_1",)
    )
    beta2: float | None = _entry(
        Number(0, 1, high_open=True),
        None,
        "decay of the mean squared gradient in Adam and RMSprop",
        per_trial=True,
        aliases=("beta_2", "rho"),
        optional=True,
        default_text="0.999 for Adam, 0.99 for RMSprop",
    )
    epsilon: float = _entry(
        Number(0, 1, low_open=True),
        1e-8,
        "added to the root of the squared gradients in AdaGrad, RMSprop and Adam",
        per_trial=True,
        aliases=("eps",),
    )
    schedule: str = _entry(
        SCHEDULES,
        "constant",
        "how the learning rate changes over the epochs",
        per_trial=True,
        aliases=("lr_schedule", "learning_rate_schedule", "scheduler", "lr_scheduler"),
    )
    schedule_epochs: int = _entry(
        Integer(1, 100_000),
        10,
        "epochs between two steps of the step schedule",
        per_trial=True,
        aliases=("step_epochs",),
    )
    schedule_factor: float = _entry(
        Number(0, 1, low_open=True),
        0.5,
        "factor per step of the step schedule, per epoch of the exponential one",
        per_trial=True,
        aliases=("gamma",),
    )
    schedule_floor: float = _entry(
        Number(0, 1), 0.0, "share of the learning rate at which the cosine schedule ends", per_trial=True
    )
    schedule_warmup: int = _entry(
        Integer(0, 100_000),
        0,
        "epochs of linear warm-up before the schedule begins",
        per_trial=True,
        aliases=("warmup", "warmup_epochs"),
    )
    batch_size: int = _entry(
        Integer(1, 65_536), 32, "samples of a mini-batch", aliases=("batch", "minibatch_size", "mini_batch_size")
    )
    epochs: int = _entry(
        Integer(1, 100_000),
        20,
        "passes over the training set",
        aliases=("epoch", "num_epochs", "n_epochs", "max_epochs"),
    )
    l2: float = _entry(
        Number(0, 1000),
        0.0,
        "weight of the penalty l2/2 times the sum of squared weights, biases excluded",
        per_trial=True,
        aliases=("weight_decay", "l2_penalty", "l2_regularization"),
    )
    dropout: float = _entry(
        Number(0, 1, high_open=True),
        0.0,
        "share of hidden activations dropped in each update",
        aliases=("dropout_rate", "drop_rate"),
    )
    clip_norm: float | None = _entry(
        Number(0, 1e6, low_open=True),
        None,
        "largest norm of a trial's whole gradient; longer ones are scaled down",
        per_trial=True,
        aliases=("clip", "max_grad_norm", "gradient_clip", "grad_clip"),
        optional=True,
        default_text="no clipping",
    )
    scaling: str = _entry(SCALINGS, "min_max", "how inputs are scaled, fitted on the training part alone")
    precision: str = _entry(PRECISIONS, "float32", "floating-point type of the training", aliases=("dtype",))
    cost_recording: str = _entry(
        COST_RECORDINGS,
        "whole_set",
        "whether the recorded training cost is taken over the whole set at the end of the epoch, "
        "or is the running mean over the epoch's mini-batches",
    )


HYPERPARAMETERS: dict[str, Hyperparameter] = {
    entry.name: Hyperparameter(name=entry.name, default=cast(Value, entry.default), **entry.metadata)
    for entry in fields(Configuration)
}
_CANONICAL: dict[str, str] = {
    spelling: name for name, entry in HYPERPARAMETERS.items() for spelling in (name, *entry.aliases)
}
# Names that other tools and texts give to different things: which of ours each may mean.
AMBIGUOUS: dict[str, tuple[str, ...]] = {
    # a learning rate in texts, scikit-learn's penalty, the slope of ReLU's relatives, Goodfellow's momentum
    "alpha": ("learning_rate", "l2", "activation_slope", "momentum"),
    "beta": ("momentum", "beta1", "beta2"),
    # of the learning rate in Keras, of the weights, of an optimizer's averages
    "decay": ("schedule_factor", "l2", "beta2"),
    "decay_rate": ("schedule_factor", "l2", "beta2"),
    # a factor, or Keras's and Adagrad's share lost per update, which is none at 0; or the name of a schedule
    "lr_decay": ("schedule", "schedule_factor"),
    "learning_rate_decay": ("schedule", "schedule_factor"),
    # the learning rate in texts, StepLR's epochs in PyTorch
    "step_size": ("learning_rate", "schedule_epochs"),
}


def canonical_name(name: str, group: str = "") -> str:
    """The registered name for a name or alias, which a group of parameters may make clear: `schedule` of `decay`.

    Raises `AmbiguousHyperparameter` with those it may mean, `UnknownHyperparameter` with the nearest one.
    """
    folded = name.strip().lower().replace("-", "_")
    if folded in _CANONICAL:
        return _CANONICAL[folded]
    if folded in AMBIGUOUS:
        within = _CANONICAL.get(group.strip().lower().replace("-", "_"), group)
        members = [one for one in AMBIGUOUS[folded] if one.startswith(f"{within}_")]
        if len(members) == 1:
            return members[0]
        raise AmbiguousHyperparameter(name, AMBIGUOUS[folded])
    near = get_close_matches(folded, _CANONICAL, n=1)
    raise UnknownHyperparameter(name, _CANONICAL[near[0]] if near else None)


def configuration(values: Mapping[str, object]) -> Configuration:
    """A configuration from raw values under their names or aliases; what is missing takes its default.

    Raises `InvalidHyperparameter` for a value out of range, and where two values do not go together.
    """
    canonical = {canonical_name(name): value for name, value in values.items()}
    parsed: dict[str, Any] = {name: HYPERPARAMETERS[name].parse(value) for name, value in canonical.items()}
    whole = Configuration(**parsed)
    _check_together(whole)
    return whole


def _check_together(whole: Configuration) -> None:
    """Raises `InvalidHyperparameter` where two values do not go together."""
    if isinstance(whole.activation, tuple) and len(whole.activation) != len(whole.layers):
        raise InvalidHyperparameter(
            "activation", f"names {len(whole.activation)} layers, but layers has {len(whole.layers)}"
        )
    needed = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}.get(whole.cost)
    if needed and whole.output_activation not in (None, needed):
        raise InvalidHyperparameter(
            "output_activation", f"must be {needed} with {whole.cost}, not {whole.output_activation}"
        )


def values_of(whole: Configuration) -> dict[str, Value]:
    """Every hyperparameter by name, in the registry's order."""
    return {name: getattr(whole, name) for name in HYPERPARAMETERS}


def fusion_key(whole: Configuration) -> tuple[Value, ...]:
    """What two trials must have in common to be trained in one array."""
    return tuple(getattr(whole, name) for name, entry in HYPERPARAMETERS.items() if not entry.per_trial)
