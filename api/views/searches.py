"""What an adaptive search has come to."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from api.models.searches import SearchBody
from api.refusals import refusals
from api.services import services
from engine.data.catalog import BUILT_IN
from results.reads.searching import replicate_results, search_of
from results.reads.sweeps import find
from sweeps.parsing.sweep import parse
from sweeps.search.report import steps_of
from sweeps.search.results import results_of

blueprint = APIBlueprint("searches", __name__)


@blueprint.get("/sweeps/<key:sweep_id>/search")
@blueprint.output(SearchBody)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def show_search(sweep_id: int) -> SearchBody:
    """Show what an adaptive search has come to.

    Its configurations in the order in which they were proposed, each with what the search was told of it, and the best
    so far. With two metrics, `on_front` marks those that no other beats in both. A grid or random sweep has none.
    """
    service = services()
    with service.database.read() as connection:
        sweep = find(connection, sweep_id)
        search = search_of(connection, sweep_id)
        spec = parse(search.document, BUILT_IN, service.settings.max_trials)
        replicates = replicate_results(connection, sweep_id, spec.metrics) if spec.adaptive else {}
    found: list[dict[str, Any]] = []
    if spec.adaptive:
        results = results_of([replicates.get(one.id, []) for one in search.configurations], spec.metrics)
        for one, step in zip(search.configurations, steps_of(results, spec.metrics), strict=True):
            values = {name: getattr(one.configuration, name) for name in spec.swept}
            plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
            told = None if step.results is None else list(step.results)
            own = {"results": told, "best_so_far": step.best_so_far, "on_front": step.on_front}
            found.append({"number": one.number, "generation": one.generation, "values": plain, **own})
    members = {"search": sweep.search, "generation": sweep.generation, "run_cap": sweep.run_cap}
    metrics = [{"name": one.name, "goal": one.goal, "target": one.target} for one in spec.metrics]
    return SearchBody.model_validate({"sweep_id": sweep_id, **members, "metrics": metrics, "configurations": found})
