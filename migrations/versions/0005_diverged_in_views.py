"""Views count a diverged trial as infinitely bad, not by the best it had before. The tables stay as they are."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
views = "ee5fd6a1fd8616d2"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    """Nothing beside the views, which are made anew whenever the revision moves."""
