"""Early termination decides: trials are judged at a check epoch, once, and what was decided is kept.

Called by `worker.attempt` in the transaction that appends the check epoch. The caller holds the sweep's row, so that
two jobs never judge at once, and has passed the fence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from results.clock import now
from results.reads.standings import standings
from results.tables.trials import decisions, trials
from results.values import Claim
from results.writes.inserting import insert_ignoring
from sweeps.early_termination.base import Verdict
from sweeps.early_termination.policy import Policy

STOP, CONTINUE = "stop", "continue"


def decide(
    connection: Connection, claim: Claim, policy: Policy, epoch: int, arrived: Collection[int]
) -> frozenset[int]:
    """Judge the trials that have newly `arrived` at this epoch; the keys of all the claim's that are to end here.

    What was decided before, by an attempt that died since, is repeated: not judged again, nor are trials that were
    audited at an earlier epoch.
    """
    before = _decided(connection, claim)
    settled = {row.trial_id for row in before if row.epoch == epoch or row.audited}
    ending = {row.trial_id for row in before if row.epoch == epoch and row.verdict == STOP and not row.audited}
    found = standings(connection, claim.sweep_id, claim.job_id, epoch, claim.metric_name, claim.metric_goal)
    candidates = [one for one in found if one.trial_id in arrived and one.trial_id not in settled]
    verdicts = policy.rule.decide(claim.metric_goal, epoch, candidates, found)
    rows = list(_rows(verdicts, claim, policy, epoch, now(connection)))
    insert_ignoring(connection, decisions, rows)
    return frozenset(ending | {row["trial_id"] for row in rows if row["verdict"] == STOP and not row["audited"]})


def _decided(connection: Connection, claim: Claim) -> list[Row[Any]]:
    query = select(decisions.c.trial_id, decisions.c.epoch, decisions.c.verdict, decisions.c.audited)
    return list(connection.execute(query.select_from(decisions.join(trials)).where(trials.c.job_id == claim.job_id)))


def _rows(
    verdicts: Collection[Verdict], claim: Claim, policy: Policy, epoch: int, moment: datetime
) -> Iterator[dict[str, Any]]:
    numbers = {one.trial_id: one.number for one in claim.trials}
    for one in verdicts:
        yield {
            "trial_id": one.trial_id,
            "epoch": epoch,
            "rule": policy.rule.name,
            "value": one.value,
            "threshold": one.threshold,
            "verdict": STOP if one.stop else CONTINUE,
            "audited": one.stop and policy.audits(numbers[one.trial_id]),
            "decided_at": moment,
        }
