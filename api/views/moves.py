"""What a user asks of a sweep: pause, resume, stop, cancel, retry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy import Connection

from api.idempotency import Done, done_once
from api.models.sweeps import SweepDetail, detail_of
from api.queueing import wake
from api.refusals import KEYED, refusals
from api.services import services
from results.reads.sweeps import find
from results.writes import moves

blueprint = APIBlueprint("moves", __name__)
REFUSALS = refusals("no-such-sweep", "illegal-move", "invalid-query", "database-unavailable", *KEYED)


@blueprint.post("/sweeps/<key:sweep_id>/pause")
@blueprint.output(SweepDetail, status_code=202, description="Paused, or about to be: see `state`.")
@blueprint.doc(responses=REFUSALS)
def pause(sweep_id: int) -> Response:
    """Pause a sweep.

    Nothing more begins. What is running is saved and put back within about a second; once resumed it goes on from
    there, with the same bits as if it had never been paused.
    """
    return _moved(sweep_id, moves.pause)


@blueprint.post("/sweeps/<key:sweep_id>/resume")
@blueprint.output(SweepDetail, status_code=202, description="Queued again.")
@blueprint.doc(responses=REFUSALS)
def resume(sweep_id: int) -> Response:
    """Resume a sweep that was paused. Resuming one that runs is no error."""
    return _moved(sweep_id, moves.resume)


@blueprint.post("/sweeps/<key:sweep_id>/stop")
@blueprint.output(SweepDetail, status_code=202, description="Stopped: no more trials begin.")
@blueprint.doc(responses=REFUSALS)
def stop(sweep_id: int) -> Response:
    """Stop a sweep.

    No more trials begin: those that wait are cancelled, those that run go on to their end. Then the sweep is finished.
    """
    return _moved(sweep_id, moves.stop)


@blueprint.post("/sweeps/<key:sweep_id>/cancel")
@blueprint.output(SweepDetail, status_code=202, description="Cancelled, or about to be: see `state`.")
@blueprint.doc(responses=REFUSALS)
def cancel(sweep_id: int) -> Response:
    """Cancel a sweep.

    What has not begun is cancelled at once; what is running stops within about a second and keeps the epochs it has
    recorded. Cancelling twice is no error; cancelling a sweep that has ended otherwise is.
    """
    return _moved(sweep_id, moves.cancel)


@blueprint.post("/sweeps/<key:sweep_id>/retry")
@blueprint.output(SweepDetail, status_code=202, description="What failed is queued again.")
@blueprint.doc(responses=REFUSALS)
def retry(sweep_id: int) -> Response:
    """Train the failed trials of a sweep again, with as many attempts as at first."""
    most = services().settings.max_attempts
    return _moved(sweep_id, lambda connection, one: moves.retry(connection, one, most))


def _moved(sweep_id: int, move: Callable[[Connection, int], Sequence[int] | None]) -> Response:
    service = services()

    def act(connection: Connection) -> Done:
        job_ids = move(connection, sweep_id)
        found = find(connection, sweep_id)
        return Done(detail_of(found), afterwards=lambda: wake(service, found, job_ids or ()))

    return done_once(act)
