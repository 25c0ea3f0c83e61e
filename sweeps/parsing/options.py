"""The `backsweep` section of a document: replicates, seed, split, targets, job size."""

from __future__ import annotations

from collections.abc import Mapping

from sweeps.parsing.findings import Findings
from sweeps.parsing.schema import BacksweepSection
from sweeps.parsing.sections import section

TOLD = ("replicates", "seed", "validation_fraction")  # the defaults a user should hear about


def options(document: Mapping[str, object], findings: Findings) -> BacksweepSection:
    """The section's values; defaults taken are noted, targets sorted from the easiest and freed of duplicates."""
    content = document.get("backsweep")
    found = section(BacksweepSection, content, ("backsweep",), findings)
    given = content if isinstance(content, dict) else {}
    missing = [f"{key} {getattr(found, key)}" for key in TOLD if key not in given]
    if missing:
        findings.note(f"Not given under backsweep, so the defaults hold: {', '.join(missing)}.")
    targets = sorted(set(found.targets), reverse=True)
    if len(targets) < len(found.targets):
        findings.note("Targets that were given twice count once.")
    return found.model_copy(update={"targets": targets})
