"""The comparison of a sweep's trials."""

from __future__ import annotations

from dataclasses import fields

from apiflask import APIBlueprint
from flask import Response

from api.addresses import next_page
from api.answers import answer_about
from api.models.comparison import ComparisonBody, ComparisonQuery
from api.refusals import refusals
from api.services import services
from comparison.comparison import compare
from results.reads.comparison import swept, trial_results
from results.reads.sweeps import find
from sweeps.roles import roles_of

blueprint = APIBlueprint("comparison", __name__)


@blueprint.get("/sweeps/<key:sweep_id>/comparison")
@blueprint.input(ComparisonQuery, location="query", arg_name="query")
@blueprint.output(ComparisonBody)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def compare_sweep(sweep_id: int, query: ComparisonQuery) -> Response:
    """Compare a sweep's configurations and the values of its hyperparameters.

    `headline` says it in sentences. For each hyperparameter that the sweep varies: which value did best where
    everything else is equal (same values of the others, same seeds), by how much, how sure that is, and where another
    value wins. Configurations are summarised over their replicates, ranked, and held against the first; they come in
    pages. Trials that have not ended are counted and otherwise left out, so it can be asked at any time.
    """
    return answer_about(services(), sweep_id, query, lambda: _compared(sweep_id, query))


def _compared(sweep_id: int, query: ComparisonQuery) -> ComparisonBody:
    with services().database.read() as connection:
        sweep = find(connection, sweep_id)
        results, names = trial_results(connection, sweep_id), swept(connection, sweep_id)
    first = query.cursor or 0
    page = slice(first, first + query.limit)
    found = compare(results, sweep.targets, names, sweep.metric_name, sweep.metric_goal, roles_of(sweep.document), page)
    members = {entry.name: getattr(found, entry.name) for entry in fields(found)}
    more = page.stop if page.stop < found.configuration_count else None
    whole = {"sweep_id": sweep_id, "sweep_state": sweep.state, "next": next_page(more), **members}
    return ComparisonBody.model_validate(whole)
