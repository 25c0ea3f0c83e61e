"""A stored sweep is submitted again, with a few changes. Pure; called by the API.

Refuses changes of anything but its name, project, seed, replicates and reuse: another space is another document.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sweeps.parsing.findings import Findings
from sweeps.parsing.sections import section

OURS = ("seed", "replicates", "reuse")  # what stands under `backsweep`


class Changes(BaseModel):
    """What is to be different from the sweep that is cloned; everything else is as it was."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Changes")

    name: str | None = Field(default=None, description="its name")
    project: str | None = Field(default=None, description="the experiment in MLflow")
    seed: int | None = Field(default=None, description="the seed from which all others are derived: another sample")
    replicates: int | None = Field(default=None, description="trainings of each configuration")
    reuse: bool | None = Field(default=None, description="take over trials that were trained before, or do not")


def cloned_document(document: Mapping[str, Any], wish: object) -> dict[str, Any]:
    """The document of the clone; raises `InvalidSweep` with paths into the wish. Ranges are the parser's to judge."""
    findings = Findings()
    wished = section(Changes, wish, (), findings)
    findings.refuse()
    changes = {name: value for name, value in wished.model_dump().items() if value is not None}
    whole = deepcopy(dict(document))
    ours = {name: changes.pop(name) for name in OURS if name in changes}
    if ours:
        whole["backsweep"] = {**(whole.get("backsweep") or {}), **ours}
    return whole | changes
