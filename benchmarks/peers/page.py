"""The figures of `python -m benchmarks.peers` as a table, with the versions and how undisturbed the machine was."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers.taken import Taken

OURS = "backsweep"
AIMS = {"Optuna + PyTorch + MLflow": 25, "Ray Tune + PyTorch + MLflow": 150}
LIBRARIES = ("numpy", "torch", "optuna", "ray", "mlflow")


def table(found: dict[str, Any]) -> str:
    """Milliseconds per trial, and how many times as long as ours; each ratio is taken within its round."""
    mine = [one.working / found["ours"] for one in found["found"][OURS]]
    rows = [_row(name, took, found, mine) for name, took in found["found"].items()]
    head = (
        "| | trials | start-up, s | ms per trial | times as long as backsweep | aim |\n"
        "|---|---|---|---|---|---|\n"  # the start-up is not in the others
    )
    left_out = [f"{name} was left out: {', '.join(needs)} not installed." for name, needs in found["left_out"].items()]
    return "\n\n".join([_made(found, len(mine)), head + "\n".join(rows), *left_out]) + "\n"


def _made(found: dict[str, Any], rounds: int) -> str:
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    others = [100 * one for one in found["others"]]
    return (
        f"Digits 64-32-10, 50 epochs, batch size 32, {found['cores']} cores ({_processor()}), {rounds} interleaved "
        f"round{'s' if rounds > 1 else ''}; made by `python -m benchmarks.peers --write`. Python "
        f"{platform.python_version()}, {libraries}. Other programs took {median(others):.0f} % of the machine in the "
        f"median run, {max(others):.0f} % in the worst."
    )


def _row(name: str, took: list[Taken], found: dict[str, Any], mine: list[float]) -> str:
    count = found["ours"] if name == OURS else found["trials"]
    each = [one.working / count for one in took]
    ratios = [theirs / ours for theirs, ours in zip(each, mine, strict=True)]
    ratio = "1" if name == OURS else f"**{median(ratios):.1f}** ({min(ratios):.1f} to {max(ratios):.1f})"
    aim = str(AIMS.get(name, ""))
    start_up = median(one.start_up for one in took)
    return f"| {name} | {count:,} | {start_up:.1f} | {1000 * median(each):.1f} | {ratio} | {aim} |"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
