"""How far MLflow is behind: for people who miss something there, and for `/readyz`."""

from __future__ import annotations

from apiflask import APIBlueprint

from api.models.health import Check, Tracking
from api.refusals import refusals
from api.services import services
from results.reads.tracking import MOST_COUNTED, lag
from results.reads.tracking_values import Lag

blueprint = APIBlueprint("tracking", __name__)


@blueprint.get("/tracking")
@blueprint.output(Tracking)
@blueprint.doc(responses=refusals())
def show() -> Tracking:
    """What MLflow lacks, and how its tracker fares."""
    return Tracking.model_validate(vars(_lag()) | {"enabled": _enabled()})


def check() -> Check:
    """MLflow for `/readyz`: no request waits for it, so that it is behind is worth a word and never unready."""
    if not _enabled():
        return Check(name="mlflow", status="ok", detail="not configured: BACKSWEEP_MLFLOW_TRACKING_URI is empty")
    behind = _lag()
    if behind.error is not None:
        return Check(name="mlflow", status="warning", detail=f"{_pending(behind)}: {behind.error}")
    if behind.passed_at is None:
        return Check(name="mlflow", status="warning", detail=f"{_pending(behind)}: the tracker has not run yet")
    return Check(name="mlflow", status="ok", detail=_pending(behind))


def _pending(behind: Lag) -> str:
    if not behind.sweeps:
        return "has all there is"
    words = f"lacks something of {_count(behind.sweeps, 'sweep')}, {_count(behind.trials, 'trial')}"
    return words if behind.oldest_end is None else f"{words}; the first ended at {behind.oldest_end:%Y-%m-%d %H:%M} UTC"


def _count(count: int, noun: str) -> str:
    more = " or more" if count >= MOST_COUNTED else ""
    return f"{count:,}{more} {noun}{'' if count == 1 else 's'}"


def _lag() -> Lag:
    with services().database.read() as connection:
        return lag(connection)


def _enabled() -> bool:
    return bool(services().settings.mlflow_tracking_uri)
