"""Answers that take long: those about a sweep that has ended are made once and kept. Used by the views.

What a sweep is asked for cannot change once it has ended, until it is put to work again: then it has another end, or
other counts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Response, current_app, request

from api.models.base import Body, Query
from results.reads.sweeps import find
from results.values import SweepView
from sweeps.states import ENDED

if TYPE_CHECKING:
    from api.services import Services

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


def answer_about(service: Services, sweep_id: int, query: Query | None, make: Callable[[], Body]) -> Response:
    """What `make` makes, as it was made before where the sweep had ended and has not changed; raises `NoSuchSweep`."""
    with service.database.read() as connection:
        sweep = find(connection, sweep_id)
    text = service.answers.get(_key(sweep, query), lambda: _text(make()))
    return Response(text, content_type="application/json")


def _key(sweep: SweepView, query: Query | None) -> Hashable:
    """What the answer is of, or None where it may change any moment."""
    if sweep.state not in ENDED:
        return None
    counts = (*sorted(sweep.trials.items()), sweep.epochs_recorded, sweep.diverged_count, sweep.configuration_count)
    return (request.path, query, sweep.uid, sweep.finished_at, sweep.wanted, sweep.stopped_because, counts)


def _text(body: Body) -> str:
    return current_app.json.dumps(body.model_dump(mode="json")) + "\n"
