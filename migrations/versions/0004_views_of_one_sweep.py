"""Views that read only the sweep they are asked for. The tables stay as they are."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
views = "6807e8a93a28f350"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    """Nothing beside the views, which are made anew whenever the revision moves."""
