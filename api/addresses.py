"""Addresses that bodies carry: of other resources here, of the next page, and of pages in the MLflow UI."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from werkzeug.routing import BaseConverter

from api.services import services
from tracking import links

LARGEST_KEY = 2**31 - 1


class KeyConverter(BaseConverter):
    """A key of the database in a path: digits, within what its columns hold; anything else is 404."""

    regex = r"[1-9]\d{0,9}"

    def to_python(self, value: str) -> int:
        """The key; one that no row can have is made the largest that one can."""
        return min(int(value), LARGEST_KEY)


def next_page(cursor: object | None) -> str | None:
    """The address of the page after this one, with the same parameters."""
    if cursor is None:
        return None
    kept: dict[str, Any] = request.args.to_dict() | {"cursor": cursor}
    return url_for(str(request.endpoint), **(request.view_args or {}), **kept)


def mlflow_run(experiment_id: str | None, run_id: str | None) -> str | None:
    """The page of a run in the MLflow UI, once it was sent there and where the UI's address is known."""
    ui = services().settings.mlflow_ui_url
    return links.run_link(ui, experiment_id, run_id) if ui and experiment_id and run_id else None


def mlflow_curves(experiment_id: str | None, run_id: str | None) -> str | None:
    """The curves of a sweep's trials as charts in the MLflow UI, where they are there."""
    ui = services().settings.mlflow_ui_url
    return links.curves_link(ui, experiment_id, run_id) if ui and experiment_id and run_id else None
