"""The early termination of one sweep: its rule, and which of the trials it would stop go on all the same.

Read from the sweep's document by `sweeps.parsing.early_termination`; carried out by `results.writes.deciding`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sweeps.early_termination.base import Rule
from sweeps.seeds import LARGEST_SEED, audit_seed

USUAL_AUDIT = 0.1


@dataclass(frozen=True)
class Policy:
    """`audit`: the share, 0 to 1, of the trials that the rule stops that go on, to see what stopping costs.

    Whether a trial is one of them follows from the sweep's `seed` and the trial's number alone, so a trial that is
    trained again, or judged in another order, has the same fate.
    """

    rule: Rule
    seed: int
    audit: float = USUAL_AUDIT

    def audits(self, number: int) -> bool:
        """Whether the trial of this number would go on although the rule stops it."""
        return audit_seed(self.seed, number) < self.audit * LARGEST_SEED
