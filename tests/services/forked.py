"""A call in a process of its own, forked from this one: quick to start, and it may be killed."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from typing import Any

_context = multiprocessing.get_context("fork")


def killed_in(call: Callable[..., Any], *arguments: Any, seconds: float = 300.0) -> bool:
    """Whether SIGKILL ended a process that made the call; raises when it neither died so nor returned."""
    process = _context.Process(target=call, args=arguments)
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        raise TimeoutError(f"{call} did not end within {seconds:g} s")
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"{call} ended with {process.exitcode}")
    return process.exitcode != 0
