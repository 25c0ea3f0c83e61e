"""`reuse` of the `backsweep` section. Called by `sweeps.parsing.sweep`.

Refused where trials influence each other: a result that stands there from the beginning would be a decision before
the first epoch.
"""

from __future__ import annotations

from collections.abc import Mapping

from sweeps.parsing.findings import Findings
from sweeps.parsing.schema import BacksweepSection
from sweeps.spec import Metric

_PATH = ("backsweep", "reuse")


def reuse(
    document: Mapping[str, object], method: str, metric: Metric, chosen: BacksweepSection, findings: Findings
) -> bool:
    """Whether trials that were trained before are to be taken over."""
    if not chosen.reuse:
        return False
    if metric.target is not None:
        findings.fault(_PATH, "cannot go with metric.target, which ends the sweep at the first trial that reaches it")
    if document.get("early_terminate") is not None:
        findings.fault(_PATH, "cannot go with early_terminate, whose decisions follow from the order of training")
    if method not in ("grid", "random"):
        findings.fault(_PATH, f"cannot go with method: {method}, which proposes what follows from results as they come")
    return True
