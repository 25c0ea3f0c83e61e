"""Does following the diagnosis help? `python -m benchmarks.diagnosis [--write]`: real trainings, about five minutes.

Draws configurations that no rule was written on (another seed than any used before), keeps the first fifty that go
badly, trains each anew with the diagnosis's advice, and as a control with as many changes drawn at random. Epochs stay
as they are: advice to train longer is not followed. `--write` puts the result into docs/diagnosis.md.
"""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.diagnosis.drawing import draw
from benchmarks.diagnosis.following import Followed, follow
from benchmarks.diagnosis.page import write
from benchmarks.diagnosis.training import train

SEED = 20260731
COUNT = 50
AIM = 0.8


def main(arguments: list[str]) -> int:
    """Print every configuration and the shares; 1 where the aim is missed."""
    random = np.random.default_rng(SEED)
    found: list[Followed] = []
    drawn = 0
    while len(found) < COUNT:
        drawn += 1
        trained = train(draw(random))
        if trained.bad:
            found.append(follow(trained, random))
            print(f"{len(found):2} {found[-1].line}", flush=True)
    helped = sum(one.helped for one in found)
    by_chance = sum(one.control_helped for one in found)
    print(f"{drawn} drawn, {COUNT} went badly; the advice lowered the cost in {helped}, random changes in {by_chance}.")
    if "--write" in arguments:
        write(found, drawn)
    return 0 if helped >= AIM * COUNT else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
