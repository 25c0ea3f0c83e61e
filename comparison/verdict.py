"""What two configurations' losses say about which is better: the words and the figures, and Holm's step over a family.

Made by `comparison.paired` and `comparison.unpaired`; shown by the API. Definitions: docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from comparison.further import further_replicates
from comparison.holm import holm
from comparison.power import hedges
from comparison.sureness import SIGNIFICANT

FEWEST_PAIRS = 3  # with 2 the verdict is always undecided


class Verdict(StrEnum):
    """What may be said of a configuration against the reference."""

    BETTER = "better"  # adjusted p at most 0.05, less loss, and it did not diverge on more seeds than the reference
    WORSE = "worse"  # the other way round
    UNDECIDED = "undecided"  # anything else, and always with fewer than 3 seeds
    NOT_COMPARABLE = "not comparable"  # the losses are different quantities


class Scale(StrEnum):
    """What `estimate` is."""

    RATIO = "ratio"  # geometric mean of loss / reference's loss
    DIFFERENCE = "difference"  # mean of loss - reference's loss: where a loss is 0 or less, or an error rate


@dataclass(frozen=True)
class LossComparison:
    """A configuration held against a reference; less loss is better.

    `paired`: on common seeds (else two independent groups). `pairs`: the common seeds, or the configuration's own;
    `sound`: those of them that enter `estimate`, its 95 % interval `low` to `high`, and `effect_size` (mean difference
    over its standard deviation, Hedges' correction; below 0 is better). `diverged`, `reference_diverged`: how many of
    the pairs diverged. `p`: as docs/statistics.md says, alone; `adjusted_p`: after Holm over the family. `more`: so
    many new replicates, in a sweep of their own that is judged alone, decide with a chance of 80 %; None where decided,
    or where only divergences leave it undecided. Estimates are None where unknown.
    """

    paired: bool
    pairs: int
    sound: int
    diverged: int
    reference_diverged: int
    scale: Scale
    estimate: float | None
    low: float | None
    high: float | None
    effect_size: float | None
    p: float | None
    adjusted_p: float | None
    verdict: Verdict
    more: int | None


def decided(
    family: Sequence[LossComparison], comparisons: int, wanted: Container[int] | None = None
) -> list[LossComparison]:
    """The family with its adjusted p values and verdicts, `comparisons` tests being in play.

    `wanted`: the places that are to get `more`, which takes long for thousands; None: all.

    What comes in is as if each stood alone: `verdict` says which way its evidence points; `adjusted_p` and `more` are
    ignored.
    """
    tested = [place for place, one in enumerate(family) if one.p is not None]
    adjusted = holm([one.p for one in family if one.p is not None], max(comparisons, len(tested)))
    found = [replace(one, adjusted_p=None, verdict=Verdict.UNDECIDED) for one in family]
    for place, p in zip(tested, adjusted, strict=True):
        certain = p <= SIGNIFICANT and family[place].pairs >= FEWEST_PAIRS
        verdict = family[place].verdict if certain else Verdict.UNDECIDED
        found[place] = replace(family[place], adjusted_p=p, verdict=verdict)
    return _with_more(found, SIGNIFICANT / max(1, comparisons), wanted)


def _with_more(family: Sequence[LossComparison], level: float, wanted: Container[int] | None) -> list[LossComparison]:
    """Those that are paired, undecided and have an effect get the number of new replicates, at this level."""
    found = list(family)
    places = [n for n, one in enumerate(family) if one.paired and one.effect_size and one.verdict is Verdict.UNDECIDED]
    places = [place for place in places if wanted is None or place in wanted]
    sizes = np.array([family[place].effect_size for place in places], dtype=np.float64)
    pairs = np.array([family[place].sound for place in places], dtype=np.int64)
    counts = further_replicates(sizes / hedges(pairs) * np.sqrt(pairs), pairs, level)
    for place, count in zip(places, counts.tolist(), strict=True):
        found[place] = replace(found[place], more=count or None)
    return found
