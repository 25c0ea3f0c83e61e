"""How often verdicts are wrong where there is nothing to find."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.statistics.shapes import SYMMETRIC
from comparison.paired import t_tests
from comparison.sureness import SIGNIFICANT

Numbers = NDArray[np.float64]
COUNTS = (3, 5, 10, 20)
CONFIGURATIONS = 24


def single(draws: int) -> list[tuple[str, list[float]]]:
    """(shape of the log-cost differences, share of wrong verdicts for each of `COUNTS` replicates)."""
    found = []
    for shape in SYMMETRIC:
        rates = []
        for count in COUNTS:
            p, _ = t_tests(shape.draw(np.random.default_rng((21, count)), (count, draws)))
            rates.append(float(np.mean(p <= SIGNIFICANT)))
        found.append((shape.name, rates))
    return found


def family(draws: int, replicates: int = 5) -> dict[str, float]:
    """Share of families of 24 configurations, all alike, in which any has a wrong verdict.

    Holm's first step decides that: the smallest p against 5 % divided by the number of tests.
    """
    random = np.random.default_rng((22, replicates))
    losses = random.normal(size=(draws, CONFIGURATIONS, replicates)) + random.normal(size=(draws, 1, replicates))
    leader = np.argmin(np.median(losses, axis=2), axis=1)
    to_leader = _smallest(losses - losses[np.arange(draws), leader][:, None])
    to_first = _smallest((losses - losses[:, :1])[:, 1:])
    pairs = CONFIGURATIONS * (CONFIGURATIONS - 1) // 2
    return {
        "the leader, over all pairs": float(np.mean(to_leader <= SIGNIFICANT / pairs)),
        "a reference named beforehand": float(np.mean(to_first <= SIGNIFICANT / (CONFIGURATIONS - 1))),
        "the leader, as if named beforehand (not used)": float(
            np.mean(to_leader <= SIGNIFICANT / (CONFIGURATIONS - 1))
        ),
        "the leader, without correction (not used)": float(np.mean(to_leader <= SIGNIFICANT)),
    }


def _smallest(differences: Numbers) -> Numbers:
    """The smallest p of each family of (families, configurations, replicates)."""
    families, configurations, replicates = differences.shape
    p, _ = t_tests(differences.reshape(-1, replicates).T)
    return np.asarray(p.reshape(families, configurations).min(axis=1))
