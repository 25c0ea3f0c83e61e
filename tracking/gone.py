"""What MLflow no longer has: an emptied one is filled again from SQL, a run its user deleted stays deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracking.destination import Destination, Stage


@dataclass(frozen=True)
class Gone:
    """Keys of sweeps whose parent runs are `missing` (send all again) or `deleted` (leave alone)."""

    missing: tuple[int, ...]
    deleted: tuple[int, ...]


def notice_what_is_gone(destination: Destination, sent: Mapping[int, str], unsent: Sequence[int]) -> Gone:
    """Look for the parent runs of the sweeps that have more to send, and for the newest of all.

    `sent`: sweep -> parent run that MLflow should hold. Only where one of these is missing, as after MLflow was emptied
    or put back to an older state, all are looked for: over HTTP that is one request each.
    """
    if not sent:
        return Gone((), ())
    first = {sweep_id: sent[sweep_id] for sweep_id in {*unsent, max(sent)} if sweep_id in sent}
    stages = destination.stages(list(first.values()))
    if Stage.MISSING in stages.values():
        first = dict(sent)
        stages = destination.stages(list(first.values()))
    return Gone(
        missing=tuple(sweep_id for sweep_id, run_id in first.items() if stages[run_id] is Stage.MISSING),
        deleted=tuple(sweep_id for sweep_id, run_id in first.items() if stages[run_id] is Stage.DELETED),
    )
