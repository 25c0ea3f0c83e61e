"""A schedule that takes the learning rate away before the training is half over, or warms up for most of it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from comparison.diagnosis.wording import number
from engine.hyperparameters import Configuration
from engine.schedules.registry import learning_rates

LEAST = 0.25  # of the learning rate, on the average over the epochs
COSINE = "cosine"
MOST_EPOCHS = 1000  # of which the rate is computed


class FadingSchedule(Rule):
    """The mean rate over the epochs is a small part of the learning rate that was set."""

    name = "fading_schedule"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from the configuration alone."""
        used = mean(_rate(advised, epoch) for epoch in _looked_at(advised.epochs)) / advised.learning_rate
        if used >= LEAST or evidence.restless:
            return None
        half = _rate(advised, advised.epochs // 2 + 1)
        return self.found(
            f"The {advised.schedule} schedule with {advised.schedule_warmup} epochs of warm-up leaves "
            f"{number(100 * used)} % of the learning rate on the average; at half-time it is {number(half)}.",
            {"mean_share_of_rate": used, "rate_at_half_time": half},
            {"schedule": COSINE, "schedule_floor": 0.0, "schedule_warmup": 0},
            "A cosine from the first epoch to the last uses half of it.",
        )


def _looked_at(epochs: int) -> Sequence[int]:
    """All epochs, or so many of them at equal distances."""
    if epochs <= MOST_EPOCHS:
        return range(1, epochs + 1)
    return [1 + (2 * place + 1) * epochs // (2 * MOST_EPOCHS) for place in range(MOST_EPOCHS)]


def _rate(configuration: Configuration, epoch: int) -> float:
    """The learning rate of an epoch's last update."""
    rates = learning_rates(configuration, epoch, 1)
    return rates[-1] if isinstance(rates, list) else rates
