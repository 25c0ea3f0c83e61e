"""What early termination did in a sweep."""

from __future__ import annotations

from apiflask import APIBlueprint

from api.models.early_termination import EarlyTerminationBody, early_termination_of
from api.refusals import refusals
from api.services import services
from results.reads.comparison import trial_results
from results.reads.early_termination import stopping
from results.reads.sweeps import find

blueprint = APIBlueprint("early_termination", __name__)


@blueprint.get("/sweeps/<key:sweep_id>/early-termination")
@blueprint.output(EarlyTerminationBody)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def of_sweep(sweep_id: int) -> EarlyTerminationBody:
    """Show what early termination stopped, what that saved, and what it cost.

    Every decision with the value and the threshold; the epochs that were not trained; and, of the trials that the rule
    would have stopped and that ran to their end all the same, how many ended in the best tenth of the sweep.
    """
    with services().database.read() as connection:
        sweep = find(connection, sweep_id)
        return early_termination_of(sweep, stopping(connection, sweep_id), trial_results(connection, sweep_id))
