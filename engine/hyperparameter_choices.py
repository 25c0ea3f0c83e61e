"""The names among which the hyperparameters choose, and their other common spellings. Used by the registry."""

from __future__ import annotations

from engine.hyperparameter_kinds import Choice

ACTIVATIONS = Choice(
    (
        "sigmoid",
        "tanh",
        "arctan",
        "relu",
        "leaky_relu",
        "prelu",
        "elu",
        "softplus",
        "silu",
        "gelu",
        "identity",
    ),
    (("logistic", "sigmoid"), ("linear", "identity"), ("swish", "silu"), ("leakyrelu", "leaky_relu")),
)
OUTPUT_ACTIVATIONS = Choice(("identity", "sigmoid", "softmax"), (("linear", "identity"), ("logistic", "sigmoid")))
COSTS = Choice(
    ("sum_of_squares", "mean_squared_error", "cross_entropy", "binary_cross_entropy"),
    (
        ("mse", "mean_squared_error"),
        ("categorical_crossentropy", "cross_entropy"),
        ("crossentropy", "cross_entropy"),
        ("bce", "binary_cross_entropy"),
        ("binary_crossentropy", "binary_cross_entropy"),
    ),
)
INITIALIZATIONS = Choice(
    (
        "normal",
        "uniform",
        "zeros",
        "constant",
        "lecun_normal",
        "lecun_uniform",
        "glorot_normal",
        "glorot_uniform",
        "he_normal",
        "he_uniform",
        "orthogonal",
    ),
    (
        ("xavier_normal", "glorot_normal"),
        ("xavier_uniform", "glorot_uniform"),
        ("xavier", "glorot_uniform"),
        ("glorot", "glorot_uniform"),
        ("kaiming_normal", "he_normal"),
        ("kaiming_uniform", "he_uniform"),
        ("he", "he_normal"),
        ("zero", "zeros"),
    ),
)
OPTIMIZERS = Choice(("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"))
SCHEDULES = Choice(("constant", "step", "exponential", "cosine"))
SCALINGS = Choice(("min_max", "standard", "none"), (("minmax", "min_max"), ("standardize", "standard")))
PRECISIONS = Choice(("float32", "float64"), (("single", "float32"), ("double", "float64")))
COST_RECORDINGS = Choice(("whole_set", "running_mean"))
