"""Extending: a sweep that has ended gets more epochs, replicates, configurations or values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy import Connection

from api.bodies import document
from api.idempotency import Done, done_once
from api.models.sweeps import SweepDetail, detail_of
from api.queueing import wake
from api.refusals import KEYED, refusals
from api.services import Services, services
from engine.data.catalog import BUILT_IN
from results.errors import IllegalMove, NoSuchSweep
from results.reads.machines import slowness
from results.reads.sweeps import find
from results.writes.extending import LargerSweep, PreparedExtension, SweepChanged, SweepSoFar, prepare, store
from results.writes.extending_in_parts import complete, decide, staged_extension
from results.writes.submissions import Staged
from sweeps.errors import InvalidSweep
from sweeps.extending import extended_document, missing, refusal
from sweeps.parsing.sweep import parse

blueprint = APIBlueprint("extending", __name__)
MOST_ATTEMPTS = 5  # at a sweep that others extend too


@blueprint.post("/sweeps/<key:sweep_id>/extend")
@blueprint.output(SweepDetail, status_code=202, description="Stored and queued: what was missing is trained.")
@blueprint.doc(
    responses=refusals(
        "unreadable-document",
        "invalid-sweep",
        "no-such-sweep",
        "illegal-move",
        "invalid-query",
        413,
        415,
        "database-unavailable",
        *KEYED,
    )
)
def extend_sweep(sweep_id: int) -> Response:
    """Extend a sweep that has ended.

    The body names what is wished, as JSON or YAML: `epochs` (every trial goes on from its last epoch to this one),
    `replicates` and `run_cap` (old ones counted), `parameters` (parameter -> more values), `dropped` (true: also what
    a stop or the metric's target dropped). Only what is missing is trained; the result is that of the larger sweep, bit
    for bit.
    """
    wish = document(request)
    for _ in range(MOST_ATTEMPTS):
        try:
            return _extended_once(services(), sweep_id, wish)
        except SweepChanged as error:
            changed = error
    raise changed


def _extended_once(service: Services, sweep_id: int, wish: object) -> Response:
    """Prepare the extension, then store it; why there is none is said where no answer was given before."""
    prepared = _prepared(service, sweep_id, wish)

    with staged_extension(service.database, prepared) as parts:

        def act(connection: Connection) -> Done:
            if isinstance(prepared, Exception):
                raise prepared
            if parts is not None:
                return _decided(service, connection, prepared, parts)
            job_ids = store(connection, prepared)
            stored = find(connection, sweep_id)
            return Done(detail_of(stored), afterwards=lambda: wake(service, stored, job_ids))

        return done_once(act)


def _decided(service: Services, connection: Connection, prepared: PreparedExtension, parts: Staged) -> Done:
    """A large extension: certain with this transaction and completed after it, answered as it will then be."""
    stored = decide(connection, prepared, parts)
    return Done(detail_of(stored), afterwards=lambda: wake(service, stored, complete(service.database, parts.sweep_id)))


def _prepared(service: Services, sweep_id: int, wish: object) -> PreparedExtension | Exception:
    with service.database.read() as connection:
        slower = slowness(connection)
    limit, attempts = service.settings.max_trials, service.settings.max_attempts
    try:
        return prepare(
            service.database.read, sweep_id, lambda so_far: _enlarge(so_far, wish, limit, slower), BUILT_IN, attempts
        )
    except (NoSuchSweep, IllegalMove, InvalidSweep) as refusal:
        return refusal


def _enlarge(so_far: SweepSoFar, wish: Any, max_trials: int, slower: float) -> LargerSweep | str:
    """The larger sweep, or why there is none; raises `InvalidSweep`."""
    whole, wished = extended_document(so_far.document, wish)
    spec = replace(parse(whole, BUILT_IN, max_trials), slowness=slower)
    reason = refusal(spec, wished, so_far.configurations, so_far.replicates)
    if reason is not None:
        return reason
    lacking = missing(spec, so_far.configurations, so_far.replicates, so_far.trial_count, so_far.job_count, BUILT_IN)
    return LargerSweep(whole, spec, lacking, wished)
