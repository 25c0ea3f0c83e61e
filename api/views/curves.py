"""The curves of a sweep's trials, or bands over replicates, in pages, with an ETag so that watching costs little."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy import Connection

from api.addresses import next_page
from api.models.curves import Curves
from api.models.queries import CurvesQuery
from api.refusals import refusals
from api.services import services
from api.views.curve_columns import band_columns, needed, trial_columns
from comparison.bands import bands
from results.reads.curves import of_sweep
from results.reads.replicated import epoch_work, numbers_after, replicated
from results.reads.sweeps import find
from results.values import SweepView

blueprint = APIBlueprint("curves", __name__)
MOST_VALUES = 400_000  # numbers of one page: some 8 MB of JSON
UNCHANGED = {304: {"description": "Nothing has changed since the answer with that `ETag`."}}


@blueprint.get("/sweeps/<key:sweep_id>/curves")
@blueprint.input(CurvesQuery, location="query", arg_name="query")
@blueprint.output(Curves)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable") | UNCHANGED)
def of_trials(sweep_id: int, query: CurvesQuery) -> Response:
    """Get the curves of a sweep's trials, or with `bands` one curve for each configuration, as columns.

    A page ends before `limit` trials (configurations) when it would grow long. With `points` curves are thinned, their
    lowest points kept. With `If-None-Match` and the last answer's `ETag`, an unchanged page is a 304 and no curve is
    read.
    """
    with services().database.read() as connection:
        sweep = find(connection, sweep_id)
        tag = _tag(sweep)
        if request.if_none_match.contains_weak(tag):
            response = Response(status=304)
        else:
            response = _of_trials(connection, sweep, query) if query.bands is None else _bands(connection, sweep, query)
    response.set_etag(tag, weak=True)
    return response


def _of_trials(connection: Connection, sweep: SweepView, query: CurvesQuery) -> Response:
    """The columns as they come from the database, which holds no number that is not finite."""
    most = MOST_VALUES // (1 + len(query.metrics))
    found = of_sweep(connection, sweep.id, needed(query), _after(query), query.limit, most)
    work = epoch_work(connection, sweep.id, {curve.configuration_number for curve in found})
    curves = [trial_columns(curve, query, work) for curve in found]
    last = found[-1].number if found else sweep.trial_count
    return _page(sweep, query, last, sweep.trial_count, curves=curves)


def _bands(connection: Connection, sweep: SweepView, query: CurvesQuery) -> Response:
    assert query.bands is not None
    numbers = numbers_after(connection, sweep.id, _after(query), query.limit, MOST_VALUES // 4)
    found = []
    for metric in query.metrics:
        some = replicated(connection, sweep.id, numbers, metric, query.axis)
        computed = bands(some, metric, query.bands, query.axis)
        found += [band_columns(*pair, metric, query.points) for pair in zip(some, computed, strict=True)]
    last = numbers[-1] if numbers else sweep.configuration_count
    return _page(sweep, query, last, sweep.configuration_count, bands=found)


def _page(sweep: SweepView, query: CurvesQuery, last: int, count: int, **found: list[dict[str, Any]]) -> Response:
    more = next_page(last if last + 1 < count else None)
    told = {"curves": [], "bands": [], **found}
    body = {"sweep_id": sweep.id, "metrics": query.metrics, "axis": query.axis, **told, "next": more}
    return Response(orjson.dumps(body), mimetype="application/json")


def _after(query: CurvesQuery) -> int:
    return -1 if query.cursor is None else query.cursor


def _tag(sweep: SweepView) -> str:
    """Changes with every epoch that is stored, and between questions."""
    told = f"{sweep.uid} {sweep.epochs_recorded} {sorted(sweep.trials.items())} {request.full_path}"
    return blake2b(told.encode(), digest_size=12).hexdigest()
