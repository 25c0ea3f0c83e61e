"""The fence: a worker's write counts only while the job is in its hands, under the attempt it claimed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from results.clock import now
from results.errors import StaleAttempt
from results.tables.trials import jobs
from results.values import Claim
from sweeps.states import State

_ADVANCED = {True: {"advanced": True}, False: {}}


def held(claim: Claim) -> ColumnElement[bool]:
    """The claim's job, if it is still the claim's."""
    return (jobs.c.id == claim.job_id) & (jobs.c.attempt == claim.attempt) & (jobs.c.state == State.RUNNING)


def renew_lease(connection: Connection, claim: Claim, lease_seconds: float, advances: bool = False) -> None:
    """Give a sign of life, and keep the job's row; raises `StaleAttempt` when the job is not the claim's.

    `advances`: epochs are recorded in this transaction.
    """
    values = {"lease_seconds": lease_seconds, "lease_expires_at": now(connection) + timedelta(seconds=lease_seconds)}
    found = connection.execute(update(jobs).where(held(claim)).values(values | _ADVANCED[advances]))
    if found.rowcount != 1:
        raise StaleAttempt(claim.job_id, claim.attempt)


def hold(connection: Connection, claim: Claim) -> None:
    """Keep the job's row until the transaction ends; raises `StaleAttempt` when the job is not the claim's."""
    query = select(jobs.c.id).where(held(claim)).with_for_update(key_share=True)
    if connection.execute(query).one_or_none() is None:
        raise StaleAttempt(claim.job_id, claim.attempt)
