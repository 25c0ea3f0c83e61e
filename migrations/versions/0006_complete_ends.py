"""Trials remember their last complete end: what it was stays while an extension trains, and when one is given up.

Extensions that were given up before had taken their trials' results away: those that never trained again get them back.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
views = "c97dbd2c7dadd2ae"  # what `results.views.everything.digest()` was then

# The final state of a trial is of its complete end, or of a cancel while it ran.
_AT_ITS_END = """
    SELECT 1 FROM checkpoints WHERE trial_id = trials.id AND final AND epoch = epochs_recorded"""
_SAVED_AT = "(SELECT saved_at FROM checkpoints WHERE trial_id = trials.id)"
COMPLETE = """
    UPDATE trials SET completed_epochs = epochs_recorded, completed_at = finished_at
    WHERE state = 'finished' OR (state = 'pruned' AND seconds IS NOT NULL)"""
BEING_EXTENDED = f"""
    UPDATE trials SET completed_epochs = epochs_recorded, completed_at = {_SAVED_AT}
    WHERE state IN ('queued', 'running') AND EXISTS ({_AT_ITS_END})"""
# A trial of an extension that waited when it was dropped ended together with its job, to the microsecond; one that ran
# when its sweep was cancelled ended by its worker's clock.
GIVEN_UP = f"""
    UPDATE trials
    SET state = 'finished', completed_epochs = epochs_recorded, completed_at = {_SAVED_AT}, finished_at = {_SAVED_AT}
    WHERE EXISTS ({_AT_ITS_END}) AND (
        state = 'failed'
        OR (state = 'pruned' AND NOT EXISTS (
            SELECT 1 FROM decisions WHERE trial_id = trials.id AND verdict = 'stop' AND NOT audited))
        OR (state = 'cancelled' AND finished_at = (SELECT finished_at FROM jobs WHERE jobs.id = trials.job_id)))"""
COMMENTS = {
    "state": "what is being done: queued, running, finished, pruned, failed or cancelled",
    "epochs_recorded": "last epoch stored; -1 before epoch 0; beyond completed_epochs while an extension trains",
    "error": "why it failed, or (finished) why its extension did, or NULL",
}


def upgrade() -> None:
    """Two columns of `trials`, filled from what old rows tell."""
    op.add_column(
        "trials",
        sa.Column(
            "completed_epochs",
            sa.Integer(),
            nullable=True,
            comment="epochs of its last complete end (finished or pruned), which outcome, best, final and seconds are "
            "of; NULL: none yet, they are of its curve so far",
        ),
    )
    op.add_column(
        "trials",
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True, comment="when that was (UTC), or NULL"),
    )
    if op.get_context().dialect.name == "postgresql":
        for name, comment in COMMENTS.items():
            op.execute(f"COMMENT ON COLUMN trials.{name} IS '{comment}'")
    for statement in (GIVEN_UP, BEING_EXTENDED, COMPLETE):
        op.execute(statement)
