"""Numbers as the comparison page shows them: three digits that count, the spread to the same decimals. Pure."""

from __future__ import annotations

from comparison.ratio_text import interval_end
from comparison.spread import Spread
from comparison.summary import TargetSummary
from comparison.value_comparison import ValueComparison
from comparison.verdict import LossComparison, Verdict

MISSING, INFINITE = "-", "∞"
_DIGITS = 3


def number(value: float) -> str:
    """To three digits that count, zeros at the end too, so that columns stay even; with an exponent where long."""
    if value == 0 or not 1e-4 <= abs(value) < 1e6:
        return "0" if value == 0 else f"{value:.{_DIGITS - 1}e}"
    magnitude = int(f"{value:.{_DIGITS - 1}e}".partition("e")[2])
    return f"{value:.{max(0, _DIGITS - 1 - magnitude)}f}"


def median(found: Spread | None) -> str:
    """The median alone."""
    if found is None:
        return MISSING
    return INFINITE if found.median is None else number(found.median)


def median_and_spread(found: Spread | None) -> str:
    """The median ± half the distance of the quartiles, with as many decimals."""
    middle = median(found)
    if found is None or found.median is None or found.count < 2 or found.lower_quartile is None:
        return middle
    if found.upper_quartile is None:
        return f"{middle} ± {INFINITE}"
    half = (found.upper_quartile - found.lower_quartile) / 2
    if "e" in middle or found.median == 0:
        return f"{middle} ± {half:.0e}" if half else middle
    return f"{middle} ± {half:.{len(middle.partition('.')[2])}f}"


def epochs_to(target: TargetSummary) -> str:
    """The median epoch, and how many reached it where some did not."""
    if target.reached == 0:
        return MISSING
    some = "" if target.reached == target.of else f"{target.reached}/{target.of}"
    if target.median_epoch is None:
        return some
    return f"{target.median_epoch:g}" + (f" ({some})" if some else "")


def share(found: float | None) -> str:
    """In percent."""
    return MISSING if found is None else f"{100 * found:.0f}%"


def against_first(found: LossComparison | None, *, is_first: bool) -> str:
    """Such as worse, or ? +7: undecided, and as many new replicates would probably tell."""
    if found is None:
        return "the first" if is_first else MISSING
    if found.verdict is not Verdict.UNDECIDED:
        return str(found.verdict)
    return f"? +{found.more}" if found.more else "?"


def cost_ratio(one: ValueComparison) -> str:
    """Its cost over the best value's."""
    if one.wins is None:
        return MISSING
    return INFINITE if one.ratio is None else number(one.ratio)


def ratio_interval(one: ValueComparison, *, is_best: bool) -> str:
    """The 95 % interval of the same; the best value has none against itself."""
    if is_best or one.ratio_low is None:
        return MISSING
    return f"{interval_end(one.ratio_low)} to {INFINITE if one.ratio_high is None else interval_end(one.ratio_high)}"
