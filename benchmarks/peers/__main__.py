"""`python -m benchmarks.peers [--json] [--write] [--trials N] [--ours N] [--rounds N]`: the same sweep elsewhere.

Digits 64-32-10, 50 epochs, every epoch's four figures in MLflow, on all cores of this machine, per trial: this service
(embedded, POST to last metric in MLflow), Optuna + PyTorch + MLflow, Ray Tune + PyTorch + MLflow. Rounds are
interleaved; the peers do fewer trials, for they are slow. Ray: `pip install 'ray[tune]'`; without it it is left out.
"""

from __future__ import annotations

import argparse
import json
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from backsweep.stack.options import cores
from benchmarks.peers import optuna_study, ray_tune
from benchmarks.sections import replace_section
from benchmarks.service import sweep
from benchmarks.service.embedded import course

PAGE = Path(__file__).parents[2] / "docs" / "service.md"
AIMS = {"Optuna + PyTorch + MLflow": 25, "Ray Tune + PyTorch + MLflow": 150}


def measure(trials: int, ours: int, rounds: int) -> dict[str, list[float]]:
    """Seconds per trial, one for each round."""
    peers = {"Optuna + PyTorch + MLflow": optuna_study.seconds}
    if find_spec("ray") is not None:
        peers["Ray Tune + PyTorch + MLflow"] = ray_tune.seconds
    found: dict[str, list[float]] = {"backsweep": []}
    for _ in range(rounds):
        found["backsweep"].append(course(sweep.digits(ours), cores()).in_mlflow / ours)
        for name, seconds in peers.items():
            with TemporaryDirectory() as folder:
                found.setdefault(name, []).append(seconds(trials, cores(), Path(folder)) / trials)
    return found


def table(found: dict[str, list[float]], trials: int, ours: int) -> str:
    """The figures and their aims."""
    rows = []
    for name, seconds in found.items():
        ratios = [theirs / mine for theirs, mine in zip(seconds, found["backsweep"], strict=True)]
        aim = f"{AIMS[name]} x" if name in AIMS else ""
        ratio = f"**{median(ratios):.0f} x** ({min(ratios):.0f} to {max(ratios):.0f})" if name in AIMS else ""
        rows.append(f"| {name} | {1000 * median(seconds):.1f} | {ratio} | {aim} |")
    head = "| | ms per trial | times as long as backsweep | aim |\n|---|---|---|---|\n"
    made = (
        f"Digits 64-32-10, 50 epochs, batch size 32, {cores()} cores, {len(found['backsweep'])} interleaved rounds; "
        f"{ours:,} trials of ours, {trials:,} of theirs; made by `python -m benchmarks.peers --write`.\n\n"
    )
    return made + head + "\n".join(rows) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/service.md")
    parser.add_argument("--trials", type=int, default=20, help="trials of each peer (20)")
    parser.add_argument("--ours", type=int, default=500, help="trials of this service (500)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    options = parser.parse_args()
    found = measure(options.trials, options.ours, options.rounds)
    print(json.dumps(found) if options.json else table(found, options.trials, options.ours))
    if options.write:
        replace_section(PAGE, "## Against peers", table(found, options.trials, options.ours))


if __name__ == "__main__":
    main()
