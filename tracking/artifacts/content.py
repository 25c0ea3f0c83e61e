"""The artifacts of one ended sweep, whichever way they are sent: what the making gives and both senders take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracking.mapping.content import Metric
from tracking.model.digest import files_digest

MODEL_TYPE = "backsweep network"


@dataclass(frozen=True)
class RunFiles:
    """Files (name -> content) and tags for one run."""

    run_id: str
    files: Mapping[str, bytes]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class BestModel:
    """The best trial's network as a logged model, the output of its own run and of the sweep's.

    `key`: our 32 hexadecimal digits, which follow from trial and epoch: a network trained on is another model.
    `epoch`: at which its weights stand. `metrics`: those of the trial at that epoch. Times in milliseconds. `files`:
    the same whichever way they are sent.
    """

    key: str
    name: str
    trial_run_id: str
    sweep_run_id: str
    sweep_key: str
    epoch: int
    created: int
    params: Mapping[str, str]
    metrics: tuple[Metric, ...]
    tags: Mapping[str, str]
    files: Mapping[str, bytes]

    def sha256(self) -> str:
        """The digest of its files, by which whoever loads it can tell that they are these."""
        return files_digest(self.files)


@dataclass(frozen=True, eq=False)
class SweepArtifacts:
    """`runs`: the sweep's own and, if MLflow holds it, the best trial's; `model`: None where there are no weights."""

    experiment_id: str
    runs: tuple[RunFiles, ...]
    model: BestModel | None
