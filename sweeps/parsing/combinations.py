"""Values that are fine each and impossible together. Asked over the pairs of values that occur.

Each check reports at the place of one of the values and names the other. Called by `sweeps.parsing.sweep`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from engine.hyperparameter_kinds import Value
from sweeps.metrics import ACCURACIES
from sweeps.parsing.findings import Findings, nearest, shown
from sweeps.parsing.pairs import Pairs
from sweeps.parsing.parameter_forms import GivenValue
from sweeps.parsing.parameters import Parameters

if TYPE_CHECKING:
    from engine.data.catalog import DatasetFacts

Datasets = Mapping[str, "DatasetFacts"]
METRIC_PATHS = (("metric", "name"), ("backsweep", "second_metric", "name"))
CLASSIFYING_COSTS = ("cross_entropy", "binary_cross_entropy")
# Costs that are computed from the weighted input of one output activation, for which alone they make sense.
OUTPUT_OF_COST = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}


def check_combinations(pairs: Pairs, metrics: Sequence[str], datasets: Datasets, findings: Findings) -> None:
    """Report every impossible combination."""
    _datasets_exist(pairs.parameters, datasets, findings)
    _activations_fit_layers(pairs, findings)
    _outputs_fit_costs(pairs, findings)
    regressions = [str(name) for name in pairs.values("dataset") if _regression(name, datasets)]
    if regressions:
        _refuse("cost", lambda cost: cost in CLASSIFYING_COSTS, pairs, datasets, findings)
        _refuse("output_activation", lambda output: output == "softmax", pairs, datasets, findings)
        for path, metric in zip(METRIC_PATHS, metrics, strict=False):
            if metric in ACCURACIES:
                findings.fault(path, f"{metric} is not defined for {regressions[0]}, a regression")


def _given(name: str, parameters: Parameters) -> tuple[GivenValue, ...]:
    return parameters[name].given if name in parameters else ()


def _datasets_exist(parameters: Parameters, datasets: Datasets, findings: Findings) -> None:
    for one in _given("dataset", parameters):
        if one.value not in datasets:
            known = ", ".join(sorted(datasets)[:20])
            hint = nearest(str(one.value), datasets)
            findings.fault(one.path, f"there is no data set {shown(one.value)}{hint}; known: {known}")


def _activations_fit_layers(pairs: Pairs, findings: Findings) -> None:
    always = _depths(pairs.values("layers"))
    linked = pairs.linked("activation", "layers")
    listed = pairs.parameters["activation"].listed if "activation" in pairs.parameters else ()
    for one in listed:
        if not isinstance(one.value, tuple):
            continue
        depths = _depths(pairs.partners("activation", one.value, "layers")) if linked else always
        for depth, layers in depths.items():
            if depth != len(one.value):
                message = f"names {len(one.value)} hidden layers, but layers {list(layers)} has {depth}"
                findings.fault(one.path, f"activation {message}")


def _depths(found: Sequence[Value]) -> dict[int, tuple[Value, ...]]:
    """Layers of each depth."""
    return {len(layers): layers for layers in found if isinstance(layers, tuple)}


def _outputs_fit_costs(pairs: Pairs, findings: Findings) -> None:
    for one in _given("output_activation", pairs.parameters):
        for cost in pairs.partners("output_activation", one.value, "cost"):
            output = OUTPUT_OF_COST.get(str(cost), one.value)
            if one.value is not None and one.value != output:
                findings.fault(one.path, f"output_activation {one.value} does not go with {cost}; {output} does")


def _regression(name: Value, datasets: Datasets) -> bool:
    return str(name) in datasets and datasets[str(name)].task == "regression"


def _refuse(name: str, wrong: Callable[[Value], bool], pairs: Pairs, datasets: Datasets, findings: Findings) -> None:
    for one in _given(name, pairs.parameters):
        partners = pairs.partners(name, one.value, "dataset")
        regressions = [dataset for dataset in partners if _regression(dataset, datasets)]
        if wrong(one.value) and regressions:
            findings.fault(one.path, f"{name} {one.value} is for classification, but {regressions[0]} is a regression")
