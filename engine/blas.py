"""Which BLAS kernel computes here: chosen by measurement, forced through the environment, recorded with every trial.

Called by `python -m worker` before NumPy is loaded (so NumPy is imported only inside functions), and by the training
job for its record. OpenBLAS does not always pick the fastest kernel itself, and the bits of a result depend on it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path

from engine.blas_measurement import fastest
from engine.cpu import Cpu, read_cpu
from engine.errors import UnusableKernel
from engine.version import NUMERICS

_AVX2 = frozenset({"avx2", "fma"})
_AVX512 = _AVX2 | {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
# OpenBLAS's names of its x86-64 kernels, with the CPU flags each one needs: a kernel that lacks one crashes.
_NEEDS: dict[str, frozenset[str]] = {
    "Prescott": frozenset(),
    "Nehalem": frozenset({"sse4_2"}),
    "Sandybridge": frozenset({"avx"}),
    "Haswell": _AVX2,
    "Zen": _AVX2,
    "SkylakeX": _AVX512,
    "Cooperlake": _AVX512 | {"avx512_bf16"},
    "SapphireRapids": _AVX512 | {"avx512_bf16", "amx_tile", "amx_bf16"},
}
_WORTH_TRYING = ("Haswell", "SkylakeX", "Cooperlake", "SapphireRapids")


def choose_kernel(cache: Path, setting: str = "") -> str:
    """The kernel to compute with, to be called before NumPy is imported; "" leaves it to BLAS.

    `setting` decides if given; raises `UnusableKernel` where this CPU cannot run it. Otherwise the first call
    measures (about two seconds) and writes the choice to the file `cache`, under this CPU and this NumPy; later
    calls, and others at the same time, read it. A cache that cannot be used costs a measurement, nothing else.
    """
    cpu = read_cpu()
    if setting:
        return _checked(setting, cpu)
    candidates = [kernel for kernel in _WORTH_TRYING if _NEEDS[kernel] <= cpu.flags]
    if not candidates:
        return ""
    key = f"{cpu.identity} | {_numpy_build()}"
    with _locked(cache):
        choices = _read(cache)
        if key not in choices:
            choices[key] = fastest(candidates, kernel_environment(""))
            _write(cache, choices)
    return choices[key]


def kernel_environment(kernel: str) -> dict[str, str]:
    """Environment variables for a process that computes: one thread, and the kernel unless it is ""."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    threads = dict.fromkeys(names, "1")
    return {**threads, "OPENBLAS_CORETYPE": kernel} if kernel else threads


def machine() -> dict[str, str | int]:
    """What the bits of a result depend on, as it really is in this process (imports NumPy).

    Keys: numerics (the version of our own), cpu, numpy, blas (library and version), kernel ("" where BLAS does not
    tell), threads (0 where unknown).
    """
    import numpy as np

    from engine.blas_trial import numpy_blas

    blas = numpy_blas()
    return {
        "numerics": NUMERICS,
        "cpu": read_cpu().name,
        "numpy": np.__version__,
        "blas": f"{blas.get('internal_api', 'unknown')} {blas.get('version') or ''}".strip(),
        "kernel": blas.get("architecture") or "",
        "threads": int(blas.get("num_threads", 0)),
    }


def _checked(setting: str, cpu: Cpu) -> str:
    """The kernel's name as OpenBLAS spells it; on a CPU without x86 flags (arm64) any name passes as it is."""
    known = {kernel.lower(): kernel for kernel in _NEEDS}
    kernel = known.get(setting.lower())
    if kernel is None and not cpu.flags:
        return setting
    if kernel is None:
        raise UnusableKernel(setting, f"is not one of {', '.join(_NEEDS)}")
    missing = _NEEDS[kernel] - cpu.flags
    if missing:
        raise UnusableKernel(setting, f"needs what this CPU lacks: {', '.join(sorted(missing))}")
    return kernel


def _numpy_build() -> str:
    """NumPy's version and the file name of its own BLAS, which carries a digest; found without importing it."""
    libraries = sorted(
        path.name for path in metadata.files("numpy") or () if "blas" in path.name and ".so" in path.name
    )
    return " ".join([f"numpy {metadata.version('numpy')}", *libraries])


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Only one process measures at a time: two that compete for the CPU might choose differently."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        lock = cache.with_name(cache.name + ".lock").open("w")
    except OSError:
        yield
        return
    with lock:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(cache: Path) -> dict[str, str]:
    try:
        choices = json.loads(cache.read_text())
    except (OSError, ValueError):
        return {}
    well_formed = isinstance(choices, dict) and all(isinstance(kernel, str) for kernel in choices.values())
    return choices if well_formed else {}


def _write(cache: Path, choices: dict[str, str]) -> None:
    """Whole or not at all; a cache that cannot be written is no failure."""
    new = cache.with_name(f"{cache.name}.{os.getpid()}")
    with suppress(OSError):
        new.write_text(json.dumps(choices, indent=1) + "\n")
        new.replace(cache)
