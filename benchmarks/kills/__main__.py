"""`python -m benchmarks.kills --kills 1000 --seed 0 [--database postgresql] [--broker redis] [--workers 6] [--json]`.

Trains one sweep undisturbed, then the same sweep again and again under kills, while a user extends, pauses, resumes,
cancels and retries and the clocks of workers and scheduler are set; compares every curve of every one with the first,
bit for bit. `--production` leaves the settings as they are by default, `--no-user` has kills only. Ends with status 1
when anything was lost, duplicated or different.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace

from benchmarks.kills.run import How, run


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--broker", choices=("folder", "redis"), default="folder")
    parser.add_argument("--workers", type=int, default=6)
    parser.add_argument("--production", action="store_true")
    parser.add_argument("--no-user", dest="user", action="store_false")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    how = How(options.kills, options.seed, options.database, options.workers, options.broker)
    report = run(replace(how, production=options.production, user=options.user))
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        print(_text(report))
    return 1 if report["lost"] or report["duplicated"] or report["different"] else 0


def _text(report: dict) -> str:
    most = max(report["by_step"].values(), default=1)
    bars = [f"{count:6d}  {where:36s} {'#' * round(40 * count / most)}" for where, count in report["by_step"].items()]
    facts = [f"{name}: {value}" for name, value in report.items() if name not in ("by_step", "breaches")]
    return "\n".join([*bars, "", *facts, *report["breaches"]])


if __name__ == "__main__":
    sys.exit(main())
