"""A worker's sign of life: a file that its own loop touches, for health checks outside (BACKSWEEP_ALIVE_FILE)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery import Celery, bootsteps

from settings import Settings

SECONDS = 5.0


def touch(settings: Settings) -> None:
    """Set the file's time to now, where one is named."""
    if settings.alive_file:
        Path(settings.alive_file).touch()


def show(app: Celery, settings: Settings) -> None:
    """Have the worker of this application touch the file from the loop in which it takes messages."""

    class SignOfLife(bootsteps.StartStopStep):  # type: ignore[misc]
        requires = ("celery.worker.components:Timer",)

        def __init__(self, parent: Any, **options: Any) -> None:
            super().__init__(parent, **options)
            self._entry: Any = None

        def start(self, parent: Any) -> None:
            self._entry = parent.timer.call_repeatedly(SECONDS, touch, (settings,))

        def stop(self, parent: Any) -> None:
            if self._entry is not None:
                self._entry.cancel()

    app.steps["worker"].add(SignOfLife)
