"""The curves of a sweep's trials, page by page, with an ETag so that watching costs little."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from api.addresses import next_page
from api.models.curves import Curves
from api.models.queries import CurvesQuery
from api.refusals import refusals
from api.services import services
from results.reads.curves import of_sweep
from results.reads.sweeps import find
from results.values import SweepCurve, SweepView

blueprint = APIBlueprint("curves", __name__)
MOST_VALUES = 400_000  # numbers of one page: some 8 MB of JSON
UNCHANGED = {304: {"description": "Nothing has changed since the answer with that `ETag`."}}


@blueprint.get("/sweeps/<key:sweep_id>/curves")
@blueprint.input(CurvesQuery, location="query", arg_name="query")
@blueprint.output(Curves)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable") | UNCHANGED)
def of_trials(sweep_id: int, query: CurvesQuery) -> Response:
    """Get the curves of a sweep's trials, as columns.

    A page ends before `limit` trials when it would grow long. With `If-None-Match` and the last answer's `ETag`, an
    unchanged page is a 304 and no curve is read.
    """
    with services().database.read() as connection:
        sweep = find(connection, sweep_id)
        tag = _tag(sweep)
        if request.if_none_match.contains_weak(tag):
            response = Response(status=304)
        else:
            after = -1 if query.cursor is None else query.cursor
            most = MOST_VALUES // (1 + len(query.metrics))
            response = _page(sweep, query, of_sweep(connection, sweep_id, query.metrics, after, query.limit, most))
    response.set_etag(tag, weak=True)
    return response


def _page(sweep: SweepView, query: CurvesQuery, found: Sequence[SweepCurve]) -> Response:
    """The columns as they come from the database, which holds no number that is not finite."""
    last = found[-1].number if found else sweep.trial_count
    curves = [
        {
            "trial_id": curve.trial_id,
            "number": curve.number,
            "configuration_number": curve.configuration_number,
            "replicate": curve.replicate,
            "epoch": curve.epochs,
            **curve.values,
        }
        for curve in found
    ]
    more = next_page(last if last + 1 < sweep.trial_count else None)
    return jsonify(sweep_id=sweep.id, metrics=query.metrics, curves=curves, next=more)


def _tag(sweep: SweepView) -> str:
    """Changes with every epoch that is stored, and between questions."""
    told = f"{sweep.uid} {sweep.epochs_recorded} {sorted(sweep.trials.items())} {request.full_path}"
    return blake2b(told.encode(), digest_size=12).hexdigest()
