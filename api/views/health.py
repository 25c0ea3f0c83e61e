"""Is it alive, is it ready: for people, load balancers and containers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from apiflask import APIBlueprint

from api.models.health import Check, Health, Readiness
from api.problems import InputFault, Problem
from api.refusals import refusals
from api.services import services
from api.views import tracking
from results import room
from results.errors import ResultsError
from results.schema import check as check_schema
from worker.broker import folder_of, is_folder

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

    The database must answer with this version's schema; its disk, and that of the artifacts, must have room. A broker
    that is away is a warning: sweeps are accepted without it, and begin when it is back. How far MLflow is behind is
    told too, and never makes the service unready.
    """
    checks = [_tried(name, look) for name, look in _LOOKS.items()] + [_broker()]
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


def _look_at_room() -> None:
    room.check(services().database)
    settings = services().settings
    if settings.mlflow_artifacts_root and "://" not in settings.mlflow_artifacts_root:
        room.check_folder(Path(settings.mlflow_artifacts_root))
    if is_folder(settings.broker_url):
        room.check_folder(folder_of(settings.broker_url))


_LOOKS = {"database": _look_at_database, "schema": _look_at_schema, "room": _look_at_room}


def _broker() -> Check:
    """Which broker serves, in words that its users know."""
    folder = is_folder(services().settings.broker_url)
    if services().queue.ping():
        serving = "a folder of this machine: for workers on this machine only" if folder else "Redis"
        return Check(name="broker", status="ok", detail=serving)
    away = "the broker's folder cannot be written" if folder else "Redis does not answer"
    return Check(name="broker", status="warning", detail=f"{away}; sweeps are stored and begin later")
