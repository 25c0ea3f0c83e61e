"""What the numbers of a layer say: vanishing, exploding, saturated, dead, by stated rules.

Pure functions of one trial's layer records; called wherever they are shown. The thresholds are conventions of ours
around observations of the sources, not theorems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Glorot and Bengio 2010, section 4: with poor weights the gradients shrink from layer to layer towards the input.
# Each layer adds one factor to the chain; sigmoid's derivative alone is at most 1/4 (Nielsen, chapter 5).
VANISHING_RATIO = 1e-3
# Pascanu, Mikolov and Bengio 2013, section 2: norms that grow along the chain; an epoch that changes a layer by more
# than its own norm keeps nothing of what it had learned (healthy updates are near 1e-3 of the weights a step).
EXPLODING_RATIO = 1e3
EXPLODING_UPDATE = 1.0
# Rakitianskaia and Engelbrecht 2015: the mean distance of a unit's outputs from the middle of its range; a unit is
# counted at 0.95 of the half range (`engine.layer_probe`), a layer here when half of its units are.
SATURATED_SHARE = 0.5
# Maas, Hannun and Ng 2013; Lu et al. 2019, "Dying ReLU and initialization": units silent for every sample.
DEAD_SHARE = 0.5


@dataclass(frozen=True)
class LayerHealth:
    """What the rules read of one layer at one epoch; None where a number is not defined."""

    gradient_norm: float | None
    update_ratio: float | None
    saturated_share: float | None
    dead_share: float | None


def health(layers: Sequence[LayerHealth]) -> tuple[tuple[str, ...], ...]:
    """The names that apply to each layer, layers from the input on, the last one being the output.

    - vanishing: the gradient norm is below 1e-3 of the largest one in the layers after it.
    - exploding: the gradient norm is above 1e3 of the smallest one in the layers after it, or the epoch changed the
      layer by more than its own norm.
    - saturated: at least half of a hidden layer's units. Outputs are not named: a good classifier's are near 0 or 1.
    - dead: at least half of a hidden layer's units.
    """
    return tuple(_names(layer, layers[number + 1 :]) for number, layer in enumerate(layers))


def _names(layer: LayerHealth, after: Sequence[LayerHealth]) -> tuple[str, ...]:
    hidden = bool(after)
    rules = {
        "vanishing": _vanishing(layer, after),
        "exploding": _exploding(layer, after),
        "saturated": hidden and (layer.saturated_share or 0) >= SATURATED_SHARE,
        "dead": hidden and (layer.dead_share or 0) >= DEAD_SHARE,
    }
    return tuple(name for name, applies in rules.items() if applies)


def _vanishing(layer: LayerHealth, after: Sequence[LayerHealth]) -> bool:
    norms = _norms(after)
    return layer.gradient_norm is not None and bool(norms) and layer.gradient_norm < VANISHING_RATIO * max(norms)


def _exploding(layer: LayerHealth, after: Sequence[LayerHealth]) -> bool:
    if layer.update_ratio is not None and layer.update_ratio > EXPLODING_UPDATE:
        return True
    norms = _norms(after)
    return layer.gradient_norm is not None and bool(norms) and layer.gradient_norm > EXPLODING_RATIO * min(norms) > 0


def _norms(layers: Sequence[LayerHealth]) -> list[float]:
    return [layer.gradient_norm for layer in layers if layer.gradient_norm is not None]
