"""What a sweep may say: data sets and hyperparameters."""

from __future__ import annotations

from apiflask import APIBlueprint

from api.models.reference import Dataset, Datasets, Hyperparameters, entry_of
from api.refusals import refusals
from engine.data.catalog import BUILT_IN
from engine.hyperparameters import HYPERPARAMETERS

blueprint = APIBlueprint("reference", __name__)


@blueprint.get("/datasets")
@blueprint.output(Datasets)
@blueprint.doc(responses=refusals())
def datasets() -> Datasets:
    """The data sets that a sweep may name."""
    return Datasets(datasets=[Dataset.model_validate(facts) for facts in BUILT_IN.values()])


@blueprint.get("/hyperparameters")
@blueprint.output(Hyperparameters)
@blueprint.doc(responses=refusals())
def hyperparameters() -> Hyperparameters:
    """The registry of hyperparameters: meaning, values, default and other names of each."""
    return Hyperparameters(hyperparameters=[entry_of(entry) for entry in HYPERPARAMETERS.values()])
