"""What a view is: a name, what it answers, its columns with their meaning, and one query that every database runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.hyperparameters import HYPERPARAMETERS
from results.tables.base import metadata
from results.tables.sweeps import HYPERPARAMETER_COLUMNS


@dataclass(frozen=True)
class View:
    """`columns`: name -> meaning, in the order in which `query` gives them."""

    name: str
    comment: str
    columns: Mapping[str, str]
    query: str


def meanings(table: str, *names: str, prefix: str = "") -> dict[str, str]:
    """The comments of a table's columns, for a view that passes them on; `prefix` goes before the names."""
    columns = metadata.tables[table].columns
    return {prefix + name: columns[name].comment or "" for name in names}


def hyperparameters(alias: str) -> str:
    """The select list of all hyperparameters, of `configurations` under this alias."""
    return ", ".join(f"{alias}.{name}" for name in HYPERPARAMETERS)


def diverged(alias: str) -> str:
    """Whether a trial of this alias diverged, as a condition that is never NULL: what it had before does not count."""
    return f"({alias}.diverged_epoch IS NOT NULL OR coalesce({alias}.outcome, '') = 'diverged')"


def completed(alias: str) -> str:
    """Whether a trial of this alias has a result, as a condition: a complete end, whatever an extension does now."""
    return f"{alias}.completed_epochs IS NOT NULL"


HYPERPARAMETER_MEANINGS = {column.name: column.comment or "" for column in HYPERPARAMETER_COLUMNS}
IDENTITY_MEANINGS = {
    "sweep_id": "its sweep",
    "sweep_name": "the sweep's name",
    "project": "the sweep's project",
    "trial_id": "its trial",
    "trial_number": "the trial's place in the sweep, from 0",
    "configuration_number": "the configuration's place in the sweep, from 0",
    "replicate": "which seed of the configuration, from 0",
}
IDENTITY = """s.id AS sweep_id, s.name AS sweep_name, s.project, t.id AS trial_id, t.number AS trial_number,
       c.number AS configuration_number, t.replicate"""
