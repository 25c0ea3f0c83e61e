"""`python -m benchmarks.service [--json] [--write] [--trials N] [--rounds N]`: the service against the bare engine.

Interleaved rounds on this machine's cores: the same jobs by the engine alone, then by a fresh embedded stack, from POST
to the last row in SQL and the last metric in MLflow. Then 10,000 tiny trials: the API's latency and every process's
memory meanwhile. `--write` puts the table into docs/service.md.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from backsweep.stack.options import cores
from benchmarks.sections import replace_section
from benchmarks.service import bare, sweep
from benchmarks.service.embedded import Course, course

PAGE = Path(__file__).parents[2] / "docs" / "service.md"


def measure(trials: int, tiny: int, rounds: int) -> dict[str, Any]:
    """All figures."""
    workers, document = cores(), sweep.digits(trials)
    alone, through = [], []
    for _ in range(rounds):
        alone.append(bare.seconds(document, workers))
        through.append(course(document, workers))
    crowd = course(sweep.tiny(tiny), workers) if tiny else None
    return {"workers": workers, "trials": trials, "tiny": tiny, "bare": alone, "service": through, "crowd": crowd}


def table(found: dict[str, Any]) -> str:
    """The figures and their aims."""
    alone, through = found["bare"], found["service"]
    sql = [one.in_sql / bare for one, bare in zip(through, alone, strict=True)]
    mlflow = [one.in_mlflow / bare for one, bare in zip(through, alone, strict=True)]
    lag = [one.in_mlflow - one.in_sql for one in through]
    rows = [
        ("engine alone, seconds", "", _span(alone)),
        ("POST to answer, seconds", "", _span([one.answered for one in through])),
        ("POST to last row in SQL, over the engine alone", "<= 1.3", _span(sql)),
        (f"POST to last of {through[0].metrics:,} metrics in MLflow, likewise", "<= 1.6", _span(mlflow)),
        ("MLflow after SQL, seconds", "<= 2", _span(lag)),
        ("API latency meanwhile, p99, ms", "", _span([1000 * one.p99 for one in through])),
    ]
    crowd: Course | None = found["crowd"]
    if crowd is not None:
        most = max(crowd.growth.items(), key=lambda pair: pair[1], default=("none", 0))
        rows += [
            (f"{found['tiny']:,} tiny trials: API latency, p50 and p99, ms", "p99 < 250", _latency(crowd)),
            ("the same: largest growth of a process, MB", "< 50", f"{most[1] / 2**20:.0f} ({most[0].split()[0]})"),
            ("the same: POST to SQL / to MLflow, seconds", "", f"{crowd.in_sql:.1f} / {crowd.in_mlflow:.1f}"),
        ]
    lines = [f"| {what} | {aim} | {figure} |" for what, aim, figure in rows]
    head = "| | aim | measured: median (lowest to highest) |\n|---|---|---|\n"
    made = (
        f"{found['trials']:,} trials of 50 epochs, digits 64-32-10, batch size 32, {found['workers']} cores, "
        f"{len(alone)} interleaved rounds; made by `python -m benchmarks.service --write`.\n\n"
    )
    return made + head + "\n".join(lines) + "\n"


def _span(values: list[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _latency(one: Course) -> str:
    return f"{1000 * one.p50:.0f} and {1000 * one.p99:.0f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/service.md")
    parser.add_argument("--trials", type=int, default=1000, help="trainings of the sweep (1000)")
    parser.add_argument("--tiny", type=int, default=10_000, help="tiny trainings (10,000; 0: leave out)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    options = parser.parse_args()
    found = measure(options.trials, options.tiny, options.rounds)
    print(json.dumps(found, default=asdict) if options.json else table(found))
    if options.write:
        replace_section(PAGE, "## Measured", table(found))


if __name__ == "__main__":
    main()
