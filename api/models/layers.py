"""Bodies about layers: their numbers epoch by epoch, and the words that follow from them (`engine.health`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from pydantic import Field

from api.models.base import Body, Count, Real
from api.models.curves import columns_of
from engine import health
from results.values import LayerRow


class Finding(Body):
    """What a layer suffered from: vanishing, exploding, saturated or dead, by the rules of `docs/layer-health.md`."""

    name: str
    first_epoch: Count
    last_epoch: Count
    epochs: Count = Field(description="in how many epochs from the first to the last")


class LayerHealth(Body):
    """One weight layer, epoch by epoch; `layer` counts from 1, the last is the output."""

    layer: int = Field(ge=1)
    findings: list[Finding] = Field(description="vanishing, exploding, saturated or dead, where it was; else empty")
    epoch: list[Count]
    gradient_norm: list[Real]
    weight_norm: list[Real]
    update_ratio: list[Real] = Field(description="norm of the epoch's change over the weight norm")
    activation_mean: list[Real]
    activation_deviation: list[Real]
    saturated_share: list[Real]
    dead_share: list[Real]


def layers_of(rows: Sequence[LayerRow], epochs: Collection[int] | None = None) -> list[LayerHealth]:
    """Every layer of one trial, from the input side; `epochs`: the numbers of these alone, the findings of all."""
    found = _findings(rows)
    if epochs is not None:
        rows = [row for row in rows if row.epoch in epochs]
    numbers = sorted({row.layer for row in rows})
    return [
        LayerHealth.model_validate(
            columns_of([row for row in rows if row.layer == number])
            | {"layer": number, "findings": found.get(number, [])}
        )
        for number in numbers
    ]


def _findings(rows: Sequence[LayerRow]) -> dict[int, list[Finding]]:
    """The findings of each layer by its number, in the order in which they appeared."""
    epochs: dict[tuple[int, str], list[int]] = {}
    for epoch, group in groupby(sorted(rows, key=lambda row: (row.epoch, row.layer)), key=lambda row: row.epoch):
        layers = list(group)
        for row, names in zip(layers, health.health([_numbers(row) for row in layers]), strict=True):
            for name in names:
                epochs.setdefault((row.layer, name), []).append(epoch)
    found: dict[int, list[Finding]] = {}
    for (layer, name), when in epochs.items():
        finding = Finding(name=name, first_epoch=when[0], last_epoch=when[-1], epochs=len(when))
        found.setdefault(layer, []).append(finding)
    return found


def _numbers(row: LayerRow) -> health.LayerHealth:
    return health.LayerHealth(row.gradient_norm, row.update_ratio, row.saturated_share, row.dead_share)
