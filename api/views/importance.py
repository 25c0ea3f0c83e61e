"""Which hyperparameters of a sweep mattered."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from api.answers import answer_about
from api.models.importance import ImportanceBody, ImportanceQuery
from api.refusals import refusals
from api.services import services
from comparison.importance.importance import importance
from results.reads.comparison import swept, trial_results
from results.reads.sweeps import find

blueprint = APIBlueprint("importance", __name__)


@blueprint.get("/sweeps/<key:sweep_id>/importance")
@blueprint.input(ImportanceQuery, location="query", arg_name="query")
@blueprint.output(ImportanceBody)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def of_sweep(sweep_id: int, query: ImportanceQuery) -> Response:
    """Weigh a sweep's hyperparameters by fANOVA and PED-ANOVA.

    Over the configurations that have ended. `r_squared` says whether fANOVA's numbers can be believed, `notes` what
    else to know. Importances hold within the values that were swept.
    """
    return answer_about(services(), sweep_id, query, lambda: _weighed(sweep_id, query))


def _weighed(sweep_id: int, query: ImportanceQuery) -> ImportanceBody:
    with services().database.read() as connection:
        sweep = find(connection, sweep_id)
        results, names = trial_results(connection, sweep_id), swept(connection, sweep_id)
    found = importance(results, names, sweep.metric_name, sweep.metric_goal, query.diverged)
    members = {name: getattr(found, name) for name in ImportanceBody.model_fields if hasattr(found, name)}
    return ImportanceBody.model_validate({"sweep_id": sweep_id, "sweep_state": sweep.state, **members})
