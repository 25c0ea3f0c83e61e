"""Summaries of configurations read the asked sweep's trials only; searches without trials have progress too.

The tables stay as they are.
"""

from __future__ import annotations

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
views = "e0ed47bcf0ef7352"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    """Nothing beside the views, which are made anew whenever the revision moves."""
