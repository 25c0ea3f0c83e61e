"""What views need from outside: settings, the results database and the queue. One per application.

The database is opened at first use, so that the API starts, and says so, while the database is down.
"""

from __future__ import annotations

from threading import Lock

from flask import current_app

from api.answers import KeptAnswers
from results.database import Database, open_database
from settings import Settings
from worker.queue import Queue

EXTENSION = "backsweep"


class Services:
    """Settings, database and queue of one application; safe between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.queue = Queue(settings.broker_url)
        self.answers = KeptAnswers()
        self._database: Database | None = None
        self._lock = Lock()

    @property
    def database(self) -> Database:
        """The results database; raises `DatabaseUnusable` where it cannot be opened, and tries again next time."""
        with self._lock:
            if self._database is None:
                self._database = open_database(self.settings.database_url)
            return self._database

    def close(self) -> None:
        """Give the database's connections back."""
        with self._lock:
            if self._database is not None:
                self._database.dispose()
                self._database = None


def services() -> Services:
    """The services of the application that handles the present request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
