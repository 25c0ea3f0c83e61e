"""A clock that stands still until it is told to go on, in place of this machine's and of a PostgreSQL database's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from results import clock
from results.database import Database


class FakeClock:
    """Has `datetime`'s `now`, the only thing that `results.clock` asks of it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self._database: Database | None = None
        self.passed = 0.0

    def now(self, _zone: object) -> datetime:
        """The moment."""
        return self.moment

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)
        self.passed += seconds
        self._tell()

    def jump(self, seconds: float) -> None:
        """Set the clock, while no time passes."""
        self.moment += timedelta(seconds=seconds)
        self._tell()

    def monotonic(self) -> float:
        """The time that has passed, in seconds."""
        return self.passed

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Use it for every database of this process."""
        patch.setattr(clock, "datetime", self)

    def install_in(self, database: Database) -> None:
        """Use it in a PostgreSQL database of the test's own: its `clock_timestamp()` is found before the true one."""
        function = (
            "CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT moment FROM fake_clock'"
        )
        with database.write() as connection:
            connection.execute(text("CREATE TABLE fake_clock (moment timestamptz NOT NULL)"))
            connection.execute(text("INSERT INTO fake_clock VALUES (:moment)"), {"moment": self.moment})
            connection.execute(text(function))
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            connection.execute(text(f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog'))
        database.dispose()  # connections that are open have the search path of before
        self._database = database
        self._tell()

    def _tell(self) -> None:
        if self._database is not None:
            with self._database.write() as connection:
                connection.execute(text("UPDATE fake_clock SET moment = :moment"), {"moment": self.moment})
