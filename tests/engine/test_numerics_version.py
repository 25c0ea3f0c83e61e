"""Bits that change need another version of the numerics, or what was trained before would be reused as if the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.blas import _NEEDS, kernel_environment
from engine.cpu import read_cpu
from tests.engine.numerics_sample import STORED

SAMPLE = Path(__file__).with_name("numerics_sample.py")


@pytest.mark.parametrize("kernel", ["Haswell", "SkylakeX"])
def test_the_curves_are_those_of_this_version(kernel: str) -> None:
    if not _NEEDS[kernel] <= read_cpu().flags:
        pytest.skip(f"this CPU does not run the kernel {kernel}")
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, **kernel_environment(kernel), "PYTHONPATH": root}
    answer = subprocess.run([sys.executable, str(SAMPLE)], env=environment, capture_output=True, text=True, check=True)
    key, digest = json.loads(answer.stdout)
    known = json.loads(STORED.read_text())
    if key not in known:
        pytest.skip(f"no curves are stored for {key}: python -m tests.engine.numerics_sample --write stores them")
    assert digest == known[key], "the bits have changed: raise engine.version.NUMERICS, then store the new digests"
