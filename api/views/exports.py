"""A sweep's rows to take away: CSV, Parquet or JSON lines, streamed."""

from __future__ import annotations

from collections.abc import Iterator

from apiflask import APIBlueprint
from flask import Response

from api.exports.registry import FORMATS
from api.models.exports import ExportQuery
from api.refusals import refusals
from api.services import services
from results.database import Database
from results.reads.exporting import Columns, Export, Subject, chunk_of, export_of
from results.reads.sweeps import find

blueprint = APIBlueprint("exports", __name__)
_CONTENT = {one.media_type: {"schema": {"type": "string"}, "example": one.example} for one in FORMATS.values()}
_STREAM = {200: {"description": "The rows, as a file.", "content": _CONTENT}}


@blueprint.get("/sweeps/<key:sweep_id>/export")
@blueprint.input(ExportQuery, location="query", arg_name="query")
@blueprint.doc(responses=_STREAM | refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def export(sweep_id: int, query: ExportQuery) -> Response:
    """Export a sweep.

    `rows=epochs` (a row for every epoch of every trial, with the hyperparameters that the sweep varies), `trials` (a
    row for every trial, with all hyperparameters, seeds and results) or `layers` (the health of every layer at every
    epoch). Streamed: a sweep of any size needs no more memory than 50,000 rows.
    """
    database = services().database
    with database.read() as connection:
        sweep = find(connection, sweep_id)
        found = export_of(connection, sweep_id, Subject(query.rows))
    chosen = FORMATS[query.format]
    stream = Response(chosen.write(found.columns, _chunks(database, found)), content_type=chosen.media_type)
    name = f"sweep-{sweep.id}-{query.rows}.{chosen.name}"
    stream.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return stream


def _chunks(database: Database, found: Export) -> Iterator[Columns]:
    """Each in a transaction of its own: a reader may take its time."""
    for chunk in found.chunks:
        with database.read() as connection:
            columns = chunk_of(connection, found, chunk)
        yield columns
