"""Named configurations held against each other, of one sweep or of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from apiflask import APIBlueprint
from sqlalchemy import Connection

from api.models.comparing import CompareBody
from api.models.comparing_query import CompareQuery
from api.refusals import refusals
from api.services import services
from comparison.across import contest
from comparison.axes import Replicated
from results.errors import InvalidFilter
from results.reads.replicated import replicated
from results.reads.sweeps import find

blueprint = APIBlueprint("comparing", __name__)


@blueprint.get("/compare")
@blueprint.input(CompareQuery, location="query", arg_name="query")
@blueprint.output(CompareBody)
@blueprint.doc(responses=refusals("no-such-sweep", "invalid-query", "database-unavailable"))
def compare_configurations(query: CompareQuery) -> CompareBody:
    """Compare configurations with the first of them, also across sweeps.

    Trials with common seeds are compared pair by pair, others as independent groups; `paired` says which. The loss is
    the best value within the part of the axis that all of them have, so that equal updates, operations or seconds can
    be compared as well as equal epochs. Diverged trials have an infinite loss.
    """
    with services().database.read() as connection:
        found = _read(connection, query)
    result = contest(found, query.metric, query.axis, query.target)
    differing = _differing(found)
    contenders = [
        {entry.name: getattr(one, entry.name) for entry in fields(one)}
        | {"values": {name: configuration.values[name] for name in differing}}
        for one, configuration in zip(result.contenders, found, strict=True)
    ]
    members = {"metric": query.metric, "axis": query.axis, "budget": result.budget, "notes": result.notes}
    return CompareBody.model_validate({**members, "configurations": contenders})


def _read(connection: Connection, query: CompareQuery) -> list[Replicated]:
    """In the order asked for; raises `NoSuchSweep`, and `InvalidFilter` for a number that a sweep does not have."""
    found = {}
    for sweep_id in dict.fromkeys(sweep for sweep, _ in query.configurations):
        find(connection, sweep_id)
        numbers = [number for sweep, number in query.configurations if sweep == sweep_id]
        for one in replicated(connection, sweep_id, numbers, query.metric, query.axis):
            found[sweep_id, one.configuration_number] = one
    missing = [key for key in query.configurations if key not in found]
    if missing:
        sweep_id, number = missing[0]
        raise InvalidFilter("configurations", f"sweep {sweep_id} has no configuration {number}")
    return [found[key] for key in query.configurations]


def _differing(found: Sequence[Replicated]) -> list[str]:
    """Hyperparameters that are not the same in all."""
    return [name for name in found[0].values if any(one.values.get(name) != found[0].values[name] for one in found)]
