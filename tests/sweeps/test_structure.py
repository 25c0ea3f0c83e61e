"""Conditions, ties, constraints and roles: counted exactly, held by every configuration, refused with a reason."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.catalog import BUILT_IN
from engine.hyperparameters import HYPERPARAMETERS
from sweeps.errors import InvalidSweep
from sweeps.parsing.sweep import parse
from sweeps.planning import plan

MOMENTUM = {
    "optimizer": {"values": ["sgd", "momentum", "nesterov"]},
    "momentum": {"values": [0.5, 0.8, 0.95]},
    "learning_rate": {"values": [0.1, 1]},
}
ONLY = {"momentum": {"optimizer": ["momentum", "nesterov"]}}


def spec_of(parameters, method="grid", run_cap=None, max_trials=100_000, **options):
    document = {"method": method, "parameters": parameters, "run_cap": run_cap, "backsweep": options}
    return parse(document, BUILT_IN, max_trials)


def configurations_of(parameters, **options):
    return plan(spec_of(parameters, **options), BUILT_IN).configurations


def faults_of(parameters, **options):
    with pytest.raises(InvalidSweep) as refused:
        spec_of(parameters, **options)
    return {fault.pointer.removeprefix("/backsweep"): fault.message for fault in refused.value.faults}


def test_a_parameter_with_a_condition_is_varied_only_where_it_exists():
    found = configurations_of(MOMENTUM, conditions=ONLY)
    assert len(found) == 2 + 2 * 3 * 2
    default = HYPERPARAMETERS["momentum"].default
    assert {one.momentum for one in found if one.optimizer == "sgd"} == {default}
    assert {one.momentum for one in found if one.optimizer == "nesterov"} == {0.5, 0.8, 0.95}
    assert len(configurations_of(MOMENTUM)) == 18


def test_a_condition_silences_the_note_that_there_is_no_effect():
    assert any("momentum has no effect" in note for note in spec_of(MOMENTUM).notes)
    assert not any("momentum has no effect" in note for note in spec_of(MOMENTUM, conditions=ONLY).notes)


def test_what_depends_on_an_absent_parameter_is_absent():
    parameters = {
        "schedule_factor": {"values": [0.1, 0.5]},
        "schedule": {"values": ["step", "constant"]},
        "optimizer": {"values": ["sgd", "adam"]},
    }
    needs = {"schedule_factor": {"schedule": "step"}, "schedule": {"optimizer": "sgd"}}
    found = configurations_of(parameters, conditions=needs)
    assert [(one.optimizer, one.schedule) for one in found] == [
        ("sgd", "step"),
        ("sgd", "step"),
        ("sgd", "constant"),
        ("adam", "constant"),
    ]


def test_tied_parameters_go_together():
    parameters = {
        "lr": {"values": [0.1, 0.1, 1]},
        "epochs": {"values": [2, 3]},
        "batch_size": {"values": [16, 32, 32]},
    }
    found = configurations_of(parameters, zip=[["lr", "batch_size"]])
    assert [(one.learning_rate, one.batch_size, one.epochs) for one in found] == [
        *((0.1, 16, 2), (0.1, 16, 3), (0.1, 32, 2), (0.1, 32, 3)),
        *((1, 32, 2), (1, 32, 3)),
    ]


def test_ties_make_values_fit_that_would_not_everywhere():
    parameters = {
        "layers": {"values": [[4], [4, 4]]},
        "activation": {"values": [["relu"], ["relu", "tanh"]]},
        "cost": {"values": ["cross_entropy", "mean_squared_error"]},
        "dataset": {"values": ["iris", "diabetes"]},
    }
    assert len(configurations_of(parameters, zip=[["layers", "activation"], ["cost", "dataset"]])) == 4
    assert set(faults_of(parameters)) == {
        *("/parameters/activation/values/0", "/parameters/activation/values/1", "/parameters/cost/values/0"),
    }


def test_constraints_make_values_fit_that_would_not_everywhere():
    parameters = {"layers": {"values": [[4], [4, 4]]}, "activation": {"values": ["relu", ["relu", "tanh"]]}}
    found = configurations_of(parameters, constraints=["activation in ['relu'] or len(layers) == len(activation)"])
    assert [(one.layers, one.activation) for one in found] == [
        ((4,), "relu"),
        ((4, 4), "relu"),
        ((4, 4), ("relu", "tanh")),
    ]


def test_constraints_exclude_and_the_share_is_reported():
    parameters = {"lr": {"values": [0.1, 1, 2]}, "batch_size": {"values": [8, 16, 32]}, "l2": {"values": [0, 0.1]}}
    spec = spec_of(parameters, constraints=["lr * batch_size <= 16"])
    assert "The constraints exclude 6 of 18 combinations (33.3 %)." in spec.notes
    found = plan(spec, BUILT_IN).configurations
    assert len(found) == 12
    assert all(one.learning_rate * one.batch_size <= 16 for one in found)


def test_a_random_search_keeps_conditions_ties_and_constraints():
    parameters = {
        **MOMENTUM,
        "learning_rate": {"distribution": "log_uniform_values", "min": 0.01, "max": 10},
        "batch_size": {"values": [8, 16, 64]},
        "epochs": {"values": [1, 2, 8]},
    }
    options = {"conditions": ONLY, "zip": [["batch_size", "epochs"]], "constraints": ["eta * 8 <= batch_size"]}
    found = plan(spec_of(parameters, "random", 200, **options), BUILT_IN)
    assert len(found.configurations) == 200
    for one in found.configurations:
        assert one.learning_rate * 8 <= one.batch_size
        assert one.epochs * 8 == one.batch_size or (one.epochs, one.batch_size) == (2, 16)
        assert one.optimizer != "sgd" or one.momentum == 0.9
    assert any(note.startswith("The constraints exclude ") for note in found.spec.notes)


def test_what_a_constraint_cannot_be_evaluated_for_is_excluded():
    found = configurations_of({"layers": {"values": [[8], [8, 4], [4, 8]]}}, constraints=["layers[1] <= layers[0]"])
    assert [one.layers for one in found] == [(8, 4)]


lists = st.lists(st.sampled_from([1, 2, 3, 4, 6]), min_size=1, max_size=4, unique=True)
optimizers = st.lists(st.sampled_from(["sgd", "momentum", "adam"]), min_size=1, max_size=3, unique=True)


@settings(deadline=None, max_examples=80)
@given(lists, lists, optimizers, st.lists(st.sampled_from([0.1, 0.5]), min_size=1, unique=True), st.data())
def test_the_count_is_the_number_of_configurations(epochs, batches, names, momenta, data):
    parameters = {
        "momentum": {"values": momenta},
        "optimizer": {"values": names},
        "epochs": {"values": epochs},
        "batch_size": {"values": batches},
    }
    accepted = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    options = {"conditions": {"momentum": {"optimizer": accepted}}, "constraints": ["epochs + batch_size != 5"]}
    points = {
        (name, momentum if name in accepted else 0.9, epoch, batch)
        for momentum, name, epoch, batch in product(momenta, names, epochs, batches)
        if epoch + batch != 5
    }
    if not points:
        assert set(faults_of(parameters, **options)) == {"/constraints"}
        return
    found = configurations_of(parameters, **options)
    assert {(one.optimizer, one.momentum, one.epochs, one.batch_size) for one in found} == points
    assert len(found) == len(points)
    assert spec_of(parameters, max_trials=len(points), replicates=1, **options)
    refused = faults_of(parameters, max_trials=len(points) - 1, replicates=1, **options)
    assert refused["/parameters"].startswith(f"asks for {len(points):,} configurations")


def test_a_million_million_points_with_conditions_are_counted_not_expanded():
    many = {"values": [0.001 + index / 2000 for index in range(1000)]}
    parameters = {"lr": many, "momentum": many, "dropout": many, "l2": many, "optimizer": MOMENTUM["optimizer"]}
    faults = faults_of(parameters, conditions=ONLY)  # a walk would take days
    assert faults["/parameters"].startswith("asks for 2,001,000,000,000 configurations")
    assert set(faults_of(parameters, constraints=["lr < l2"])) == {"/constraints"}


@pytest.mark.parametrize(
    ("options", "place", "sentence"),
    [
        ({"conditions": {"l2": {"optimizer": ["sgd"]}}}, "/conditions/l2", "l2 is not given under parameters"),
        ({"conditions": {"momntum": {}}}, "/conditions/momntum", "did you mean 'momentum'"),
        ({"conditions": {"momentum": {}}}, "/conditions/momentum", "must name another parameter"),
        ({"conditions": {"momentum": {"l2": [0]}}}, "/conditions/momentum/l2", "l2 is not given"),
        ({"conditions": {"momentum": {"momentum": [0.5]}}}, "/conditions/momentum/momentum", "depend on itself"),
        ({"conditions": {"momentum": {"optimizer": []}}}, "/conditions/momentum/optimizer", "not empty"),
        (
            {"conditions": {"momentum": {"optimizer": ["sgd", "adam"]}}},
            "/conditions/momentum/optimizer/1",
            "optimizer never takes 'adam'",
        ),
        ({"conditions": {"momentum": {"optimizer": 3}}}, "/conditions/momentum/optimizer", "must be one of"),
        (
            {"conditions": {"momentum": {"optimizer": "sgd"}, "optimizer": {"momentum": 0.5}}},
            "/conditions",
            "go in a circle: momentum -> optimizer -> momentum",
        ),
        ({"conditions": [1]}, "/conditions", "must be a valid dictionary"),
        ({"zip": [["momentum", "lr"]]}, "/zip/0", "equally many values of each: momentum has 3, learning_rate has 2"),
        ({"zip": [["momentum"]]}, "/zip/0", "at least two"),
        ({"zip": [["momentum", "momentum"]]}, "/zip/0/0", "momentum is tied twice"),
        ({"zip": [["momentum", "optimizer"], ["optimizer", "lr"]]}, "/zip/1/0", "optimizer is tied twice"),
        ({"zip": [["momentum", "nonsense"]]}, "/zip/0/1", "is not a hyperparameter"),
        ({"zip": [["optimizer", "momentum"]], "conditions": ONLY}, "/zip/0/1", "has a condition"),
        ({"constraints": ["lr < 0"]}, "/constraints", "allow none of the 18 combinations"),
        ({"constraints": ["lr <"]}, "/constraints/0", "is not an expression"),
        ({"constraints": ["rate < 1"]}, "/constraints/0", "'rate' is not a hyperparameter"),
        ({"constraints": ["1 < 2"]}, "/constraints/0", "names no hyperparameter"),
        ({"roles": {"optimizer": "fixed"}}, "/roles/optimizer", "takes several values"),
        ({"roles": {"optimizer": "x"}}, "/roles/optimizer", "must be 'scientific', 'nuisance' or 'fixed', not 'x'"),
        ({"roles": {"l2": "fixed"}}, "/roles/l2", "is not given"),
    ],
)
def test_each_fault_has_one_place_and_one_sentence(options, place, sentence):
    faults = faults_of(MOMENTUM, **options)
    assert list(faults) == [place]
    assert sentence in faults[place]


@pytest.mark.parametrize(
    ("options", "place", "sentence"),
    [
        ({"constraints": ["lr > 5"]}, "/constraints", "hold for none of 500 draws"),
        ({"zip": [["lr", "epochs"]]}, "/zip/0/0", "is drawn from a distribution"),
        ({"conditions": {"epochs": {"lr": [1]}}}, "/conditions/epochs/lr", "is drawn from a distribution"),
        ({"zip": [["epochs", "batch_size"]]}, "/zip/0/1", "has probabilities"),
    ],
)
def test_a_random_search_refuses_what_it_cannot_keep(options, place, sentence):
    parameters = {
        "lr": {"min": 0.1, "max": 1.0},
        "epochs": {"values": [1, 2]},
        "batch_size": {"values": [8, 16], "probabilities": [0.1, 0.9]},
    }
    faults = faults_of(parameters, method="random", **options)
    assert list(faults) == [place]
    assert sentence in faults[place]


SUM = "+".join(["epochs"] * 38)  # 76 parts, and two more for the comparison


@pytest.mark.parametrize("method", ["grid", "random"])
def test_constraints_that_would_be_asked_about_too_many_pairs_are_refused(method):
    parameters = {"epochs": {"values": list(range(1, 1001))}, "batch_size": {"values": list(range(1, 1001))}}
    constraints = [f"{SUM}+batch_size > {index}" for index in range(20)]
    found = faults_of(parameters, method=method, run_cap=10, constraints=constraints)
    assert "steps for all pairs of values; at most 5,000,000" in found["/constraints"]


def test_constraints_that_would_be_asked_about_too_many_combinations_are_refused():
    parameters = {
        "epochs": {"values": list(range(1, 401))},
        "learning_rate": {"values": [0.01 * n for n in range(1, 251)]},
    }
    constraints = [f"{SUM} > {index}" for index in range(20)]
    found = faults_of(parameters, constraints=constraints)
    assert "steps for 100,000 combinations; at most 5,000,000" in found["/constraints"]


def test_constraints_that_would_be_asked_about_too_many_draws_are_refused():
    parameters = {"epochs": {"min": 1, "max": 9}, "learning_rate": {"min": 0.1, "max": 1.0}}
    constraints = [f"{SUM} > {index}" for index in range(20)]
    found = faults_of(parameters, method="random", run_cap=30_000, constraints=constraints)
    assert "steps for 30,000 draws; at most 5,000,000" in found["/constraints"]
    assert spec_of(parameters, method="random", run_cap=1000, constraints=constraints[:3])


def test_a_condition_lists_no_more_values_than_a_parameter_has():
    found = faults_of(
        {"epochs": {"values": [1, 2]}, "momentum": {"values": [0.1, 0.2]}},
        conditions={"momentum": {"epochs": [1] * 200_000}},
    )
    assert found == {"/conditions/momentum/epochs": "lists 200,000 values; at most 1,000 are read"}


def test_a_parameter_that_hangs_together_with_others_lists_a_thousand_values_at_most():
    parameters = {"lr": {"values": list(range(1, 1002))}, "epochs": {"value": 3}}
    assert "at most 1,000 are accepted" in faults_of(parameters, constraints=["lr > epochs"])["/parameters/lr"]


def test_roles_are_kept_under_registered_names():
    parameters = {**MOMENTUM, "epochs": {"value": 3}}
    spec = spec_of(parameters, roles={"lr": "nuisance", "optimizer": "scientific", "epochs": "fixed"})
    assert spec.roles == {"learning_rate": "nuisance", "optimizer": "scientific", "epochs": "fixed"}
