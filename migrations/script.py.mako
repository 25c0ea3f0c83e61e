<%! from results.views.everything import digest %>\
"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
views = "${digest()}"  # what `results.views.everything.digest()` was then


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
