"""`backsweep database`: the tables of the results database, and MLflow's where they are ours to make."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from backsweep.display.console import console
from backsweep.errors import BacksweepError
from backsweep.stack import home as homes
from backsweep.stack.options import DEFAULT_HOME
from results import schema
from results.database import open_database
from results.errors import ResultsError
from settings import PREFIX, Settings, SettingsError, from_environment

URL_VARIABLE = PREFIX + "DATABASE_URL"
at_home = click.option(
    "--home",
    default=DEFAULT_HOME,
    show_default=True,
    envvar="BACKSWEEP_HOME",
    type=click.Path(path_type=Path),
    help=f"home of the embedded stack; {URL_VARIABLE} comes first",
)


@click.group()
def database() -> None:
    """Make, upgrade or check the results database."""


@database.command()
@at_home
def upgrade(home: Path) -> None:
    """Make the tables or bring them up to date; also MLflow's, where the tracking address is a database."""
    settings = database_settings(home)
    try:
        schema.upgrade(settings.database_url)
    except ResultsError as error:
        raise BacksweepError(str(error)) from error
    console().print("the results database is up to date")
    if settings.mlflow_tracking_uri and not settings.mlflow_tracking_uri.startswith(("http://", "https://")):
        _prepare_mlflow(settings.mlflow_tracking_uri)


@database.command()
@at_home
def check(home: Path) -> None:
    """Say whether the tables are up to date."""
    try:
        found = open_database(database_settings(home).database_url)
        try:
            schema.check(found)
        finally:
            found.dispose()
    except ResultsError as error:
        raise BacksweepError(str(error)) from error
    console().print("the results database is up to date")


def database_settings(home: Path) -> Settings:
    """The settings, with the databases of the embedded stack's home unless the environment names another."""
    try:
        settings = from_environment()
    except SettingsError as error:
        raise BacksweepError(str(error)) from error
    if URL_VARIABLE in os.environ or URL_VARIABLE + "_FILE" in os.environ:
        return settings
    embedded = homes.at(home)
    return replace(settings, database_url=embedded.database_url, mlflow_tracking_uri=embedded.mlflow_uri)


def _prepare_mlflow(uri: str) -> None:
    from tracking.errors import TrackingError
    from tracking.schema import prepare

    try:
        prepare(uri)
    except TrackingError as error:
        raise BacksweepError(str(error)) from error
    console().print("MLflow's tables are up to date")
