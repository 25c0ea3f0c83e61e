"""A seeded nemesis: disturbs a stack again and again while a user works with it, then lets it come to rest."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.faults.checking.checker import check
from tests.faults.disturbances import Disturbance
from tests.faults.history import User, sweep
from tests.faults.stack import Stack


def disturb(stack: Stack, seed: int, chosen: Sequence[Disturbance], rounds: int) -> list[str]:
    """What is wrong when all is drained, with what was done before; nothing else may come of it.

    Each of `chosen` strikes as often as the others, in an order that follows from the seed.
    """
    draw = random.Random(f"nemesis/{seed}")
    undisturbed = stack.client.submit(sweep("undisturbed"))["id"]
    stack.until(lambda: stack.sweep(undisturbed)["finished_at"])
    user = User(stack.client.url, seed)
    user.start()
    struck = []
    for strike in [one for _ in range(rounds) for one in draw.sample(chosen, len(chosen))]:
        before = stack.everything_recorded()
        strike(stack, draw)
        struck.append(strike.__name__)
        stack.until(lambda before=before: stack.everything_recorded() > before)  # it goes on
    history = user.stop()
    stack.disarm()
    stack.until(lambda: _at_rest(stack, [one.sweep_id for one in history if one.sweep_id]))
    wrong = check(stack.database, stack.settings.mlflow_tracking_uri, undisturbed, history)
    return [*wrong, f"after {struck}"] if wrong else []


def _at_rest(stack: Stack, acknowledged: list[int]) -> bool:
    """Whether every sweep has ended and MLflow was told."""
    return all(row["finished_at"] and row["tracked_state"] == row["state"] for row in stack.sweeps()) and all(
        stack.client.sweep(sweep_id)["tracked"] for sweep_id in acknowledged
    )
