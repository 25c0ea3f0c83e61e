"""Which BLAS kernel computes here: chosen by measurement, forced through the environment, recorded with every trial.

Called by `python -m worker` before NumPy is loaded (so NumPy is imported only inside functions), and by the training
job for its record. OpenBLAS does not always pick the fastest kernel itself, and the bits of a result depend on it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import cache as cached
from importlib import metadata
from pathlib import Path

from engine.blas_measurement import fastest, name_in_child
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


class SameBits(StrEnum):
    """How far the promise of the same bits holds here (`engine.same_bits`); recorded with every trial's machine."""

    FUSED = "fused"  # in arrays of any company, alone and continued
    ONE_BY_ONE = "one by one"  # alone and continued, not in arrays: so every trial is trained in one of its own
    NO = "no"  # not even then: results may differ in their last digits from run to run

    @property
    def together(self) -> bool:
        """Whether trials may be trained in one array."""
        return self is not SameBits.ONE_BY_ONE


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
    return remembered(cache, f"{cpu.identity} | {_numpy_build()}", lambda: fastest(candidates, kernel_environment("")))


def remembered(cache: Path, key: str, measure: Callable[[], str], among: Collection[str] | None = None) -> str:
    """The text kept in the file `cache` under this key; where there is none, or none of `among`, it is measured.

    Only one process measures at a time: two that compete for the CPU might find differently.
    """
    with _locked(cache):
        kept = _read(cache)
        if key not in kept or (among is not None and kept[key] not in among):
            kept[key] = measure()
            _write(cache, kept)
    return kept[key]


def kernel_environment(kernel: str) -> dict[str, str]:
    """Environment variables for a process that computes: one thread, and the kernel unless it is ""."""
    libraries = ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "BLIS_NUM", "VECLIB_MAXIMUM")
    threads = dict.fromkeys((f"{library}_THREADS" for library in libraries), "1")
    return {**threads, "OPENBLAS_CORETYPE": kernel} if kernel else threads


def machine() -> dict[str, str | int]:
    """What the bits of a result depend on, as it really is in this process (imports NumPy).

    Keys: numerics (the version of our own), cpu, numpy, blas (library and version), kernel ("" where BLAS does not
    tell), threads.
    """
    import numpy as np

    from engine.blas_trial import numpy_blas

    blas = numpy_blas()
    return {
        "numerics": NUMERICS,
        "cpu": read_cpu().name,
        "numpy": np.__version__,
        "blas": blas.name,
        "kernel": blas.kernel,
        "threads": blas.threads,
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


@cached
def _numpy_build() -> str:
    """NumPy's version and the BLAS it loads, found without importing it here.

    NumPy's wheels bring their BLAS, whose file name carries a digest. Where NumPy loads the system's, which may be
    another one tomorrow, a child process loads it and says which that is.
    """
    version = f"numpy {metadata.version('numpy')}"
    files = metadata.files("numpy") or ()
    own = sorted(path.name for path in files if "blas" in path.name and ".so" in path.name)
    return " ".join([version, *own]) if own else f"{version} {name_in_child()}".strip()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else measures meanwhile, as far as the file system has locks."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("w")
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
