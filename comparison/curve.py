"""One trial's cost curve, as the outcome rules take it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Curve:
    """Costs by epoch, from epoch 0 (before the first update); None where a cost is not finite.

    `constant_cost`: training cost of the best constant prediction, the least that a network should beat.
    `gradient_norm`: root mean square over each epoch's mini-batch gradients, None at epoch 0; empty where not known.
    `updates_per_epoch`: mini-batches of an epoch, None where not known.
    """

    train_cost: tuple[float | None, ...]
    validation_cost: tuple[float | None, ...]
    constant_cost: float
    gradient_norm: tuple[float | None, ...] = ()
    updates_per_epoch: int | None = None

    def __post_init__(self) -> None:
        """Both curves have a value for every epoch."""
        if len(self.train_cost) != len(self.validation_cost):
            raise ValueError(
                f"{len(self.train_cost)} training costs but {len(self.validation_cost)} validation costs; "
                "a curve has one of each per epoch"
            )
        if self.gradient_norm and len(self.gradient_norm) != len(self.train_cost):
            raise ValueError(f"{len(self.gradient_norm)} gradient norms but {len(self.train_cost)} training costs")
