"""What early termination costs: how many of the trials that it stops would have been among the best. Pure.

Judged on the audited trials, which it would have stopped and which ran to their end all the same. Called by the API.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BEST_SHARE = 0.1
FEWEST = 20  # audited trials below which a rate of one in ten cannot be told from none
CONFIDENCE = 0.95


@dataclass(frozen=True)
class FullRun:
    """A trial that ran to its end. `loss`: its result, less is better; infinite where it diverged.

    `audited`: the rule would have stopped it.
    """

    loss: float
    audited: bool


@dataclass(frozen=True)
class Audit:
    """Of `stopped` trials that the rule stops, `audited` ran to their end; `killed` of them ended in the best tenth.

    `false_kill_rate`: killed / audited, with the exact 95 % interval (Clopper and Pearson 1934); None without audits.
    `best_stopped_share`: estimated share of the best tenth that the rule stops. `notes`: how far to trust it.
    """

    stopped: int
    audited: int
    killed: int
    false_kill_rate: float | None
    rate_low: float | None
    rate_high: float | None
    best_stopped_share: float | None
    notes: tuple[str, ...]


def audit(runs: Sequence[FullRun], stopped: int) -> Audit:
    """The audit of a sweep: all its full runs, and how many of its trials the rule stops, the audited included.

    The best tenth is that of all trials, stopped ones too: audited trials are a random sample of the stopped ones,
    so each stands for stopped / audited of them (Horvitz and Thompson 1952).
    """
    audited = sum(one.audited for one in runs)
    if not audited:
        return Audit(stopped, 0, 0, None, None, None, None, tuple(_notes(stopped, 0)))
    best = _best(runs, stopped / audited)
    killed = sum(one.audited for one in best)
    low, high = _interval(killed, audited)
    weights = [stopped / audited if one.audited else 1.0 for one in best]
    lost = sum(weight for one, weight in zip(best, weights, strict=True) if one.audited)
    share = lost / sum(weights) if best else None
    return Audit(stopped, audited, killed, killed / audited, low, high, share, tuple(_notes(stopped, audited)))


def _best(runs: Sequence[FullRun], weight: float) -> list[FullRun]:
    """The runs than which less than a tenth of all trials are better; audited ones count `weight` times."""
    weights = [weight if one.audited else 1.0 for one in runs]
    most = BEST_SHARE * sum(weights)
    found, better, equal, last = [], 0.0, 0.0, -math.inf
    for one, counts in sorted(zip(runs, weights, strict=True), key=lambda pair: pair[0].loss):
        if one.loss > last:
            better, equal, last = better + equal, 0.0, one.loss
        if better >= most - 1e-9 or not math.isfinite(one.loss):
            break
        equal += counts
        found.append(one)
    return found


def _interval(count: int, of: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    found = binomtest(count, of).proportion_ci(CONFIDENCE, method="exact")
    return float(found.low), float(found.high)


def _notes(stopped: int, audited: int) -> list[str]:
    if not stopped:
        return ["The rule has stopped nothing, so there is nothing to audit."]
    if not audited:
        return ["No audited trial has run to its end, so nothing is known of false kills; a larger audit would tell."]
    found = []
    if audited < FEWEST:
        found.append(
            f"Only {audited} audited {'trial has' if audited == 1 else 'trials have'} run to the end: the interval "
            f"says how little that tells; below {FEWEST} a rate of one in ten cannot be told from none."
        )
    found.append("A rule that stopped trials blindly would have a false-kill rate of one in ten.")
    return found
