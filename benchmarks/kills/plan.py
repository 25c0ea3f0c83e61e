"""Which kills, in which order: everything follows from the seed and the number of kills."""

from __future__ import annotations

import random
from dataclasses import dataclass

RANDOM = "at a random instant"
WORKER = "the whole worker, both processes"
SCHEDULER = ("recovery.uncommitted", "recovery.committed", "recovery.sent")
WHILE_HELD = (
    "claim.committed",
    "flush.uncommitted",
    "flush.committed",
    "checkpoint.uncommitted",
    "checkpoint.committed",
    "end.appended",
    "end.uncommitted",
)
OUTSIDE = ("claim.uncommitted", "end.committed", WORKER, *SCHEDULER)


@dataclass(frozen=True)
class Kill:
    """One kill: at a failpoint, or at most `seconds` after a job was seen in the process's hands."""

    where: str
    seconds: float = 0.0


def planned(kills: int, seed: int) -> list[Kill]:
    """Nine in ten while a job is held, four of those at random instants; the others around that."""
    draw = random.Random(f"kills/{seed}")
    return [_drawn(draw, number) for number in range(kills)]


def _drawn(draw: random.Random, number: int) -> Kill:
    if number % 10 == 9:
        return Kill(draw.choice(OUTSIDE))
    if number % 10 < 4:
        return Kill(RANDOM, draw.uniform(0.1, 1.5))
    return Kill(draw.choice(WHILE_HELD))
