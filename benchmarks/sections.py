"""Puts what a benchmark measured into a page of the docs: the section under a heading is replaced, the rest stays."""

from __future__ import annotations

from pathlib import Path


def replace_section(page: Path, heading: str, text: str) -> None:
    """Replace what stands under `heading` (such as `## Measured`), up to the next heading of its level or the end."""
    before, found, rest = page.read_text().partition(f"{heading}\n")
    level = heading.split()[0] + " "
    following = rest.find(f"\n{level}")
    after = rest[following:] if following >= 0 else ""
    start = before if found else f"{before.rstrip()}\n\n"
    page.write_text(f"{start}{heading}\n\n{text.strip()}\n{after}")
