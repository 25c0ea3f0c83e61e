"""The first schema."""

from __future__ import annotations

from migrations.first import configurations, curves, sweeps, trials

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
views = "18c00eb87dd3473d"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    sweeps.create_datasets()
    sweeps.create_sweeps()
    configurations.create_configurations()
    trials.create_jobs()
    trials.create_trials()
    curves.create_epochs()
    curves.create_layer_epochs()
    curves.create_trial_targets()
    curves.create_checkpoints()
