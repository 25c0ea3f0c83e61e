"""Roles at work: for every setting of the scientific hyperparameters, the best setting of the nuisance ones.

Called by `comparison.comparison`. After the deep-learning tuning playbook (Godbole, Dahl, Gilmer, Shallue and Nado,
2023): scientific hyperparameters are what is asked about, nuisance ones must be optimised out to compare them fairly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from comparison.judging import Judge, has_result
from comparison.matching import hashable
from comparison.results import TrialResult
from comparison.spread import Spread, finite, quantile, spread
from engine.hyperparameter_kinds import Value

Setting = tuple[Value, ...]
Losses = dict[int, float]  # replicate -> loss


@dataclass(frozen=True)
class IsolatedSetting:
    """One setting of the scientific hyperparameters. `best`: the nuisance setting of the lowest median loss.

    `loss`: over the replicates of `best`, None while nothing has ended. `tried`: how many nuisance settings have ended.
    `held_out_loss`: median over replicates, each at the nuisance setting that is best on the *other* replicates: what
    the best is worth when it was not chosen by the number it is judged by. None with fewer than two replicates, and
    where it is infinite.
    """

    values: Mapping[str, Value]
    best: Mapping[str, Value] | None
    loss: Spread | None
    held_out_loss: float | None
    tried: int


@dataclass(frozen=True)
class Isolation:
    """`settings`: lowest median loss first. `winner`: the first one's values.

    None while nothing has ended, and where another setting has the same loss. `held_out_winner`: the one of the lowest
    held-out loss, likewise; where it is another, the winner may be luck.
    """

    scientific: tuple[str, ...]
    nuisance: tuple[str, ...]
    settings: tuple[IsolatedSetting, ...]
    winner: Mapping[str, Value] | None
    held_out_winner: Mapping[str, Value] | None


def isolation(
    results: Sequence[TrialResult], swept: Sequence[str], roles: Mapping[str, str], judged_by: Judge
) -> Isolation | None:
    """The table by role, or None where no swept hyperparameter was given one.

    Swept hyperparameters without a role are nuisance beside scientific ones, and scientific beside nuisance ones.
    None too where the scientific ones change what the loss measures (`judged_by.depends_on`).
    """
    given = {name: roles[name] for name in swept if name in roles}
    other = "nuisance" if "scientific" in given.values() else "scientific"
    scientific = tuple(name for name in swept if given.get(name, other) == "scientific")
    nuisance = tuple(name for name in swept if name not in scientific)
    if not given or not scientific or judged_by.depends_on.intersection(swept):
        return None
    cells: dict[Setting, dict[Setting, Losses]] = {}
    for one in results:
        of_scientific = cells.setdefault(_setting(one, scientific), {})
        if has_result(one):
            of_scientific.setdefault(_setting(one, nuisance), {})[one.replicate] = judged_by.loss(one)
    rows = [_isolated(scientific, nuisance, *cell) for cell in cells.items()]
    rows.sort(key=lambda row: _or_last(row.loss.median if row.loss else None))
    return Isolation(
        scientific,
        nuisance,
        tuple(rows),
        winner=_winner(rows, [row.loss.median if row.loss else None for row in rows]),
        held_out_winner=None
        if all(row.held_out_loss is None for row in rows)
        else _winner(rows, [row.held_out_loss for row in rows]),
    )


def _winner(rows: Sequence[IsolatedSetting], losses: Sequence[float | None]) -> Mapping[str, Value] | None:
    """The setting of the lowest loss; None where there is none, and where several have it."""
    lowest = min(map(_or_last, losses))
    found = [row for row, loss in zip(rows, losses, strict=True) if _or_last(loss) == lowest]
    return found[0].values if len(found) == 1 and found[0].best is not None else None


def _setting(result: TrialResult, names: Sequence[str]) -> Setting:
    return tuple(hashable(result.values[name]) for name in names)


def _isolated(
    scientific: Sequence[str], nuisance: Sequence[str], setting: Setting, tried: Mapping[Setting, Losses]
) -> IsolatedSetting:
    best = min(tried, key=lambda one: _median(tried[one].values()), default=None)
    return IsolatedSetting(
        values=dict(zip(scientific, setting, strict=True)),
        best=None if best is None else dict(zip(nuisance, best, strict=True)),
        loss=None if best is None else spread(tried[best].values()),
        held_out_loss=_held_out(list(tried.values())),
        tried=len(tried),
    )


def _held_out(tried: Sequence[Losses]) -> float | None:
    """Over the replicates that every nuisance setting has."""
    common = sorted(set.intersection(*(set(losses) for losses in tried))) if tried else []
    if len(common) < 2:
        return None
    chosen = []
    for replicate in common:
        others = [np.median([losses[one] for one in common if one != replicate]) for losses in tried]
        chosen.append(tried[int(np.argmin(others))][replicate])
    return finite(_median(chosen))


def _median(losses: Iterable[float]) -> float:
    return quantile(sorted(losses), 0.5)


def _or_last(loss: float | None) -> float:
    return math.inf if loss is None else loss
