"""How many replicates decide: the power of what is said to be needed, for effects that are known and that are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from comparison.further import further_replicates
from comparison.paired import t_tests
from comparison.power import power, replicates_needed
from comparison.sureness import SIGNIFICANT

Numbers = NDArray[np.float64]
EFFECTS = (0.5, 0.8, 1.0, 1.5, 2.0)
PILOTS = (3, 5, 10)
CONFIGURATIONS = 5  # 10 pairs of them, for a level of 0.5 %
MOST_PILOTS = 40  # times the draws: larger effects are hardly ever undecided


@dataclass(frozen=True)
class Planned:
    """For a known effect: the replicates said to be needed, and what so many, one less and one more do see."""

    effect: float
    needed: int
    seen: float
    with_one_less: float | None  # None: there would be fewer than 3
    with_one_more: float


@dataclass(frozen=True)
class Further:
    """For an effect that only `pilot` replicates have shown, tested at `level`; shares of simulations.

    Of those that are undecided at once: the median of `more`, the share that so many new ones decide alone, and the
    shares decided, wrongly too, by all together (a second look at the first ones). `wrong` is of the new ones alone.
    """

    effect: float
    at_once: float
    more: float
    alone: float
    wrong: float
    together: float
    wrong_together: float


def planned(draws: int) -> list[Planned]:
    """One for each effect."""
    found = []
    for effect in EFFECTS:
        needed = int(replicates_needed(np.array([effect]), SIGNIFICANT)[0])
        less, seen, more = (_seen(effect, count, draws) for count in (needed - 1, needed, needed + 1))
        found.append(Planned(effect, needed, seen, less if needed > 3 else None, more))
    return found


def _seen(effect: float, count: int, draws: int) -> float:
    p, _ = t_tests(np.random.default_rng((23, count)).normal(effect, 1, (max(2, count), draws)))
    return float(np.mean(p <= SIGNIFICANT))


def further(effect: float, draws: int, pilot: int = 5, level: float = SIGNIFICANT) -> Further | None:
    """Pilots of this effect until `draws` are undecided, and what `more` of each of these gives.

    None where `MOST_PILOTS` times the draws leave less than a quarter of that undecided. The sum and the squares of the
    new differences are drawn, not each of them: the t test needs no more.
    """
    random = np.random.default_rng((24, pilot, int(10 * effect)))
    undecided = 1 - float(power(np.array([effect]), np.array([float(pilot)]), level)[0])
    if undecided * MOST_PILOTS < 0.25:
        return None
    first = random.normal(effect, 1, (pilot, int(draws * min(MOST_PILOTS, 1 / undecided))))
    p, _ = t_tests(first)
    mean, squares = first.mean(axis=0)[p > level], first.var(axis=0)[p > level] * pilot
    more = further_replicates(_t(mean, squares, pilot), np.full(len(mean), pilot), level)
    new_mean, new_squares = random.normal(effect, 1 / np.sqrt(more)), random.chisquare(more - 1)
    total = pilot + more
    all_mean = (pilot * mean + more * new_mean) / total
    all_squares = squares + new_squares + pilot * more / total * (mean - new_mean) ** 2
    alone = _decided(new_mean, new_squares, more, level)
    together = _decided(all_mean, all_squares, total, level)
    wrong, wrong_together = alone & (new_mean * effect <= 0), together & (all_mean * effect <= 0)
    shares = (float(np.mean(one)) for one in (alone, wrong, together, wrong_together))
    return Further(effect, float(np.mean(p <= level)), float(np.median(more)), *shares)


def _t(mean: Numbers, squares: Numbers, count: NDArray[np.int64] | int) -> Numbers:
    """Student's t of numbers whose squares about their mean add up to `squares`."""
    return np.asarray(mean / np.sqrt(squares / (np.asarray(count) - 1) / count))


def _decided(mean: Numbers, squares: Numbers, count: NDArray[np.int64], level: float) -> NDArray[np.bool_]:
    return np.asarray(2 * student.sf(np.abs(_t(mean, squares, count)), count - 1) <= level)
