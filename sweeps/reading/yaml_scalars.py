"""What an unquoted YAML scalar means: null, boolean, number or text.

Numbers as in YAML 1.2's core schema, so `1e-3` is one (PyYAML, reading YAML 1.1, takes it for text); booleans as in
1.1 (`yes`, `off`), as files written for PyYAML expect. `010`, `1:30` and `1__0` are ambiguous between the two and stay
text; one underscore between two digits of a whole part is taken, as in Python.
"""

from __future__ import annotations

import math
import re

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {
    spelling: truth
    for word, truth in (("true", True), ("yes", True), ("on", True), ("false", False), ("no", False), ("off", False))
    for spelling in (word, word.capitalize(), word.upper())
}
_DIGITS = "(0|[1-9][0-9]*(_[0-9]+)*)"
WHOLE = re.compile(f"[-+]?{_DIGITS}")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")
REAL = re.compile(rf"[-+]?(\.[0-9]+|{_DIGITS}(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
MOST_DIGITS = 400


def plain_value(text: str) -> object:
    """The value of an unquoted scalar; a number that is not finite comes back as such, for the checks to refuse."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if WHOLE.fullmatch(text):
        return int(text) if len(text) <= MOST_DIGITS else math.inf
    if HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    if REAL.fullmatch(text):
        return float(text)
    if INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text
