"""What the tracker needs of MLflow, whichever way its address leads; `tracking.opening` says which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from tracking.mapping.content import ExperimentContent, RunContent

if TYPE_CHECKING:
    from tracking.artifacts.content import SweepArtifacts

DELETED = "its run was deleted in MLflow"  # kept as tracking_error


class Stage(StrEnum):
    """What became of a run that was sent."""

    ACTIVE = "active"
    DELETED = "deleted"  # its user deleted it in MLflow: that stands
    MISSING = "missing"  # MLflow was emptied or put back to an older state


@dataclass(frozen=True)
class Sent:
    """What came of sending one run: `run_id` where MLflow holds it, else why not.

    `refused`: for good, to be shown. `lost`: its earlier epochs are gone; send it from the beginning.
    """

    run_id: str | None
    refused: str | None = None
    lost: bool = False


class Destination(Protocol):
    """MLflow behind an address. Every method raises `tracking.errors.Unavailable` when a later pass may succeed."""

    def experiment(self, content: ExperimentContent) -> str:
        """The id of the project's experiment, created if missing and restored if deleted."""

    def stages(self, run_ids: Sequence[str]) -> Mapping[str, Stage]:
        """What became of each of these runs."""

    def send(self, experiment_id: str, runs: Sequence[RunContent], deadline: float) -> Sequence[Sent]:
        """Send runs; committed in MLflow when this returns. May stop after some when `time.monotonic()` passes."""

    def reaches_artifacts(self, experiment_id: str) -> bool:
        """Whether files can be brought to this experiment; where not, none are made."""

    def send_artifacts(self, content: SweepArtifacts) -> bool:
        """Send a sweep's artifacts; whether MLflow holds its run. Raises `Refused` too. May be repeated."""

    @property
    def runs_per_batch(self) -> int:
        """How many runs one call of `send` should be given."""

    @property
    def epochs_per_batch(self) -> int:
        """How many epoch rows one call of `send` should be given, over all its runs."""
