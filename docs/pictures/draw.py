"""Draws demo.svg, the picture in the README, from a running service: `python docs/pictures/draw.py URL SWEEP_ID`."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from backsweep import Client
from backsweep.display import comparison, configurations, console, hyperparameters


def main(url: str, sweep_id: int) -> None:
    """Print the comparison to a recording console and write what it shows."""
    recording = Console(record=True, width=100, highlight=False, markup=False, emoji=False, file=io.StringIO())
    for module in (comparison, configurations, console, hyperparameters):
        if hasattr(module, "console"):
            module.console = lambda **_: recording  # type: ignore[attr-defined]
    comparison.show_comparison(Client(url).comparison(sweep_id), 12)
    picture = recording.export_svg(title=f"backsweep compare {sweep_id} --top 12")
    # No fonts from elsewhere: the reader's own monospaced one serves.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL).replace("Fira Code, monospace", "monospace")
    Path(__file__).with_name("demo.svg").write_text(re.sub(r"[ \t]+\n", "\n", picture))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
