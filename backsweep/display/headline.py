"""The first thing to read of a comparison: which values won, how sure that is, and where the answer flips."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text


def show_headline(sentences: Sequence[str], out: Console) -> None:
    """Print a paragraph for each hyperparameter, its name and its parts apart; nothing where none was swept."""
    if not sentences:
        return
    out.print("\nWhich value won, and how sure is that?\n", style="bold")
    for sentence in sentences:
        first, *rest = sentence.removesuffix(".").split("; ")
        out.print(Text(first, style="bold"))
        for part in rest:
            out.print(Padding(Text(part), (0, 0, 0, 4), expand=False))
