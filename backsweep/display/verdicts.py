"""Verdicts of one configuration against another, as text."""

from __future__ import annotations

from typing import Any

from backsweep.display.values import MISSING, number, ratio_end

Json = dict[str, Any]


def verdict(found: Json | None) -> str:
    """Such as worse, or ? +7: undecided, and seven new replicates would probably tell; a dash where there is none."""
    if found is None:
        return MISSING
    more = "" if found["more"] is None else f" +{found['more']}"
    return ("?" if found["verdict"] == "undecided" else str(found["verdict"])) + more


def estimate(found: Json) -> str:
    """Such as x 1.31 (1.12 - 1.54), or +0.02 (-0.01 - 0.05) on the scale of differences."""
    if found["estimate"] is None:
        return MISSING
    sign = "x " if found["scale"] == "ratio" else ""
    shown = ratio_end if found["scale"] == "ratio" else number
    ends = "" if found["low"] is None else f" ({shown(found['low'])} to {shown(found['high'])})"
    return f"{sign}{number(found['estimate'])}{ends}"
