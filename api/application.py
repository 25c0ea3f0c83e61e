"""The application: every address under one roof. Called by `api.wsgi`, the embedded stack and the tests.

Making it connects to nothing; the database is opened by the first request that needs it.
"""

from __future__ import annotations

from apiflask import APIFlask

from api import errors, hosts, openapi, origins, queries
from api.addresses import KeyConverter
from api.models.audit import SpaceAuditBody
from api.models.comparing import CompareBody
from api.models.comparison import ComparisonBody
from api.models.curves import Curves
from api.models.diagnosis import SweepDiagnosis, TrialDiagnosis
from api.models.early_termination import EarlyTerminationBody
from api.models.figures import TrialSummary
from api.models.health import Health, Readiness, Tracking
from api.models.importance import ImportanceBody
from api.models.previews import PreviewBody
from api.models.reference import Datasets, Hyperparameters
from api.models.searches import SearchBody
from api.models.sweeps import SweepDetail, Sweeps
from api.models.trials import TrialDetail, Trials
from api.services import EXTENSION, Services
from api.views import (
    audit,
    cloning,
    comparing,
    comparison,
    curves,
    diagnosis,
    early_termination,
    exports,
    extending,
    health,
    importance,
    moves,
    pages,
    reference,
    searches,
    sweeps,
    tracking,
    trials,
)
from settings import Settings

BASE = "/api/v1"
BODIES = (
    Health,
    Readiness,
    Tracking,
    Datasets,
    Hyperparameters,
    PreviewBody,
    SweepDetail,
    Sweeps,
    TrialDetail,
    TrialSummary,
    Trials,
    Curves,
    ComparisonBody,
    ImportanceBody,
    SpaceAuditBody,
    SweepDiagnosis,
    TrialDiagnosis,
    CompareBody,
    EarlyTerminationBody,
    SearchBody,
)
VERSIONED = (
    sweeps,
    moves,
    extending,
    cloning,
    trials,
    curves,
    comparison,
    importance,
    audit,
    diagnosis,
    comparing,
    early_termination,
    searches,
    exports,
    reference,
    tracking,
)


def create_app(settings: Settings) -> APIFlask:
    """The API for these settings."""
    app = APIFlask(__name__, title="backsweep", version="1", docs_path=None, json_errors=False)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_content_length
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = Services(settings)
    app.url_map.converters["key"] = KeyConverter
    app.config[hosts.CONFIG] = settings.hosts()
    app.before_request(hosts.check)
    app.before_request(origins.check)
    app.before_request(queries.check)
    for module in VERSIONED:
        app.register_blueprint(module.blueprint, url_prefix=BASE)
    for module in (health, pages):
        app.register_blueprint(module.blueprint)
    errors.register(app)
    openapi.describe(app, BODIES)
    return app
