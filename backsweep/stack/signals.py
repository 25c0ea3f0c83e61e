"""SIGTERM and SIGHUP end a stack as Ctrl-C does: by an exception that passes through its `with` block.

SIGINT does so even where a shell started the stack in the background, with that signal ignored; SIGHUP does not where
nohup has it ignored.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@contextmanager
def interrupting() -> Iterator[None]:
    """Within the block each of them raises KeyboardInterrupt; does nothing outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    ending = [number for number in _ENDING if not (nohup and number == signal.SIGHUP)]
    before = {number: signal.signal(number, _interrupt) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ignored() -> Iterator[None]:
    """Within the block none of them does anything: what is being stopped must be stopped whole."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
