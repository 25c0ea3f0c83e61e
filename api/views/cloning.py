"""Cloning: a stored sweep's document is submitted once more."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from api.bodies import optional_document
from api.models.sweeps import SweepDetail
from api.refusals import KEYED, refusals
from api.services import services
from api.submitting import submit_document
from results.reads.sweeps import find
from sweeps.cloning import cloned_document

blueprint = APIBlueprint("cloning", __name__)


@blueprint.post("/sweeps/<key:sweep_id>/clone")
@blueprint.output(SweepDetail, status_code=201, description="Stored and queued; `Location` is its address.")
@blueprint.doc(
    responses=refusals(
        "unreadable-document",
        "invalid-sweep",
        "no-such-sweep",
        "invalid-query",
        413,
        415,
        "database-unavailable",
        *KEYED,
    )
)
def clone_sweep(sweep_id: int) -> Response:
    """Clone a sweep: submit its document again, as a new sweep.

    The body may be left out, or say what is to be different: `name`, `project`, `seed`, `replicates`, `reuse`. With
    `reuse: true` only what was not trained before is trained. The state of the old sweep does not matter.
    """
    service = services()
    wish = optional_document(request)
    with service.database.read() as connection:
        stored = find(connection, sweep_id).document
    return submit_document(service, cloned_document(stored, wish))
