"""Which BLAS NumPy computes with, and how long it takes for the matrix products of training.

Run by `blas_measurement` as a program of its own, because OpenBLAS picks its kernel once, when it is loaded: for each
line on its standard input it prints one line of JSON: BLAS, the kernel in use and seconds per shape. `blas` calls
`numpy_blas` for the records. Imports NumPy and nothing of the engine.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import platform
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

# (trials, rows, inner, columns, repetitions): forward and gradient products of 64-32-10 and of 784-128, batch 32.
_SHAPES = ((32, 32, 64, 32, 6), (32, 32, 32, 10, 16), (32, 32, 32, 64, 6), (2, 32, 784, 128, 4), (2, 128, 32, 784, 4))
# How builds rename BLAS functions: with 64-bit integers, NumPy's wheels, and Apple's Accelerate.
_PREFIXES = ("", "scipy_")
_SUFFIXES = ("", "64_", "_64", "$NEWLAPACK", "$NEWLAPACK$ILP64")


@dataclass(frozen=True)
class Blas:
    """`name`: library and version; `kernel`: "" where the library does not tell; `threads` it computes with."""

    name: str
    kernel: str
    threads: int


def numpy_blas() -> Blas:
    """The BLAS that NumPy's products really go to.

    OpenBLAS and BLIS tell about themselves; what else threadpoolctl knows by its file comes next; any other library is
    named by its file, and a NumPy that links none by what its build says. Functions are looked up as NumPy's own
    extension module finds them: SciPy and LAPACK may have loaded other libraries beside it.
    """
    library = _Library()
    for described in (_openblas(library), _blis(library)):
        if described is not None:
            return described
    file = library.file_of("cblas_sgemm")
    if not file:
        return Blas(_configured(), "", _measured_threads())
    for info in threadpool_info():
        if info["user_api"] == "blas" and os.path.realpath(info["filepath"]) == file:
            name = f"{info['internal_api']} {info.get('version') or ''}".strip()
            return Blas(name, info.get("architecture") or "", int(info["num_threads"]))
    return Blas(_name_of(file), "", _measured_threads())


class _Library:
    """The BLAS functions that NumPy's extension module reaches, under whatever names its build gave them."""

    def __init__(self) -> None:
        self._handle = ctypes.CDLL(import_module("numpy._core._multiarray_umath").__file__)

    def function(self, name: str) -> Any:
        """The function, or None."""
        for prefix in _PREFIXES:
            for suffix in _SUFFIXES:
                found = getattr(self._handle, f"{prefix}{name}{suffix}", None)
                if found is not None:
                    return found
        return None

    def number(self, name: str) -> int:
        """What a function without arguments answers; 0 where there is none."""
        function = self.function(name)
        return 0 if function is None else int(function())

    def text(self, name: str, *arguments: int) -> str:
        """Likewise for a function that answers with text."""
        function = self.function(name)
        if function is None:
            return ""
        function.restype = ctypes.c_char_p
        answer: bytes = function(*arguments) or b""
        return answer.decode(errors="replace")

    def file_of(self, name: str) -> str:
        """The file that the function comes from; "" where there is none, or the system does not tell."""
        function = self.function(name)
        found = _DlInfo()
        try:
            dladdr = ctypes.CDLL(None).dladdr
        except (AttributeError, OSError, TypeError):
            return ""
        if function is None or not dladdr(ctypes.cast(function, ctypes.c_void_p), ctypes.byref(found)):
            return ""
        file: bytes = found.file
        return os.path.realpath(file.decode(errors="replace"))


class _DlInfo(ctypes.Structure):
    """C's `Dl_info`."""

    _fields_ = (
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


def _openblas(library: _Library) -> Blas | None:
    build = library.text("openblas_get_config").split()
    if len(build) < 2:
        return None
    return Blas(
        f"openblas {build[1]}", library.text("openblas_get_corename"), library.number("openblas_get_num_threads")
    )


def _blis(library: _Library) -> Blas | None:
    version = library.text("bli_info_get_version_str")
    if not version:
        return None
    kernel = library.text("bli_arch_string", library.number("bli_arch_query_id"))
    return Blas(f"blis {version}", kernel, _measured_threads())


def _name_of(file: str) -> str:
    """Accelerate with the system it belongs to; another library by its file and folder, as alternatives share names."""
    if "/Accelerate.framework/" in file or "/vecLib.framework/" in file:
        return f"accelerate {platform.mac_ver()[0]}".strip()
    folder, name = os.path.split(file)
    return f"{os.path.basename(folder)}/{name} {_digest(file)}".strip()


@cache
def _digest(file: str) -> str:
    """A short one, of a library that does not tell its version."""
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:8]
    except OSError:
        return ""


def _configured() -> str:
    """What NumPy was built with."""
    build: Any = np.show_config(mode="dicts")
    built = build["Build Dependencies"].get("blas", {})
    if not built.get("found"):
        return "none"
    return f"{built['name']} {built.get('version', '')}".strip()


@cache
def _measured_threads() -> int:
    """How many threads a product runs on, for libraries that do not tell: processor time over this thread's own.

    Other threads of this process only add to it, so the least of some rounds counts.
    """
    factor = np.ones((256, 256), dtype=np.float32)
    shares = []
    for _ in range(3):
        own, whole = thread_time(), process_time()
        factor @ factor
        own, whole = thread_time() - own, process_time() - whole
        shares.append(whole / own if own > 0 else 1.0)
    return max(1, round(min(shares)))


def _pairs() -> list[tuple[Any, Any, Any, int]]:
    random = np.random.RandomState(0)
    pairs = []
    for trials, rows, inner, columns, repetitions in _SHAPES:
        left = random.rand(trials, rows, inner).astype(np.float32)
        right = random.rand(trials, inner, columns).astype(np.float32)
        pairs.append((left, right, left @ right, repetitions))
    return pairs


def _seconds(left: Any, right: Any, out: Any, repetitions: int) -> float:
    np.matmul(left, right, out=out)
    start = perf_counter()
    for _ in range(repetitions):
        np.matmul(left, right, out=out)
    return (perf_counter() - start) / repetitions


def main() -> None:
    """One round of timings per line of input, until the input ends."""
    blas = numpy_blas()
    here = {"blas": blas.name, "kernel": blas.kernel}
    pairs = _pairs()
    for _ in sys.stdin:
        sys.stdout.write(json.dumps({**here, "seconds": [_seconds(*pair) for pair in pairs]}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
