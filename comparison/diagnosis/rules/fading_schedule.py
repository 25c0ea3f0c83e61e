"""A schedule that takes the learning rate away before the training is half over, or warms up for most of it."""

from __future__ import annotations

from statistics import mean

import numpy as np

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration
from engine.schedules.registry import learning_rates

LEAST = 0.25  # of the learning rate, on the average over the epochs
COSINE = "cosine"


class FadingSchedule(Rule):
    """The mean rate over the epochs is a small part of the learning rate that was set."""

    name = "fading_schedule"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from the configuration alone."""
        rates = [float(np.mean(learning_rates(advised, epoch, 1))) for epoch in range(1, advised.epochs + 1)]
        used = mean(rates) / advised.learning_rate
        if used >= LEAST or evidence.restless:
            return None
        half = rates[len(rates) // 2]
        return self.found(
            f"The {advised.schedule} schedule with {advised.schedule_warmup} epochs of warm-up leaves "
            f"{number(100 * used)} % of the learning rate on the average; at half-time it is {number(half)}.",
            {"mean_share_of_rate": used, "rate_at_half_time": half},
            {"schedule": COSINE, "schedule_floor": 0.0, "schedule_warmup": 0},
            "A cosine from the first epoch to the last uses half of it.",
        )
