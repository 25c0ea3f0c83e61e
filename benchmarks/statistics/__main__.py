"""Simulate the statistics and write the section of docs/statistics.md: `python -m benchmarks.statistics [--draws N]`.

20,000 draws take a few minutes of one core; `--print` shows the section instead of writing it.
"""

from __future__ import annotations

import argparse

from benchmarks.statistics.page import section, write


def main() -> None:
    """Run all simulations."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics", description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20_000, help="simulations of each figure")
    parser.add_argument("--print", action="store_true", dest="only_print", help="print instead of writing the page")
    options = parser.parse_args()
    text = section(options.draws)
    print(text) if options.only_print else write(text)


if __name__ == "__main__":
    main()
