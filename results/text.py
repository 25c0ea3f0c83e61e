"""Free text made storable: what PostgreSQL's text cannot hold is shown by its escape, and length is bounded."""

from __future__ import annotations

MOST_CHARACTERS = 10_000


def storable(text: str) -> str:
    r"""The text with NUL and lone surrogates as `\x00` and `\ud800`; of a long one the middle is left out."""
    if len(text) > MOST_CHARACTERS:
        half = MOST_CHARACTERS // 2
        text = f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
