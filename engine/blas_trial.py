"""Times the matrix products of training under one BLAS kernel. Run by `blas_measurement` as a program of its own.

For each line on its standard input it prints one line of JSON: the kernel in use and seconds per shape. A program,
because OpenBLAS picks its kernel once, when it is loaded. Imports NumPy and nothing of the engine.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

# (trials, rows, inner, columns, repetitions): forward and gradient products of 64-32-10 and of 784-128, batch 32.
_SHAPES = ((32, 32, 64, 32, 6), (32, 32, 32, 10, 16), (32, 32, 32, 64, 6), (2, 32, 784, 128, 4), (2, 128, 32, 784, 4))


def numpy_blas() -> dict[str, Any]:
    """What threadpoolctl knows of the BLAS that NumPy itself uses; empty where it knows nothing.

    SciPy brings a second OpenBLAS of its own, so the one that lies with NumPy comes first.
    """
    found: list[dict[str, Any]] = [info for info in threadpool_info() if info.get("user_api") == "blas"]
    found.sort(key=lambda info: "numpy" not in info.get("filepath", ""))
    return found[0] if found else {}


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
    kernel = numpy_blas().get("architecture", "")
    pairs = _pairs()
    for _ in sys.stdin:
        sys.stdout.write(json.dumps({"kernel": kernel, "seconds": [_seconds(*pair) for pair in pairs]}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
