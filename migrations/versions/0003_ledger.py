"""The ledger; answers under Idempotency-Keys; earlier states and machines; views by what they answer."""

from __future__ import annotations

from migrations.third import artifacts, earlier_states, idempotency, ledger, outcome_epoch

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
views = "028a48169b023b93"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    ledger.upgrade()
    artifacts.upgrade()
    earlier_states.upgrade()
    idempotency.upgrade()
    outcome_epoch.upgrade()
