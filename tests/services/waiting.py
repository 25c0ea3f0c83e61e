"""Waiting for what must happen: by looking again and again, for far longer than even a stalled machine takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(look: Callable[[], Found], seconds: float = 120.0) -> Found:
    """The first answer that is true; raises `TimeoutError` when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain for {look}")
        time.sleep(0.02)
