"""`python -m benchmarks.peers [--json] [--write] [--trials N] [--ours N] [--rounds N]`: the same sweep elsewhere.

Digits 64-32-10, 50 epochs, every epoch's figures in MLflow, on all cores of this machine, per trial: this service
(embedded, POST to last metric in MLflow), Optuna + PyTorch + MLflow, Ray Tune + PyTorch + MLflow. Rounds are
interleaved; the peers do fewer trials, for they are slow, and so do we once more. What is missing is left out by name:
`pip install -e '.[peers]' 'ray[tune]'`. `--write` puts the table into docs/peers.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backsweep.stack.options import cores
from benchmarks.peers import optuna_study, ray_tune
from benchmarks.peers.page import OURS, table
from benchmarks.peers.taken import Taken
from benchmarks.sections import replace_section
from benchmarks.service import sweep
from benchmarks.service.course import course
from benchmarks.service.watching import Watch

PAGE = Path(__file__).parents[2] / "docs" / "peers.md"
PEERS: dict[str, tuple[tuple[str, ...], Callable[[int, int, Path], Taken]]] = {
    "Optuna + PyTorch + MLflow": (("optuna", "torch"), optuna_study.measure),
    "Ray Tune + PyTorch + MLflow": (("ray", "torch"), ray_tune.measure),
    "the same, Ray keeping its processes": (("ray", "torch"), ray_tune.measure_reusing),
}


def measure(count: int, ours: int, rounds: int) -> dict[str, Any]:
    """What each took in each round, what is left out, and the share of the machine that others took."""
    missing = {name: [one for one in needs if find_spec(one) is None] for name, (needs, _) in PEERS.items()}
    runs: dict[str, Callable[[], tuple[Taken, float]]] = {
        OURS: lambda: _ours(ours),
        f"{OURS}, {count} trials": lambda: _ours(count),
    }
    runs |= {name: _peer(work, count) for name, (_, work) in PEERS.items() if not missing[name]}
    found: dict[str, list[Taken]] = {name: [] for name in runs}
    others: list[float] = []
    for number in range(rounds):
        for name, run in runs.items():
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            took, of_others = run()
            found[name].append(took)
            others.append(of_others)
    left_out = {name: modules for name, modules in missing.items() if modules}
    return {"trials": count, "ours": ours, "cores": cores(), "found": found, "left_out": left_out, "others": others}


def _ours(count: int) -> tuple[Taken, float]:
    took = course(sweep.digits(count), cores())
    return Taken(took.start_up, took.in_mlflow), took.others


def _peer(work: Callable[[int, int, Path], Taken], count: int) -> Callable[[], tuple[Taken, float]]:
    def run() -> tuple[Taken, float]:
        with TemporaryDirectory() as folder, Watch() as watch:
            took = work(count, cores(), Path(folder))
        return took, watch.others()

    return run


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/peers.md")
    parser.add_argument("--trials", type=int, default=40, help="trials of each peer (40)")
    parser.add_argument("--ours", type=int, default=1000, help="trials of this service (1000)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    options = parser.parse_args()
    found = measure(options.trials, options.ours, options.rounds)
    print(json.dumps(found, default=asdict) if options.json else table(found))
    if options.write:
        replace_section(PAGE, "## Measured", table(found))


if __name__ == "__main__":
    main()
