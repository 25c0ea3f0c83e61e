"""Makes this process fit to measure: one thread in every library, the best BLAS kernel, one core.

Called by `__main__` before anything imports NumPy, PyTorch or JAX, which read these variables when they load.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from engine.blas import choose_kernel, kernel_environment


def prepare(core: int | None) -> int | None:
    """Sets threads and kernel, pins to `core` (None: the last one allowed); returns the core, None if it cannot pin."""
    kernel = os.environ.get("OPENBLAS_CORETYPE") or choose_kernel(Path(tempfile.mkdtemp()) / "kernel.json")
    os.environ.update(kernel_environment(kernel))
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["JAX_PLATFORMS"] = "cpu"
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {core})
    return core
