"""The comparison of a sweep's trials."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields

from apiflask import APIBlueprint
from flask import Response, current_app

from api.addresses import next_page
from api.models.comparison import ComparisonBody, ComparisonQuery
from api.refusals import refusals
from api.services import Services, services
from comparison.comparison import compare
from results.reads.comparison import swept, trial_results
from results.reads.sweeps import find
from results.values import SweepView
from sweeps.roles import roles_of
from sweeps.states import ENDED

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
    service = services()
    with service.database.read() as connection:
        sweep = find(connection, sweep_id)
    text = service.answers.get(_of_an_end(sweep, query), lambda: _compared(service, sweep_id, query))
    return Response(text, content_type="application/json")


def _of_an_end(sweep: SweepView, query: ComparisonQuery) -> Hashable:
    """What the answer is of, where it cannot change any more unless the sweep is put to work again; else None."""
    if sweep.state not in ENDED:
        return None
    counts = (*sorted(sweep.trials.items()), sweep.epochs_recorded, sweep.diverged_count, sweep.configuration_count)
    return ("comparison", sweep.uid, sweep.finished_at, sweep.wanted, counts, query.cursor, query.limit)


def _compared(service: Services, sweep_id: int, query: ComparisonQuery) -> str:
    with service.database.read() as connection:
        sweep = find(connection, sweep_id)
        results, names = trial_results(connection, sweep_id), swept(connection, sweep_id)
    first = query.cursor or 0
    page = slice(first, first + query.limit)
    found = compare(results, sweep.targets, names, sweep.metric_name, sweep.metric_goal, roles_of(sweep.document), page)
    members = {entry.name: getattr(found, entry.name) for entry in fields(found)}
    more = page.stop if page.stop < found.configuration_count else None
    whole = {"sweep_id": sweep_id, "sweep_state": sweep.state, "next": next_page(more), **members}
    return current_app.json.dumps(ComparisonBody.model_validate(whole).model_dump(mode="json")) + "\n"
