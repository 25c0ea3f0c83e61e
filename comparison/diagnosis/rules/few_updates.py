"""Few updates: batches so large that the weights are moved only a few dozen times.

Masters and Luschi, "Revisiting small batch training for deep neural networks" (2018): batches of 2 to 32.
"""

from __future__ import annotations

from comparison.diagnosis.evidence import Evidence
from comparison.diagnosis.finding import Finding, Rule
from engine.hyperparameters import Configuration
from engine.shapes import updates_per_epoch

FEW = 400  # updates of the whole training
SMALLER = 16


class FewUpdates(Rule):
    """Fewer updates than there should be, and smaller batches make more."""

    name = "few_updates"

    def find(self, evidence: Evidence, advised: Configuration) -> Finding | None:
        """Follows from configuration and data."""
        samples = len(evidence.data.train_inputs)
        batch = advised.batch_size
        updates = advised.epochs * updates_per_epoch(samples, batch)
        more = advised.epochs * updates_per_epoch(samples, SMALLER)
        if updates >= FEW or batch <= 2 * SMALLER:
            return None
        return self.found(
            f"{advised.epochs} epochs in batches of {min(batch, samples)} of {samples} samples make {updates} updates.",
            {"updates": updates, "alternative_updates": more},
            {"batch_size": SMALLER},
            f"Batches of {SMALLER} make {more:,} updates of the same epochs.",
        )
