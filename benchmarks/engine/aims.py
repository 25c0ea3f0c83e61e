"""What the engine should reach at the least, case by case; `page` sets the measured ratios beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Aim:
    """`least`: the peer's time over ours. For the floor that is the share of it that we reach."""

    peer: str
    workload: str
    trials: int
    work: str
    least: float


AIMS = (
    Aim("PyTorch eager", "digits", 64, "updates only", 30),
    Aim("PyTorch stacked (bmm)", "digits", 64, "updates only", 2.5),
    Aim("JAX vmap + jit + scan", "digits", 64, "updates only", 2.5),
    Aim("PyTorch eager", "digits", 64, "with evaluation", 20),
    Aim("PyTorch stacked (bmm)", "digits", 64, "with evaluation", 2.2),
    Aim("floor: the matrix products alone", "digits", 64, "updates only", 0.55),
    Aim("floor: the matrix products alone", "mnist-shape", 16, "updates only", 0.85),
    Aim("NumPy, one network at a time", "tiny", 256, "updates only", 20),
    Aim("PyTorch eager", "digits", 1, "updates only", 5),
)
