"""Is it alive, is it ready: for people, load balancers and containers."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIBlueprint

from api.models.health import Check, Health, Readiness
from api.problems import InputFault, Problem
from api.refusals import refusals
from api.services import services
from api.views import tracking
from results.errors import ResultsError
from results.schema import check as check_schema
from worker.broker import is_folder

blueprint = APIBlueprint("service", __name__)


@blueprint.get("/healthz")
@blueprint.output(Health)
@blueprint.doc(responses=refusals())
def healthz() -> Health:
    """Say that the process is alive.

    Looks at nothing else: a service whose database is down is alive, but not ready.
    """
    return Health()


@blueprint.get("/readyz")
@blueprint.output(Readiness)
@blueprint.doc(responses=refusals("not-ready"))
def readyz() -> Readiness:
    """Say whether requests will be served.

    The database must answer with this version's schema. A broker that is away is a warning: sweeps are accepted
    without it, and begin when it is back. How far MLflow is behind is told too, and never makes the service unready.
    """
    checks = [_tried("database", _look_at_database), _tried("schema", _look_at_schema), _broker()]
    failed = [check for check in checks if check.status == "failed"]
    if failed:
        faults = tuple(InputFault(f"{check.name}: {check.detail}") for check in failed)
        raise Problem(503, faults[0].detail, "not-ready", faults=faults, headers={"Retry-After": "5"})
    return Readiness(checks=[*checks, tracking.check()])


def _tried(name: str, look: Callable[[], None]) -> Check:
    try:
        look()
    except ResultsError as error:
        return Check(name=name, status="failed", detail=str(error))
    return Check(name=name, status="ok")


def _look_at_database() -> None:
    with services().database.read():
        pass


def _look_at_schema() -> None:
    check_schema(services().database)


def _broker() -> Check:
    """Which broker serves, in words that its users know."""
    folder = is_folder(services().settings.broker_url)
    if services().queue.ping():
        serving = "a folder of this machine: for workers on this machine only" if folder else "Redis"
        return Check(name="broker", status="ok", detail=serving)
    away = "the broker's folder cannot be written" if folder else "Redis does not answer"
    return Check(name="broker", status="warning", detail=f"{away}; sweeps are stored and begin later")
