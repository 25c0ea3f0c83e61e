"""A document becomes a stored sweep, and the workers are woken. Called by the views that submit and clone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, url_for
from sqlalchemy import Connection

from api.idempotency import Done, done_once
from api.models.sweeps import detail_of
from api.queueing import wake
from api.services import Services
from engine.data.catalog import BUILT_IN
from results.errors import ResultsError
from results.reads.ledger import trained_before
from results.reads.machines import slowness
from results.reads.sweeps import find
from results.values import SweepView
from results.writes.submissions import Staged, staged
from results.writes.sweeps import PreparedSweep, prepare, store
from results.writes.taking_over import DonorsChanged
from sweeps.digests import trial_digests
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.spec import SweepSpec
from worker.failpoints import reach


def submit_document(service: Services, asked: object) -> Response:
    """The sweep as stored, with 201 and its address; raises `InvalidSweep`."""
    spec = parse(asked, BUILT_IN, service.settings.max_trials)
    planned = plan(for_our_machines(service, spec), BUILT_IN)
    digests = trial_digests(planned, BUILT_IN)
    with service.database.read() as connection:
        before = trained_before(connection, digests)
    while True:
        prepared = prepare(planned, asked, BUILT_IN, service.settings.max_attempts, digests, before)
        try:
            with staged(service.database, prepared) as parts:
                return _stored_once(service, prepared, parts)
        except DonorsChanged as changed:
            before = changed.left


def _stored_once(service: Services, prepared: PreparedSweep, parts: Staged | None) -> Response:
    """The last transaction; everything that takes long was done before it."""

    def act(connection: Connection) -> Done:
        created = store(connection, prepared, parts)
        stored = find(connection, created.sweep_id)
        reach(service.settings, "submission.uncommitted")
        location = {"Location": url_for("sweeps.show", sweep_id=created.sweep_id)}
        return Done(detail_of(stored), 201, location, lambda: wake_now(stored, created.job_ids))

    def wake_now(stored: SweepView, job_ids: Sequence[int]) -> None:
        reach(service.settings, "submission.committed")
        wake(service, stored, job_ids)

    return done_once(act)


def for_our_machines(service: Services, spec: SweepSpec) -> SweepSpec:
    """The sweep as it is planned for the machines that train here; for the usual one where the database is away."""
    try:
        with service.database.read() as connection:
            return replace(spec, slowness=slowness(connection))
    except ResultsError:
        return spec
