"""How often verdicts are wrong where there is nothing to find, and how often they find what there is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from benchmarks.statistics.shapes import SYMMETRIC
from comparison.paired import t_tests
from comparison.power import replicates_needed
from comparison.sureness import SIGNIFICANT

Numbers = NDArray[np.float64]
COUNTS = (3, 5, 10, 20)
CONFIGURATIONS = 24
EFFECTS = (0.0, 0.5, 0.8, 1.0, 1.5, 2.0)
PILOT = 5
MOST_MORE = 1000


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


def planned(draws: int) -> list[tuple[float, int, float]]:
    """(true effect, replicates that it is said to need, share of simulated comparisons that see it with so many)."""
    found = []
    for effect in EFFECTS[1:]:
        needed = int(replicates_needed(np.array([effect]), SIGNIFICANT)[0])
        p, _ = t_tests(np.random.default_rng((23, needed)).normal(effect, 1, (needed, draws)))
        found.append((effect, needed, float(np.mean(p <= SIGNIFICANT))))
    return found


def added(draws: int) -> list[tuple[float, float, float, float, float]]:
    """What `more` is worth when the effect is only known from 5 replicates.

    (true effect, decided at once, median of `more` where undecided, decided then with so many more, wrong in all).
    The sum and the squares of the added differences are drawn, not each of them: the t test needs no more.
    """
    return [_added(effect, draws) for effect in EFFECTS]


def _added(effect: float, draws: int) -> tuple[float, float, float, float, float]:
    random = np.random.default_rng((24, int(10 * effect)))
    pilot = random.normal(effect, 1, (PILOT, draws))
    p, seen = t_tests(pilot)
    undecided = p > SIGNIFICANT
    needed = replicates_needed(seen[undecided], SIGNIFICANT)
    more = np.where(needed > 0, np.maximum(1, needed - PILOT), MOST_MORE)
    pooled_p, mean = _pooled(pilot[:, undecided], more, effect, random)
    decided = pooled_p <= SIGNIFICANT
    first_mean = pilot.mean(axis=0)[~undecided]
    wrong = np.sum(decided & (mean * effect <= 0)) + np.sum(first_mean * effect <= 0)
    return effect, float(np.mean(~undecided)), float(np.median(more)), float(np.mean(decided)), float(wrong / draws)


def _pooled(
    pilot: Numbers, more: NDArray[np.int64], effect: float, random: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """P and mean of the pilot and `more` further differences together."""
    first = len(pilot)
    total = first + more
    added_mean = random.normal(effect, 1 / np.sqrt(more))
    added_squares = np.where(more > 1, random.chisquare(np.maximum(1, more - 1)), 0.0)
    pilot_mean = pilot.mean(axis=0)
    squares = ((pilot - pilot_mean) ** 2).sum(axis=0) + added_squares
    squares += first * more / total * (pilot_mean - added_mean) ** 2
    mean = (first * pilot_mean + more * added_mean) / total
    statistic = np.abs(mean) / np.sqrt(squares / (total - 1) / total)
    return np.asarray(2 * student.sf(statistic, total - 1)), mean
