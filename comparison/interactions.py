"""Where the answer flips: values of other hyperparameters at which another value wins. For `comparison.marginals`.

An interaction is the reason why a value may be best on average and wrong for your setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comparison.matching import Matched
from comparison.ratios import log_ratios, ratio
from comparison.signed_rank import average_ranks, two_sided_p
from comparison.sureness import Sureness, sureness
from engine.hyperparameter_kinds import Value

MOST_SETTINGS = 20


@dataclass(frozen=True)
class Flip:
    """Where other hyperparameters are `at` these values, `best` did better than the value that is best over all.

    `at`: one of the others, or, for a single setting, all of them. `ratio`: median over the `units` there of the loss
    of the value best over all over that of `best` (None: infinite); `wins`: units in which `best` did better than it.
    `sureness`: of that pair, over these units: where it is "too few to say" or "not decided" the flip may be chance.
    """

    at: Mapping[str, Value]
    best: Value
    ratio: float | None
    wins: int
    units: int
    sureness: Sureness


def flips(match: Matched, best: Value, others: Sequence[str]) -> tuple[Flip, ...]:
    """First values of one other hyperparameter, in the order given, then single settings that these do not explain.

    At most `MOST_SETTINGS` of the latter, those of the lowest losses first: there it matters most. Empty where
    replicates are the units.
    """
    if match.unit != "block":
        return ()
    found = []
    for place, name in enumerate(others):
        for at in dict.fromkeys(block[place] for block in match.settings):
            rows = np.array([block[place] == at for block in match.settings])
            found += _flip(match, best, {name: at}, rows)  # type: ignore[dict-item]
    return (*found, *(_settings(match, best, others, found) if len(others) > 1 else ()))


def _settings(match: Matched, best: Value, others: Sequence[str], explained: Sequence[Flip]) -> list[Flip]:
    found = []
    for place in np.argsort(match.losses.min(axis=1), kind="stable"):
        block = match.settings[place]
        at = dict(zip(others, block, strict=True))
        rows = np.arange(len(match.settings)) == place
        found += _flip(match, best, at, rows)
    return [one for one in found if not any(_within(one, other) for other in explained)][:MOST_SETTINGS]


def _within(setting: Flip, flip: Flip) -> bool:
    return setting.best == flip.best and flip.at.items() <= setting.at.items()


def _flip(match: Matched, best: Value, at: Mapping[str, Value], rows: NDArray[np.bool_]) -> list[Flip]:
    """The flip, if there is one among these rows; not where they are all that is matched."""
    losses = match.losses[rows]
    ranks = np.array([average_ranks(row) for row in losses]).mean(axis=0)
    place, usual = int(np.argmin(ranks)), match.values.index(best)
    if len(losses) == len(match.losses) or ranks[place] == ranks[usual]:
        return []
    logs = log_ratios(losses[:, usual], losses[:, place])
    p = two_sided_p(logs)
    in_play = max(1, len(match.values) - 1)
    flip = Flip(
        at=at,
        best=match.values[place],
        ratio=ratio(float(np.median(logs))),
        wins=int(np.count_nonzero(logs > 0)),
        units=len(logs),
        sureness=sureness(p, min(1.0, p * in_play), len(logs)),
    )
    return [flip]
