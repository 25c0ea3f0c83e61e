"""How sure a comparison is, in words with a rule each, from the surest to the least."""

from __future__ import annotations

from enum import StrEnum

SIGNIFICANT = 0.05
FEWEST_UNITS = 6  # with 5, the least two-sided p there can be is 2 / 2**5 = 0.0625
FEWEST_REPLICATES = 3  # for the paired t test


class Sureness(StrEnum):
    """One member per word; the rule stands behind it."""

    CLEAR = "clear"  # adjusted p at most 0.05: holds with all pairs of values considered
    LIKELY = "likely"  # p of this pair alone at most 0.05
    NOT_DECIDED = "not decided"  # these blocks would look so by chance, too
    TOO_FEW = "too few to say"  # fewer than 6 matched blocks, where no result could reach 0.05, or 3 replicates
    NOT_COMPARABLE = "not comparable"  # the values make the number another quantity


ORDER = tuple(Sureness)


def sureness(p: float, adjusted_p: float, units: int, fewest: int = FEWEST_UNITS) -> Sureness:
    """The word for one pair of values, compared over so many matched units; `fewest` can say anything."""
    if units < fewest:
        return Sureness.TOO_FEW
    if adjusted_p <= SIGNIFICANT:
        return Sureness.CLEAR
    return Sureness.LIKELY if p <= SIGNIFICANT else Sureness.NOT_DECIDED


def least_sure(words: list[Sureness]) -> Sureness:
    """The word for a conclusion that needs all of them."""
    return max(words, key=ORDER.index, default=Sureness.TOO_FEW)
