"""A user of a stack that is being disturbed: submits, sometimes cancels, and remembers what it was told."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from backsweep import BacksweepError, Client
from tests.worker.small_sweeps import document

SWEEP: dict[str, Any] = {"dataset": "digits", "layers": [[8]], "batch_size": 8, "epochs": 30}
SWEEP |= {"learning_rate": [0.1, 1.0, 5.0, 1e6]}


@dataclass
class Submission:
    """`sweep_id`: what the answer said, None where none came."""

    name: str
    sweep_id: int | None = None
    asked_to_cancel: bool = False


@dataclass
class User(threading.Thread):
    """Submits sweeps one after the other until told to stop; with one key for each sweep."""

    url: str
    seed: int
    history: list[Submission] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Submit, now and then cancel, look, wait."""
        draw, client = random.Random(f"user/{self.seed}"), Client(self.url, timeout=60)
        while not self._over.wait(draw.uniform(0.2, 1.5)):
            self._submit(client)
            if draw.random() < 0.2:
                time.sleep(draw.uniform(0, 6))
                self._cancel(client)

    def stop(self) -> list[Submission]:
        """All that was submitted and what was answered."""
        self._over.set()
        self.join(400)
        return self.history

    def _submit(self, client: Client) -> None:
        """Under a key of its own, again and again until there is an answer; every third time only once."""
        made = Submission(f"disturbed {self.seed}-{len(self.history)}")
        self.history.append(made)
        once = len(self.history) % 3 == 0
        while made.sweep_id is None and not self._over.is_set():
            try:
                made.sweep_id = client.submit(sweep(made.name), idempotency_key=made.name.replace(" ", "-"))["id"]
            except BacksweepError:
                if once:
                    return  # it may be stored or not; nobody was told
                time.sleep(0.5)

    def _cancel(self, client: Client) -> None:
        last = self.history[-1]
        if last.sweep_id is None:
            return
        last.asked_to_cancel = True
        try:
            client.cancel(last.sweep_id)
        except BacksweepError:
            return


def sweep(name: str) -> dict[str, Any]:
    """The same trials under any name."""
    return document(2, **SWEEP) | {"name": name}
