"""How often outcomes are right and intervals hold: `python -m benchmarks.outcomes [--write]`.

Prints the page; `--write` puts it into docs/outcomes-measured.md. A few minutes.
"""

from __future__ import annotations

import argparse

from benchmarks.outcomes.fits import coverages
from benchmarks.outcomes.measuring import causes, cells
from benchmarks.outcomes.page import PAGE, page


def main() -> None:
    """Measure, print, and write where that is asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.outcomes", description="How often outcomes are right.")
    parser.add_argument("--curves", type=int, default=500, help="of each kind at every noise and length")
    parser.add_argument("--seeds", type=int, default=10, help="of every setting and rate")
    parser.add_argument("--fits", type=int, default=100, help="curves of each kind, noise and length to fit")
    parser.add_argument("--write", action="store_true", help="write docs/outcomes-measured.md")
    options = parser.parse_args()
    text = page(cells(options.curves), causes(options.seeds), options.seeds, coverages(options.fits))
    print(text)
    if options.write:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
