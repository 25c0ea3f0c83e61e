"""What divergences say: a loss that is infinite can be neither averaged nor left out. Used by `comparison.paired`.

The rule. Costs are compared on seeds on which neither diverged. Where any diverged, the counts of diverged trials are
a second test (Fisher's exact one), and p is twice the smaller of the two. A configuration that diverged on more seeds
than the other is never better, whatever the remaining costs say.
"""

from __future__ import annotations

from scipy.stats import fisher_exact

from comparison.verdict import Verdict


def divergence_p(diverged: int, count: int, reference_diverged: int, reference_count: int) -> float:
    """Fisher's exact test, two-sided, of equal chances to diverge (R. Fisher, 1935). Pairing makes it careful."""
    table = [[diverged, count - diverged], [reference_diverged, reference_count - reference_diverged]]
    return float(fisher_exact(table).pvalue)


def combined(
    p_of_costs: float | None, costs_lower: bool, counts: tuple[int, int, int, int]
) -> tuple[float | None, Verdict]:
    """The p value of costs and divergences together, and which way it points.

    `counts`: diverged, of, reference diverged, of. `p_of_costs`: None where the costs say nothing.
    """
    diverged, count, reference_diverged, reference_count = counts
    direction = Verdict.BETTER if costs_lower else Verdict.WORSE
    if diverged == reference_diverged == 0:
        return p_of_costs, direction
    p = divergence_p(*counts)
    share, reference_share = diverged / max(1, count), reference_diverged / max(1, reference_count)
    if p_of_costs is None or p < p_of_costs:
        direction = Verdict.WORSE if share > reference_share else Verdict.BETTER
    smaller = p if p_of_costs is None else min(p, p_of_costs)
    masked = share > reference_share if direction is Verdict.BETTER else share < reference_share
    return min(1.0, 2 * smaller), Verdict.UNDECIDED if masked or smaller == 1 else direction
