"""The first thing to say: for each swept hyperparameter which value won, by how much, how sure, and where it flips.

Called by `comparison.comparison`; a reading of the matched comparison, in whole sentences. It adds no figure.
"""

from __future__ import annotations

from collections.abc import Sequence

from comparison.interactions import Flip
from comparison.marginals import HyperparameterComparison
from comparison.ratio_text import interval_end
from comparison.sureness import ORDER, Sureness
from comparison.value_comparison import ValueComparison
from engine.hyperparameter_kinds import Value

MOST_FLIPS = 2
DECIDED = (Sureness.CLEAR, Sureness.LIKELY)
PARTED = "that interval, of the median, reaches 1, but the word is of a test that weighs how large differences are, too"
NOTHING_SWEPT = "Nothing was varied: there is one configuration, and none to hold it against."


def headline(hyperparameters: Sequence[HyperparameterComparison]) -> tuple[str, ...]:
    """One sentence or more for each hyperparameter, the surest first; one alone where none was swept."""
    if not hyperparameters:
        return (NOTHING_SWEPT,)
    ordered = sorted(hyperparameters, key=lambda one: (ORDER.index(one.sureness), -_largest_ratio(one)))
    return tuple(_said(one) for one in ordered)


def _said(found: HyperparameterComparison) -> str:
    name = found.name.replace("_", " ")
    if found.tied:
        return "; ".join([f"{name}: {_tie(found)}", *_next(found), *_lost(found)]) + "."
    if found.best is None:
        return "; ".join([f"{name}: {_why_none(found)}", *_lost(found)]) + "."
    told = [f"{name}: {_text(found.best)} did best over {_units(found)}: {found.sureness}"]
    return "; ".join([*told, *_next(found), *_flipped(found), *_lost(found)]) + "."


def _units(found: HyperparameterComparison) -> str:
    return f"{found.units} matched {'settings' if found.unit == 'block' else 'replicates'}"


def _tie(found: HyperparameterComparison) -> str:
    *most, last = map(_text, found.tied)
    return f"{', '.join(most)} and {last} are a tie, with equal losses in all of {_units(found)}"


def _next(found: HyperparameterComparison) -> list[str]:
    """The value that the word is about: the next one, or another that is less surely worse."""
    others = [one for one in found.values if one.mean_rank is not None and one.value not in (found.best, *found.tied)]
    if not others:
        return []
    others.sort(key=lambda one: one.mean_rank or 0.0)
    least = others[0] if found.tied else max(others, key=lambda one: ORDER.index(one.sureness or ORDER[0]))
    if others[0].sureness == least.sureness:
        sentences = [f"the next, {_text(others[0].value)}, has {_ratio(others[0], 'their' if found.tied else 'its')}"]
        least = others[0]
    else:
        sentences = [f"least surely worse is {_text(least.value)}, which has {_ratio(least)}"]
    if found.sureness in DECIDED and _holds_one(least):
        sentences.append(PARTED)
    return sentences


def _why_none(found: HyperparameterComparison) -> str:
    if found.sureness is Sureness.NOT_COMPARABLE:
        return f"{found.sureness}, for each value makes the loss another quantity"
    if found.sureness is Sureness.NOT_DECIDED:
        return "no value did best, for every matched trial diverged"
    return "nothing is matched yet"


def _ratio(value: ValueComparison, whose: str = "its") -> str:
    if value.ratio is None:
        return "an infinite loss in half of them or more"
    interval = ""
    if value.ratio_low is not None:
        high = "inf" if value.ratio_high is None else interval_end(value.ratio_high)
        interval = f" (95 %: {interval_end(value.ratio_low)} to {high})"
    return f"{_number(value.ratio)} times {whose} loss{interval}"


def _holds_one(value: ValueComparison) -> bool:
    return value.ratio_low is not None and value.ratio_low <= 1 and (value.ratio_high is None or value.ratio_high >= 1)


def _number(ratio: float) -> str:
    """To three digits; a bare 1 would pass for no difference at all."""
    text = f"{ratio:.3g}"
    return "1.00" if text == "1" else text


def _flipped(found: HyperparameterComparison) -> list[str]:
    told = [
        f"with {_place(one)}: {_text(one.best)} wins ({one.wins} of {one.units}: {one.sureness})"
        for one in found.flips[:MOST_FLIPS]
    ]
    more = len(found.flips) - MOST_FLIPS
    places = "place" if more == 1 else "places"
    return [*told, f"and another value wins in {more} more {places}"] if more > 0 else told


def _place(flip: Flip) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_text(value)}" for name, value in flip.at.items())


def _lost(found: HyperparameterComparison) -> list[str]:
    """One part of the sentence, or none."""
    told = [
        f"{_text(one.value)}: {share:.0%} {word}".replace("%", " %")
        for one in found.values
        for word, share in (("diverged", one.summary.diverged_share), ("stuck", one.summary.stuck_share))
        if share
    ]
    return [", ".join(told)] if told else []


def _largest_ratio(found: HyperparameterComparison) -> float:
    return max((float("inf") if one.ratio is None else one.ratio for one in found.values), default=0.0)


def _text(value: Value) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(str, value)) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)
