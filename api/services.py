"""What views need from outside: settings, the results database and the queue. One per application.

The database is opened at first use, so that the API starts, and says so, while the database is down.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock

from flask import current_app

from results.database import Database, open_database
from settings import Settings
from worker.queue import Queue

EXTENSION = "backsweep"


MOST_KEPT = 32 * 2**20  # characters


class KeptAnswers:
    """Answers that take long, kept until newer ones need their room; each is made by one thread at a time."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._texts: dict[Hashable, str] = {}  # the one that was asked for last comes last
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The answer under this key, made where there is none; with None as the key it is made and not kept."""
        if key is None:
            return make()
        with self._lock:
            making = self._making.setdefault(key, Lock())
        with making:
            text = self._kept(key)
            if text is None:
                try:
                    text = make()
                    self._keep(key, text)
                finally:
                    with self._lock:
                        self._making.pop(key, None)
        return text

    def _kept(self, key: Hashable) -> str | None:
        with self._lock:
            text = self._texts.pop(key, None)
            if text is not None:
                self._texts[key] = text
                self._making.pop(key, None)
            return text

    def _keep(self, key: Hashable, text: str) -> None:
        with self._lock:
            self._texts[key] = text
            while sum(map(len, self._texts.values())) > self._most:
                self._texts.pop(next(iter(self._texts)))


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
