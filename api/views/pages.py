"""Pages for people: the front page, and the API's documentation with Swagger UI from its package (no network)."""

from __future__ import annotations

from importlib.resources import files

from apiflask import APIBlueprint
from flask import Response, render_template, send_from_directory

from api.addresses import mlflow_curves
from api.services import services
from results.errors import ResultsError
from results.reads.sweeps import page
from results.values import SweepView

blueprint = APIBlueprint("pages", __name__, enable_openapi=False)
SWAGGER_FILES = str(files("flask_swagger_ui") / "dist")
SECURITY_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


@blueprint.get("/")
def index() -> str:
    """The front page: where things are, and the latest sweeps."""
    sweeps, trouble = _latest()
    curves = {sweep.id: mlflow_curves(sweep.mlflow_experiment_id, sweep.mlflow_run_id) for sweep in sweeps}
    mlflow = services().settings.mlflow_ui_url
    return render_template("index.html", sweeps=sweeps, curves=curves, trouble=trouble, mlflow=mlflow)


@blueprint.get("/docs")
def docs() -> str:
    """The API's documentation."""
    return render_template("docs.html")


@blueprint.get("/docs/<path:name>")
def docs_file(name: str) -> Response:
    """A file of Swagger UI."""
    return send_from_directory(SWAGGER_FILES, name, max_age=86_400)


@blueprint.after_request
def shut_out(response: Response) -> Response:
    """Browsers shall load nothing from elsewhere for these pages."""
    response.headers["Content-Security-Policy"] = SECURITY_POLICY
    return response


def _latest() -> tuple[list[SweepView], str]:
    try:
        with services().database.read() as connection:
            return page(connection, limit=12), ""
    except ResultsError as error:
        return [], str(error)
