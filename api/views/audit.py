"""The audit of a sweep's search space."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from api.answers import answer_about
from api.models.audit import SpaceAuditBody
from api.refusals import refusals
from api.services import services
from comparison.space.audit import audit
from engine.data.catalog import BUILT_IN
from results.reads.comparison import swept, trial_results
from results.reads.sweeps import find
from sweeps.errors import InvalidSweep
from sweeps.parsing.sweep import parse
from sweeps.spec import SweepSpec

blueprint = APIBlueprint("audit", __name__)
ANY_SIZE = 2**31  # the sweep is stored already: today's limit on trials is not asked


@blueprint.get("/sweeps/<key:sweep_id>/audit")
@blueprint.output(SpaceAuditBody)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def of_sweep(sweep_id: int) -> Response:
    """Audit a sweep's search space.

    Whether the best lies at an edge of what was searched, how much was tried, what diverged or was forbidden, which
    learning rates converge for which initialisation and depth, and which values to try next.
    """
    return answer_about(services(), sweep_id, None, lambda: _audited(sweep_id))


def _audited(sweep_id: int) -> SpaceAuditBody:
    with services().database.read() as connection:
        sweep = find(connection, sweep_id)
        results, names = trial_results(connection, sweep_id), swept(connection, sweep_id)
    found = audit(results, names, _spec(sweep.document), sweep.metric_name, sweep.metric_goal)
    members = {name: getattr(found, name) for name in SpaceAuditBody.model_fields if hasattr(found, name)}
    return SpaceAuditBody.model_validate({"sweep_id": sweep_id, "sweep_state": sweep.state, **members})


def _spec(document: Any) -> SweepSpec | None:
    """The sweep's spec, or None for a document that this version does not read any more."""
    try:
        return parse(document, BUILT_IN, ANY_SIZE)
    except InvalidSweep:
        return None
