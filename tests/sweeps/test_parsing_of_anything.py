"""No document breaks the parser: it is a sweep that can be planned, or every fault points into it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.catalog import BUILT_IN
from engine.hyperparameters import HYPERPARAMETERS, configuration, values_of
from engine.shapes import layer_sizes
from sweeps.distributions.catalog import DISTRIBUTIONS
from sweeps.errors import InvalidSweep
from sweeps.parsing.sweep import parse
from sweeps.planning import plan

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 70)
    | st.sampled_from([10**300, -(10**300), 10**399])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["digits", "diabetes", "relu", "softmax", "cross_entropy", "mse", "adam", "he", "float64"])
)
values = scalars | st.lists(scalars, max_size=4) | st.lists(st.sampled_from(["relu", "tanh"]), max_size=3)
numbers = st.integers(0, 9) | st.floats(0, 2) | scalars
forms = st.sampled_from(list(DISTRIBUTIONS))
names = st.sampled_from([*HYPERPARAMETERS, "lr", "loss", "hidden_layers", "nonsense"])
definitions = (
    values
    | st.fixed_dictionaries({"value": values})
    | st.fixed_dictionaries({"values": st.lists(values, max_size=4)})
    | st.dictionaries(st.sampled_from(["value", "values", "min", "max", "distribution", "parameters"]), values)
    | st.fixed_dictionaries({"min": numbers, "max": numbers}, optional={"distribution": forms, "q": numbers})
    | st.fixed_dictionaries({"distribution": forms}, optional=dict.fromkeys(("mu", "sigma", "a", "b", "q"), numbers))
    | st.fixed_dictionaries(
        {"parameters": st.dictionaries(names, st.fixed_dictionaries({"value": values}), max_size=2)}
    )
    | st.fixed_dictionaries({"values": st.lists(values, max_size=2), "probabilities": st.lists(numbers, max_size=2)})
)
metrics = values | st.dictionaries(st.sampled_from(["name", "goal", "target"]), scalars | st.just("accuracy"))
texts = st.sampled_from(["lr < 1", "epochs * batch_size > 8", "layers[1] == 3", "momentum", "1 < 2", "l2 +"])
options = (
    values
    | st.dictionaries(
        st.sampled_from(["replicates", "seed", "validation_fraction", "targets", "trials_per_job", "zip", "x"]), values
    )
    | st.fixed_dictionaries(
        {},
        optional={
            "conditions": st.dictionaries(names, values | st.dictionaries(names, values, max_size=2), max_size=2),
            "zip": st.lists(st.lists(names, max_size=3), max_size=2),
            "constraints": st.lists(texts, max_size=2),
            "roles": st.dictionaries(names, st.sampled_from(["fixed", "nuisance", "x"]), max_size=2),
        },
    )
)
documents = values | st.fixed_dictionaries(
    {
        "method": st.sampled_from(["grid", "grid", "random", "random", "bayes"]) | scalars,
        "parameters": st.dictionaries(names, definitions, max_size=5),
    },
    optional={
        "name": scalars,
        "project": scalars,
        "metric": metrics,
        "backsweep": options,
        "run_cap": scalars,
        "program": values,
        "x": values,
    },
)


def exists(pointer, document):
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps[:-1]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return not steps or isinstance(document, dict | list)


@settings(deadline=None, max_examples=400)
@given(documents)
def test_every_document_is_a_sweep_or_has_faults_that_point_into_it(document):
    try:
        spec = parse(document, BUILT_IN, 200)
    except InvalidSweep as refused:
        faults = refused.faults
        assert all(fault.message and exists(fault.pointer, document) for fault in faults)
        return
    check_plan(spec)


def check_plan(spec):
    found = plan(spec, BUILT_IN)
    assert sum(len(job.trials) for job in found.jobs) == len(found.configurations) * spec.replicates <= 200
    assert len(set(found.configurations)) == len(found.configurations)
    for whole in found.configurations:
        assert configuration(values_of(whole)) == whole
        assert layer_sizes(whole, BUILT_IN[whole.dataset])


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_every_structure_is_planned_or_has_faults_that_point_into_it(data):
    given_lists = data.draw(
        st.fixed_dictionaries(
            {name: st.lists(one, min_size=1, max_size=3, unique=True) for name, one in small_values.items()}
        )
    )
    known = st.sampled_from(list(small_values))
    needs = {name: st.lists(one, min_size=1, max_size=2) for name, one in small_values.items()}
    conditions = st.dictionaries(known, st.fixed_dictionaries({}, optional=needs), max_size=3)
    ties = st.lists(st.lists(known, min_size=2, max_size=2, unique=True), max_size=2)
    structure = {"conditions": conditions, "zip": ties, "constraints": st.lists(texts, max_size=2)}
    document = {
        "method": data.draw(st.sampled_from(["grid", "random"])),
        "run_cap": 20,
        "parameters": {name: {"values": values} for name, values in given_lists.items()},
        "backsweep": {**data.draw(st.fixed_dictionaries({}, optional=structure)), "replicates": 1},
    }
    try:
        spec = parse(document, BUILT_IN, 200)
    except InvalidSweep as refused:
        faults = refused.faults
        assert all(fault.message and exists(fault.pointer, document) for fault in faults)
        return
    check_plan(spec)


small_values = {
    "optimizer": st.sampled_from(["sgd", "momentum", "adam"]),
    "momentum": st.sampled_from([0.5, 0.7, 0.9]),
    "learning_rate": st.sampled_from([0.1, 0.5, 1.0]),
    "epochs": st.integers(1, 4),
    "batch_size": st.sampled_from([1, 2, 8]),
}
good_values = {
    "layers": st.lists(st.lists(st.integers(1, 8), max_size=2), min_size=1, max_size=3),
    "activation": st.lists(st.sampled_from(["relu", "Tanh", "linear"]), min_size=1, max_size=3),
    "cost": st.lists(st.sampled_from(["mse", "sum_of_squares"]), min_size=1, max_size=2),
    "dataset": st.lists(st.sampled_from(sorted(BUILT_IN)), min_size=1, max_size=2),
    "lr": st.lists(st.floats(1e-6, 100), min_size=1, max_size=3),
    "epochs": st.lists(st.integers(1, 5), min_size=1, max_size=2),
}


@settings(deadline=None, max_examples=100)
@given(st.fixed_dictionaries({}, optional=good_values).filter(bool), st.integers(1, 3))
def test_every_good_document_is_a_sweep(lists, replicates):
    parameters = {name: {"values": one} for name, one in lists.items()}
    document = {"method": "grid", "parameters": parameters, "backsweep": {"replicates": replicates}}
    check_plan_of_many = parse(document, BUILT_IN, 100_000)
    assert len(plan(check_plan_of_many, BUILT_IN).configurations) >= 1
