"""`python -m benchmarks.engine [--json] [--workload NAME] [--trials N] [--quick]`: see docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json

from benchmarks.engine.environment import prepare
from benchmarks.engine.workloads import WORKLOADS


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description="Time of one update of one trial.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--workload", action="append", choices=WORKLOADS, help="only this one (may be repeated)")
    parser.add_argument("--trials", action="append", type=int, help="only so many (may be repeated)")
    parser.add_argument("--work", action="append", choices=("updates", "evaluation"), help="only this kind")
    parser.add_argument("--peer", action="append", help="besides ours only these: floor, numpy, torch, jax, sklearn")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: under two minutes")
    parser.add_argument("--rounds", type=int, help="rounds of turns (7, or 3 with --quick)")
    parser.add_argument("--core", type=int, help="the core to pin to (the last one)")
    return parser.parse_args()


def main() -> None:
    """Measures every case that was asked for and prints it."""
    arguments = _arguments()
    core = prepare(arguments.core)
    # Only now: the libraries read their environment when they load.
    from benchmarks.engine import running

    result = running.run(arguments, core)
    print(json.dumps(result.as_json(), indent=1) if arguments.json else "\n".join(result.as_text()))


if __name__ == "__main__":
    main()
