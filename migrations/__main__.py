"""For contributors: `python -m migrations "add a column"` writes the next revision from what the models gained.

Read and correct what it wrote: data that must move, and on SQLite anything but new columns, needs
`op.batch_alter_table`. Release nothing without a test that upgrades the stored databases.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from results.database import open_database
from results.schema import configuration, upgrade


def main(message: str) -> None:
    """Compare a database at the newest revision with the models and write the difference."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{Path(directory) / 'newest.db'}"
        upgrade(url)
        database = open_database(url)
        with database.migrate() as connection:
            config = configuration(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        database.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python -m migrations "what the revision does"')
    main(sys.argv[1])
