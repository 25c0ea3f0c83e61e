"""Sweeps: preview, submit, list, show."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request, url_for

from api.addresses import next_page
from api.bodies import document
from api.models.previews import PreviewBody, preview_of
from api.models.queries import SweepsQuery
from api.models.sweeps import SweepDetail, Sweeps, detail_of, sweep_of
from api.queueing import wake
from api.refusals import refusals
from api.services import services
from engine.data.catalog import BUILT_IN
from results.reads.sweeps import find, page
from results.writes.sweeps import create
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.preview import preview

blueprint = APIBlueprint("sweeps", __name__)


@blueprint.post("/sweeps")
@blueprint.output(SweepDetail, status_code=201, description="Stored and queued; `Location` is its address.")
@blueprint.doc(
    responses=refusals("unreadable-document", "invalid-sweep", "invalid-query", 413, 415, "database-unavailable"),
)
def submit() -> tuple[SweepDetail, int, dict[str, str]]:
    """Submit a sweep.

    The body is the sweep as YAML or JSON. It is stored whole or not at all, and then queued; while the queue is away
    it is stored all the same, and begins when the queue is back. `notes` says which defaults were taken and which
    keys were ignored.
    """
    service = services()
    asked = document(request)
    planned = plan(parse(asked, BUILT_IN, service.settings.max_trials), BUILT_IN)
    with service.database.write() as connection:
        created = create(connection, planned, asked, BUILT_IN, service.settings.max_attempts)
        stored = find(connection, created.sweep_id)
    wake(service, stored, created.job_ids)
    return detail_of(stored), 201, {"Location": url_for("sweeps.show", sweep_id=created.sweep_id)}


@blueprint.post("/sweeps/preview")
@blueprint.output(PreviewBody, description="What the sweep would be.")
@blueprint.doc(responses=refusals("unreadable-document", "invalid-sweep", "invalid-query", 413, 415))
def preview_sweep() -> PreviewBody:
    """Preview a sweep.

    The body is that of a submission. Nothing is stored or queued: the answer says how many configurations, trials
    and jobs there would be, how long they would take and in how much memory, and shows the first configurations.
    """
    spec = parse(document(request), BUILT_IN, services().settings.max_trials)
    return preview_of(preview(spec, BUILT_IN))


@blueprint.get("/sweeps")
@blueprint.input(SweepsQuery, location="query", arg_name="query")
@blueprint.output(Sweeps)
@blueprint.doc(responses=refusals("invalid-query", "database-unavailable"))
def list_sweeps(query: SweepsQuery) -> Sweeps:
    """List sweeps, newest first."""
    with services().database.read() as connection:
        found = page(connection, query.project, query.state, query.cursor, query.limit + 1)
    shown = found[: query.limit]
    more = shown[-1].id if len(found) > len(shown) else None
    return Sweeps(sweeps=[sweep_of(view) for view in shown], next=next_page(more))


@blueprint.get("/sweeps/<key:sweep_id>")
@blueprint.output(SweepDetail)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def show(sweep_id: int) -> SweepDetail:
    """Show a sweep: its state, how far it is, its notes and its document."""
    with services().database.read() as connection:
        return detail_of(find(connection, sweep_id))
