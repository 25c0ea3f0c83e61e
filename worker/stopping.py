"""One bit shared by a worker's main process and the processes of its pool: the worker is to stop.

Set by the signal `worker_shutting_down` in the main process, asked between epochs by the trainings. Shared memory
that forks inherit: a signal handler may write it, no lock can be left held.
"""

from __future__ import annotations

import mmap

_bit = mmap.mmap(-1, 1)


def announce() -> None:
    """Tell every process of the pool."""
    _bit[0] = 1


def announced() -> bool:
    """Whether this worker is to stop."""
    return _bit[0] == 1
