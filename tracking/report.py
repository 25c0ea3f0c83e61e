"""What one tracking pass did and what it left: logged by the worker, shown by readiness checks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class TrackingReport:
    """Counts of one pass. `error`: why MLflow could not take (all of) it, None when it could.

    `pending_sweeps` and `pending_trials` are what the results database knew to be unsent at the end of the pass.
    """

    sent_sweeps: int = 0
    sent_trials: int = 0
    sent_metrics: int = 0
    sent_artifacts: int = 0
    set_aside: int = 0
    forgotten_sweeps: int = 0
    pending_sweeps: int = 0
    pending_trials: int = 0
    seconds: float = 0.0
    error: str | None = None

    def __str__(self) -> str:
        text = (
            f"sent {self.sent_trials} trials with {self.sent_metrics} metrics and {self.sent_sweeps} updates of sweeps "
            f"in {self.seconds:.1f} s, {self.pending_trials} trials pending"
        )
        if self.sent_artifacts:
            text += f"; artifacts of {self.sent_artifacts} sweeps"
        if self.forgotten_sweeps:
            text += f"; {self.forgotten_sweeps} sweeps are gone from MLflow and will be sent again"
        if self.set_aside:
            text += f"; {self.set_aside} refused for good (column tracking_error)"
        return text + (f"; {self.error}" if self.error else "")
