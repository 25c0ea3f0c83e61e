"""How many epochs a trial needed to a given validation cost: the measure of convergence speed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def epochs_to_targets(validation_cost: Sequence[float | None], targets: Iterable[float]) -> dict[float, int]:
    """Target -> first epoch whose validation cost is at or below it; targets that were not reached are left out.

    Index of `validation_cost` is the epoch, None a cost that is not finite.
    """
    found: dict[float, int] = {}
    for target in targets:
        reached = (epoch for epoch, cost in enumerate(validation_cost) if cost is not None and cost <= target)
        epoch = next(reached, None)
        if epoch is not None:
            found[target] = epoch
    return found
