"""The ledger; views by what they answer, and three more."""

from __future__ import annotations

from migrations.third import ledger

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
views = "aec89a83af92b343"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    ledger.upgrade()
