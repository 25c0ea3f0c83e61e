"""Views by the names of what they answer, and three more: trial_summary, layer_health, paired_differences."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
views = "7c61b50595748362"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    pass  # the environment makes the views anew
