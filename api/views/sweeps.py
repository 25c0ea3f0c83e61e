"""Sweeps: preview, submit, list, show."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from api.addresses import next_page
from api.bodies import document
from api.idempotency import Done, done_once, keyed_request
from api.models.previews import PreviewBody, preview_of
from api.models.queries import SweepsQuery
from api.models.sweeps import SweepDetail, Sweeps, detail_of, sweep_of
from api.refusals import KEYED, refusals
from api.services import services
from api.submitting import for_our_machines, submit_document
from engine.data.catalog import BUILT_IN
from results.errors import ResultsError
from results.reads.ledger import any_trained, trained_before
from results.reads.sweeps import find, page
from sweeps.digests import trial_digests
from sweeps.parsing.sweep import parse
from sweeps.plan import Plan
from sweeps.planning import plan, stand_ins
from sweeps.preview import preview
from sweeps.reuse import TrainedBefore, reusing

blueprint = APIBlueprint("sweeps", __name__)


@blueprint.post("/sweeps")
@blueprint.output(SweepDetail, status_code=201, description="Stored and queued; `Location` is its address.")
@blueprint.doc(
    responses=refusals(
        "unreadable-document", "invalid-sweep", "invalid-query", 413, 415, "database-unavailable", *KEYED
    ),
)
def submit() -> Response:
    """Submit a sweep.

    The body is the sweep as YAML or JSON. It is stored whole or not at all, and then queued; while the queue is away
    it is stored all the same, and begins when the queue is back. `notes` says which defaults were taken and which
    keys were ignored, and how many of the trials earlier sweeps have trained: `backsweep: {reuse: true}` takes those
    over.
    """
    return submit_document(services(), document(request))


@blueprint.post("/sweeps/preview")
@blueprint.output(PreviewBody, description="What the sweep would be.")
@blueprint.doc(
    responses=refusals(
        "unreadable-document", "invalid-sweep", "invalid-query", 413, 415, "database-unavailable", *KEYED
    )
)
def preview_sweep() -> PreviewBody | Response:
    """Preview a sweep.

    The body is that of a submission. Nothing is stored or queued: the answer says how many configurations, trials
    and jobs there would be, how long they would take and in how much memory, shows the first configurations,
    and says which trials earlier sweeps have trained.
    """
    service = services()
    spec = for_our_machines(service, parse(document(request), BUILT_IN, service.settings.max_trials))
    planned = plan(stand_ins(spec), BUILT_IN)
    before = TrainedBefore() if spec.adaptive else _trained_before(planned)
    planned = reusing(planned, before or TrainedBefore(), BUILT_IN)
    found = preview_of(preview(spec, planned, BUILT_IN), before)
    return found if keyed_request() is None else done_once(lambda _: Done(found, 200))


def _trained_before(planned: Plan) -> TrainedBefore | None:
    """None where the database cannot say: a preview needs none otherwise."""
    try:
        with services().database.read() as connection:
            if not any_trained(connection):
                return TrainedBefore()
        digests = trial_digests(planned, BUILT_IN)  # takes long for many, so outside a transaction
        with services().database.read() as connection:
            return trained_before(connection, digests)
    except ResultsError:
        return None


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
