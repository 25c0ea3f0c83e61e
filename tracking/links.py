"""Addresses inside MLflow's pages, for the API, the command line and the descriptions of runs.

Each carries the kind of work: without it, MLflow 3 opens on its pages for language models.
"""

from __future__ import annotations

from urllib.parse import quote

_KIND = "workflowType=machine_learning"


def experiment_link(ui_url: str, experiment_id: str) -> str:
    """The table of a project's runs."""
    return f"{ui_url.rstrip('/')}/#/experiments/{experiment_id}/runs?{_KIND}"


def run_link(ui_url: str, experiment_id: str, run_id: str) -> str:
    """The page of one sweep or trial."""
    return f"{ui_url.rstrip('/')}/#/experiments/{experiment_id}/runs/{run_id}?{_KIND}"


def curves_link(ui_url: str, experiment_id: str, sweep_run_id: str) -> str:
    """The curves of a sweep's trials in charts, the best trials first."""
    return f"{ui_url.rstrip('/')}/{curves_fragment(experiment_id, sweep_run_id)}"


def curves_fragment(experiment_id: str, sweep_run_id: str) -> str:
    """As `curves_link`, from within MLflow's own pages."""
    children = quote(f"tags.`mlflow.parentRunId` = '{sweep_run_id}'", safe="")
    order = quote("metrics.`best_validation_cost`", safe="")
    where = f"searchFilter={children}&orderByKey={order}&orderByAsc=true&compareRunsMode=CHART"
    return f"#/experiments/{experiment_id}/runs?{_KIND}&{where}"
