"""Numbers and settings as a diagnosis words them: 1/4,000, normal(1), 0.12."""

from __future__ import annotations

from engine.hyperparameters import Configuration
from engine.initializations.registry import default_scale
from engine.shapes import hidden_activations


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"


def share(ratio: float) -> str:
    """A ratio as people say it: 1/4,000 of, 3.2 times."""
    if ratio == 0:
        return "nothing of"
    return f"1/{number(1 / ratio)} of" if ratio < 0.7 else f"{number(ratio)} times"


def proportion(ratio: float) -> str:
    """A ratio as a number: 1/4,000, 3.2."""
    return share(ratio).removesuffix(" of").removesuffix(" times")


def weights(configuration: Configuration) -> str:
    """The initialisation with its scale: normal(1), glorot_normal."""
    name, scale = configuration.initialization, configuration.initialization_scale
    sized = default_scale(name) != 1.0  # the scale is a size of weights, which the name alone does not say
    if (scale is None and not sized) or name == "zeros":
        return name
    return f"{name}({number(default_scale(name) if scale is None else scale)})"


def units(configuration: Configuration) -> str:
    """The hidden activations, each once."""
    return ", ".join(dict.fromkeys(hidden_activations(configuration))) or "no hidden layers"
