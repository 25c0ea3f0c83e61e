"""Trials: a sweep's, filtered and sorted, one with its curve, and all figures of it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from api.addresses import next_page
from api.models.figures import TrialSummary, summary_of
from api.models.queries import SummaryQuery, TrialQuery, TrialsQuery
from api.models.trials import TrialDetail, Trials, detail_of, trial_of
from api.refusals import refusals
from api.services import services
from comparison.curves.figures import figures
from results.reads import sweeps as read_sweeps
from results.reads.courses import course
from results.reads.curves import layers_of_trial, of_trial
from results.reads.trials import find, page

blueprint = APIBlueprint("trials", __name__)
NOT_FILTERS = frozenset({"sort", "cursor", "limit"})


@blueprint.get("/sweeps/<key:sweep_id>/trials")
@blueprint.input(TrialsQuery, location="query", arg_name="query")
@blueprint.output(Trials)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def list_trials(sweep_id: int, query: Any) -> Trials:
    """List a sweep's trials, filtered by state, outcome, replicate, configuration or any hyperparameter."""
    asked = query.model_dump(exclude_unset=True)
    filters = {name: value for name, value in asked.items() if name not in NOT_FILTERS}
    with services().database.read() as connection:
        read_sweeps.find(connection, sweep_id)
        found = page(connection, sweep_id, filters, query.sort, query.cursor, query.limit)
    return Trials(trials=[trial_of(view) for view in found.trials], next=next_page(found.next_cursor))


@blueprint.get("/trials/<key:trial_id>")
@blueprint.input(TrialQuery, location="query", arg_name="query")
@blueprint.output(TrialDetail)
@blueprint.doc(responses=refusals("no-such-trial", "invalid-query", "database-unavailable"))
def show(trial_id: int, query: TrialQuery) -> TrialDetail:
    """Show a trial with its curve and the health of its layers.

    The whole curve, whatever its length; `points` thins what is longer. `findings` are those of all epochs.
    """
    with services().database.read() as connection:
        view = find(connection, trial_id)
        curve, layers = of_trial(connection, trial_id), layers_of_trial(connection, trial_id)
    return detail_of(view, curve, layers, query.points)


@blueprint.get("/trials/<key:trial_id>/summary")
@blueprint.input(SummaryQuery, location="query", arg_name="query")
@blueprint.output(TrialSummary)
@blueprint.doc(responses=refusals("no-such-trial", "invalid-query", "database-unavailable"))
def summarise(trial_id: int, query: SummaryQuery) -> TrialSummary:
    """Get all figures of a trial's curve.

    Outcome and since when; best, final and mean cost; what each target took in epochs, updates, samples, operations and
    seconds; rate, asymptote and half-life, with intervals, or the reason why there are none.
    """
    with services().database.read() as connection:
        view = find(connection, trial_id)
        whole = course(connection, trial_id)
        targets = read_sweeps.find(connection, view.sweep_id).targets if query.targets is None else query.targets
    return summary_of(view, whole, figures(whole, targets, query.patience))
