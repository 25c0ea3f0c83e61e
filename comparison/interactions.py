"""Where the answer flips: values of another hyperparameter at which another value wins. Used by `comparison.marginals`.

An interaction is the reason why a value may be best on average and wrong for your setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.matching import Matched
from comparison.ratios import log_ratios, ratio
from comparison.signed_rank import average_ranks, two_sided_p
from comparison.sureness import Sureness, sureness
from engine.hyperparameter_kinds import Value


@dataclass(frozen=True)
class Flip:
    """Where `hyperparameter` is `at`, `best` did better than the value that is best over all.

    `ratio`: median over those `units` of the loss of the value best over all over that of `best` (None: infinite);
    `wins`: units in which `best` did better than it. `sureness`: of that pair alone, over these units: where it is
    "too few to say" or "not decided", the flip may be chance.
    """

    hyperparameter: str
    at: Value
    best: Value
    ratio: float | None
    wins: int
    units: int
    sureness: Sureness


def flips(match: Matched, best: Value, others: Sequence[str]) -> tuple[Flip, ...]:
    """The flips, by the other hyperparameters in the order given; empty where replicates are the units."""
    if match.unit != "block":
        return ()
    found = []
    for place, name in enumerate(others):
        for at in dict.fromkeys(block[place] for block in match.settings):
            rows = np.array([block[place] == at for block in match.settings])
            flip = _flip(match, best, name, at, rows)  # type: ignore[arg-type]
            found += [flip] if flip else []
    return tuple(found)


def _flip(match: Matched, best: Value, name: str, at: Value, rows: NDArray[np.bool_]) -> Flip | None:
    losses = match.losses[rows]
    if len(losses) == len(match.losses):
        return None  # the only value that is matched: nothing to flip from
    ranks = np.array([average_ranks(row) for row in losses]).mean(axis=0)
    place, usual = int(np.argmin(ranks)), match.values.index(best)
    if ranks[place] == ranks[usual]:
        return None
    logs = log_ratios(losses[:, usual], losses[:, place])
    p = two_sided_p(logs)
    return Flip(
        hyperparameter=name,
        at=at,
        best=match.values[place],
        ratio=ratio(float(np.median(logs))),
        wins=int(np.count_nonzero(logs > 0)),
        units=len(logs),
        sureness=sureness(p, min(1.0, p * max(1, len(match.values) - 1)), len(logs)),
    )
