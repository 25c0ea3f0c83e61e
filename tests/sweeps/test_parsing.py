"""Documents become sweeps, and every fault of the others is named by its path."""

import copy
from pathlib import Path

import pytest

from engine.data.catalog import BUILT_IN
from engine.effects import RULES
from engine.hyperparameters import AMBIGUOUS, HYPERPARAMETERS
from sweeps.early_termination.hyperband import Hyperband
from sweeps.errors import InvalidSweep
from sweeps.parsing.early_termination import policy_of
from sweeps.parsing.sweep import parse
from sweeps.reading.documents import read
from sweeps.spec import Metric

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
SMALL = {"name": "n", "project": "p", "method": "grid", "parameters": {"learning_rate": {"values": [0.1, 1]}}}


ASHA = ("min_resource", "reduction_factor", "min_early_stopping_rate", "bootstrap_count")
MEDIAN = ("n_startup_trials", "n_warmup_steps", "interval_steps", "n_min_trials")
WILCOXON = ("min_iter", "interval", "p_threshold", "n_startup_steps")


def spec_of(document, max_trials=100_000):
    return parse(document, BUILT_IN, max_trials)


def faults_of(document, max_trials=100_000):
    with pytest.raises(InvalidSweep) as refused:
        parse(document, BUILT_IN, max_trials)
    return {fault.pointer: fault.message for fault in refused.value.faults}


def stopped(**early_terminate):
    return {**SMALL, "early_terminate": early_terminate}


def with_parameters(**parameters):
    return SMALL | {"parameters": parameters}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_sweeps(path):
    spec = spec_of(read(path.read_bytes(), "application/yaml"))
    assert spec.name == path.stem


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_example_trains_the_same_network_twice(path):
    notes = spec_of(read(path.read_bytes(), "application/yaml")).notes
    assert not any("no effect" in note or "more than once" in note for note in notes)


def test_there_are_examples():
    assert {path.stem for path in EXAMPLES} >= {"digits", "initialization", "diabetes", "spirals"}


def test_the_digits_example_is_96_networks():
    spec = spec_of(read((EXAMPLES[0].parent / "digits.yaml").read_bytes(), "application/yaml"))
    assert spec.swept == ("layers", "initialization", "learning_rate", "batch_size")
    assert spec.parameters["layers"] == ((32,), (32, 32))
    assert spec.parameters["learning_rate"] == (0.1, 0.5, 2.0, 10.0)
    assert (spec.replicates, spec.seed, spec.targets) == (3, 7, (0.5, 0.2, 0.1))
    assert spec.metric == Metric("validation_cost", "minimize", None)


def test_parsing_leaves_the_document_as_it_was():
    document = with_parameters(lr={"values": [1, 1.0]}, layers={"value": [3, 3]})
    before = copy.deepcopy(document)
    spec_of(document)
    assert document == before


def test_a_spec_cannot_be_changed():
    with pytest.raises(AttributeError):
        spec_of(SMALL).seed = 3  # type: ignore[misc]


def test_defaults_are_taken_and_named():
    spec = spec_of({"method": "grid", "parameters": {"lr": {"value": 1}}})
    assert (spec.name, spec.project, spec.replicates, spec.seed, spec.validation_fraction) == (
        *("sweep", "backsweep"),
        *(3, 0, 0.2),
    )
    assert spec.notes == (
        "No name was given: sweep.",
        "No project was given: backsweep.",
        "No metric was given: validation_cost, minimize.",
        "lr is understood as learning_rate.",
        "Not given, so the defaults hold: dataset digits, layers [32], activation sigmoid, cost sum_of_squares, "
        "initialization normal, optimizer sgd, batch_size 32, epochs 20.",
        "Not given under backsweep, so the defaults hold: replicates 3, seed 0, validation_fraction 0.2.",
    )


@pytest.mark.parametrize(
    ("metric", "place", "wrong"),
    [
        ({"name": "val_loss", "goal": "maximize"}, "goal", "less validation_cost is better; write minimize"),
        ({"name": "train_cost", "goal": "Maximise"}, "goal", "less train_cost is better; write minimize"),
        ({"name": "epoch_seconds", "goal": "maximize"}, "goal", "less epoch_seconds is better; write minimize"),
        ({"name": "val_acc", "goal": "minimize"}, "goal", "more validation_accuracy is better; write maximize"),
        ({"name": "accuracy", "goal": "minimize"}, "goal", "more train_accuracy is better; write maximize"),
        ({"name": "val_acc", "target": 97}, "target", "validation_accuracy lies between 0 and 1"),
        ({"name": "val_loss", "target": -0.1}, "target", "validation_cost is never below 0"),
    ],
)
def test_a_goal_or_target_against_its_metric_is_refused(metric, place, wrong):
    (found,) = faults_of(SMALL | {"metric": metric}).items()
    assert found[0] == f"/metric/{place}"
    assert wrong in found[1]
    ours = {"search": "nsga2", "second_metric": metric}
    assert f"/backsweep/second_metric/{place}" in faults_of(SMALL | {"method": "bayes", "backsweep": ours})


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_a_norm_of_gradients_may_be_wanted_small_or_large(goal):
    assert spec_of(SMALL | {"metric": {"name": "gradient_norm", "goal": goal}}).metric.goal == goal


@pytest.mark.parametrize("method", ["grid", "random", "bayes"])
def test_a_note_says_where_whole_bounds_leave_whole_numbers_alone(method):
    told = "takes whole numbers alone, for its min and max are whole"
    document = with_parameters(learning_rate={"min": 1, "max": 3}) | {"method": method}
    assert any(note.startswith(f"learning_rate {told}") for note in spec_of(document).notes)
    for definition in (
        {"min": 1.0, "max": 3},
        {"distribution": "int_uniform", "min": 1, "max": 3},
        {"distribution": "uniform", "min": 1, "max": 3},
    ):
        other = with_parameters(learning_rate=definition) | {"method": "random"}
        assert not any(told in note for note in spec_of(other).notes)
    sizes = with_parameters(batch_size={"min": 8, "max": 9}) | {"method": method}
    assert not any(told in note for note in spec_of(sizes).notes)


@pytest.mark.parametrize(
    ("dataset", "fraction", "those"),
    [("iris", 0.001, "one sample"), ("iris", 0.05, "8 samples"), ("iris", 0.2, None), ("digits", 0.2, None)],
)
def test_a_note_says_where_the_validation_set_says_little(dataset, fraction, those):
    document = with_parameters(dataset={"value": dataset}) | {"backsweep": {"validation_fraction": fraction}}
    found = [note for note in spec_of(document).notes if note.startswith("The validation set of")]
    assert len(found) == (those is not None)
    assert all(note.startswith(f"The validation set of {dataset} has {those}: ") for note in found)


def test_probabilities_sum_to_one_as_closely_as_wandb_asks():
    thirds = {"values": [1, 2, 3], "probabilities": [0.33333] * 3}
    random = {"method": "random"}
    assert spec_of(with_parameters(learning_rate=thirds) | random).space.axes[0].sums == ()
    wrong = with_parameters(learning_rate=thirds | {"probabilities": [0.3333] * 3}) | random
    assert "must sum to 1" in faults_of(wrong)["/parameters/learning_rate/probabilities"]


def test_whole_numbers_may_be_written_with_a_point():
    ours = {"replicates": 2.0, "seed": 7.0, "trials_per_job": 4.0}
    document = stopped(type="hyperband", max_iter=27.0, s=2.0) | {"run_cap": 1.0, "backsweep": ours}
    spec = spec_of(document)
    found = (spec.run_cap, spec.replicates, spec.seed, spec.trials_per_job, spec.early_termination.rule)
    assert repr(found) == repr((1, 2, 7, 4, Hyperband(max_iter=27, s=2)))
    assert policy_of(document, 7).rule == Hyperband(max_iter=27, s=2)
    assert spec_of(stopped(type="asha", min_resource=3.0)).early_termination.rule.min_resource == 3
    for wrong in (3.5, 1e300, float("inf"), True, "3"):
        assert "/early_terminate/min_iter" in faults_of(stopped(type="hyperband", min_iter=wrong))
        assert "/run_cap" in faults_of(SMALL | {"run_cap": wrong})


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("alpha", "learning_rate, l2, activation_slope or momentum"),
        ("decay", "schedule_factor, l2 or beta2"),
        ("Decay-Rate", "schedule_factor, l2 or beta2"),
        ("beta", "momentum, beta1 or beta2"),
        ("step_size", "learning_rate or schedule_epochs"),
        ("lr_decay", "schedule or schedule_factor"),
    ],
)
def test_a_name_that_means_different_things_elsewhere_is_refused_with_its_candidates(name, candidates):
    wrong = f"{name!r} means different things elsewhere; write {candidates}"
    assert faults_of(with_parameters(**{name: {"values": [0.1, 0.2]}})) == {f"/parameters/{name}": wrong}
    constrained = SMALL | {"backsweep": {"constraints": ["alpha < 1"]}}
    assert "learning_rate, l2, activation_slope or momentum" in faults_of(constrained)["/backsweep/constraints/0"]


def test_a_group_makes_an_ambiguous_name_clear():
    groups = {
        "schedule": {"parameters": {"name": {"value": "step"}, "decay": {"value": 0.3}, "step_size": {"value": 4}}},
        "activation": {"parameters": {"type": {"value": "elu"}, "alpha": {"value": 0.7}}},
    }
    found = spec_of(with_parameters(**groups)).parameters
    assert found["schedule_factor"] == (0.3,)
    assert found["schedule_epochs"] == (4,)
    assert found["activation_slope"] == (0.7,)
    assert (
        "means different things"
        in faults_of(with_parameters(optimizer={"parameters": {"alpha": {"value": 1}}}))[
            "/parameters/optimizer/parameters/alpha"
        ]
    )


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_an_ambiguous_name_is_no_alias_and_its_candidates_are_registered(name):
    assert set(AMBIGUOUS[name]) <= HYPERPARAMETERS.keys()
    assert not any(name in (entry.name, *entry.aliases) for entry in HYPERPARAMETERS.values())


# Values under which each hyperparameter with a rule has no effect, for every reason there is.
WITHOUT_EFFECT = [
    ("activation", ["relu", "tanh"], {"layers": []}, "layers []"),
    ("activation_slope", [0.1, 0.2], {}, "activation sigmoid"),
    ("activation_slope", [0.1, 0.2], {"activation": "elu", "layers": []}, "layers []"),
    ("dropout", [0, 0.5], {"layers": []}, "layers []"),
    ("initialization_scale", [1, 2], {"initialization": "zeros"}, "initialization zeros"),
    ("momentum", [0.5, 0.9], {"optimizer": "adam"}, "optimizer adam"),
    ("beta1", [0.5, 0.9], {"optimizer": "rmsprop"}, "optimizer rmsprop"),
    ("beta2", [0.5, 0.9], {"optimizer": "adagrad"}, "optimizer adagrad"),
    ("epsilon", [0.5, 0.9], {"optimizer": "nesterov"}, "optimizer nesterov"),
    ("schedule", ["step", "cosine"], {"epochs": 4, "schedule_warmup": 4}, "schedule_warmup 4, epochs 4"),
    ("schedule_epochs", [1, 2], {"schedule": "cosine"}, "schedule cosine"),
    ("schedule_epochs", [1, 2], {"schedule": "step", "epochs": 1}, "schedule_warmup 0, epochs 1"),
    ("schedule_factor", [0.1, 0.2], {}, "schedule constant"),
    ("schedule_factor", [0.1, 0.2], {"schedule": "exponential", "epochs": 1}, "schedule_warmup 0, epochs 1"),
    (
        "schedule_factor",
        [0.1, 0.2],
        {"schedule": "step", "epochs": 10},
        "schedule step, schedule_epochs 10, schedule_warmup 0, epochs 10",
    ),
    ("schedule_floor", [0.1, 0.2], {"schedule": "step"}, "schedule step"),
    ("schedule_floor", [0.1, 0.2], {"schedule": "cosine", "epochs": 1}, "schedule_warmup 0, epochs 1"),
]


@pytest.mark.parametrize(("name", "values", "others", "reason"), WITHOUT_EFFECT)
def test_a_note_says_where_a_swept_hyperparameter_has_no_effect(name, values, others, reason):
    fixed = {other: {"value": value} for other, value in others.items()}
    notes = spec_of(with_parameters(**fixed, **{name: {"values": values}})).notes
    assert f"{name} has no effect with {reason}: its values repeat the same training there." in notes
    notes = spec_of(with_parameters(**fixed, **{name: {"value": values[0]}})).notes
    assert f"{name} has no effect with {reason}." in notes


def test_every_hyperparameter_with_a_rule_is_among_them():
    """Which have one is told by training them all, in tests/engine/test_effects.py."""
    assert {name for name, *_ in WITHOUT_EFFECT} == set(RULES)


def test_aliases_are_understood_and_named():
    spec = spec_of(
        with_parameters(
            lr={"values": [0.1]},
            hidden_layers={"value": [8, 8]},
            loss={"value": "mse"},
            init={"values": ["xavier", "he"]},
            Batch_Size={"value": 16},
            epochs={"value": 3.0},
        )
    )
    assert dict(spec.parameters) == {
        "learning_rate": (0.1,),
        "layers": ((8, 8),),
        "cost": ("mean_squared_error",),
        "initialization": ("glorot_uniform", "he_normal"),
        "batch_size": (16,),
        "epochs": (3,),
    }
    for sentence in (
        "hidden_layers is understood as layers.",
        "cost mse is understood as mean_squared_error.",
        "initialization xavier is understood as glorot_uniform.",
    ):
        assert sentence in spec.notes


def test_wandb_keys_without_meaning_here_are_ignored_and_named():
    spec = spec_of({**SMALL, "program": "train.py", "command": ["${env}"], "entity": "me", "description": "d"})
    assert "Ignored, for nothing here corresponds to it: program, command, entity, description." in spec.notes


def test_wandb_names_for_lists_of_values_are_understood():
    spec = spec_of(
        with_parameters(
            lr={"distribution": "categorical", "values": [0.1, 1]}, epochs={"distribution": "constant", "value": 5}
        )
    )
    assert dict(spec.parameters) == {"learning_rate": (0.1, 1.0), "epochs": (5,)}


def test_values_that_stand_twice_are_trained_once():
    spec = spec_of(with_parameters(lr={"values": [1, 0.1, 1.0]}, layers={"values": [8, [8], [8, 8]]}))
    assert spec.parameters["learning_rate"] == (1.0, 0.1)
    assert spec.parameters["layers"] == ((8,), (8, 8))
    assert "learning_rate 1.0 stands more than once and is trained once." in spec.notes


@pytest.mark.parametrize(
    ("written", "metric"),
    [
        ("val_loss", Metric("validation_cost", "minimize")),
        ("loss", Metric("train_cost", "minimize")),
        ("val_accuracy", Metric("validation_accuracy", "maximize")),
        ("accuracy", Metric("train_accuracy", "maximize")),
        ("Validation_Acc", Metric("validation_accuracy", "maximize")),
        ("val/loss", Metric("validation_cost", "minimize")),
        ("gradient_norm", Metric("gradient_norm", "minimize")),
    ],
)
def test_metric_names_follow_keras(written, metric):
    spec = spec_of({**SMALL, "metric": {"name": written}})
    assert spec.metric == metric
    assert any("goal" in note for note in spec.notes)


def test_a_given_goal_and_target_are_kept():
    spec = spec_of({**SMALL, "metric": {"name": "validation_accuracy", "goal": "maximise", "target": 1}})
    assert spec.metric == Metric("validation_accuracy", "maximize", 1.0)


def test_every_fault_is_named_not_only_the_first():
    document = {
        "methd": "grid",
        "name": 5,
        "metric": {"name": "val_los", "goal": "up", "x": 1},
        "parameters": {
            "lr": 0.1,
            "learning_rate": {"value": -1},
            "activation": {"values": ["relu", "reluu"]},
            "bach_size": {"value": 2},
            "batch_size": {"values": []},
            "dataset": {"values": ["digits", "digit"]},
            "init": {"valeus": [1]},
            "l2": {"value": 0, "values": [1]},
            "a/b": {"value": 0},
        },
        "backsweep": {"replicates": 0, "seed": True, "targets": [0, "x", 0.1], "sed": 1, "validation_fraction": 1},
        "run_cap": 0,
    }
    faults = faults_of(document)
    assert {
        *("/methd", "/method", "/name", "/metric/name", "/metric/goal", "/metric/x", "/run_cap"),
        *("/parameters/lr", "/parameters/learning_rate", "/parameters/activation/values/1", "/parameters/bach_size"),
        *("/parameters/batch_size/values", "/parameters/dataset/values/1", "/parameters/init/valeus"),
        *("/parameters/l2", "/parameters/a~1b"),
        *("/backsweep/replicates", "/backsweep/seed", "/backsweep/targets/0", "/backsweep/targets/1"),
        *("/backsweep/sed", "/backsweep/validation_fraction"),
    } == set(faults)


@pytest.mark.parametrize(
    ("document", "pointer", "part"),
    [
        ({**SMALL, "paramters": {}}, "/paramters", "did you mean 'parameters'"),
        ({**SMALL, "early_terminate": "hyperband"}, "/early_terminate", "must be an object with a type"),
        ({**SMALL, "early_terminate": {"min_iter": 3}}, "/early_terminate/type", "is missing; known: hyperband"),
        (stopped(type="hyperbnd"), "/early_terminate/type", "did you mean 'hyperband'"),
        (stopped(type="hyperband"), "/early_terminate", "needs min_iter, or max_iter and s"),
        (stopped(type="hyperband", max_iter=9), "/early_terminate", "s goes with max_iter"),
        (stopped(type="hyperband", min_iter=0), "/early_terminate/min_iter", "must be at least 1"),
        (stopped(type="hyperband", min_iter=3, eta=1), "/early_terminate/eta", "must be at least 1.01"),
        (stopped(type="hyperband", min_iter=3, eta=1.000000001), "/early_terminate/eta", "must be at least 1.01"),
        (stopped(type="hyperband", min_iter=3, strict="yes"), "/early_terminate/strict", "must be a valid boolean"),
        (stopped(type="hyperband", min_itr=3), "/early_terminate/min_itr", "did you mean 'min_iter'"),
        (stopped(type="asha", reduction_factor=1), "/early_terminate/reduction_factor", "must be at least 2"),
        (stopped(type="median", interval_steps=0), "/early_terminate/interval_steps", "must be at least 1"),
        (stopped(type="wilcoxon"), "/early_terminate/min_iter", "field required"),
        (stopped(type="wilcoxon", min_iter=3, p_threshold=2), "/early_terminate/p_threshold", "must be at most 1"),
        ({**SMALL, "backsweep": {"audit": 1.5}}, "/backsweep/audit", "must be at most 1"),
        (
            {**SMALL, "backsweep": {"search": "tpe"}},
            "/backsweep/search",
            "is for method: bayes",
        ),
        (
            {**SMALL, "method": "bayes", "backsweep": {"search": "tep"}},
            "/backsweep/search",
            "must be 'tpe', 'cmaes'",
        ),
        (
            {**SMALL, "method": "bayes", "backsweep": {"search": "nsga2"}},
            "/backsweep/second_metric",
            "is missing; nsga2 weighs a second metric",
        ),
        (
            {**SMALL, "method": "bayes", "backsweep": {"search": "tpe", "second_metric": {"name": "train_cost"}}},
            "/backsweep/search",
            "tpe follows one metric; nsga2 weighs two",
        ),
        (
            {**SMALL, "method": "bayes", "backsweep": {"second_metric": {"name": "val_loss"}}},
            "/backsweep/second_metric/name",
            "is the first metric, validation_cost, again",
        ),
        ({**SMALL, "method": "girds"}, "/method", "did you mean 'grid'"),
        ({**SMALL, "method": ["grid"]}, "/method", "must be grid, random or bayes"),
        ({**SMALL, "name": "a\nb"}, "/name", "one line"),
        ({**SMALL, "name": " "}, "/name", "one line"),
        ({**SMALL, "project": "x" * 251}, "/project", "1 to 250"),
        ({**SMALL, "metric": "loss"}, "/metric", "must be an object"),
        ({**SMALL, "metric": {"name": "validation_cots"}}, "/metric/name", "did you mean 'validation_cost'"),
        ({**SMALL, "metric": {"target": "low"}}, "/metric/target", "must be a number, not 'low'"),
        ({**SMALL, "parameters": {}}, "/parameters", "not empty"),
        ({**SMALL, "parameters": [1]}, "/parameters", "must be an object"),
        ({"method": "grid"}, "/parameters", "is missing"),
        (with_parameters(lr=0.1), "/parameters/lr", "write {value: 0.1}"),
        (with_parameters(lr=[0.1, 1]), "/parameters/lr", "write {values: [0.1, 1]}"),
        (with_parameters(lr={}), "/parameters/lr", "neither value nor values"),
        (with_parameters(lr={"values": 3}), "/parameters/lr/values", "must be a list"),
        (with_parameters(lr={"min": 0.0, "max": 1}), "/parameters/lr", "given by min and max, which only a search"),
        (
            with_parameters(lr={"distribution": "log_uniform_values", "min": 0.1, "max": 1}),
            "/parameters/lr",
            "drawn from log_uniform_values, which only a search that draws can use",
        ),
        (with_parameters(lr={"distribution": "unifrm", "values": [1]}), "/parameters/lr/distribution", "did you mean"),
        (with_parameters(opt={"parameters": {"lr": 1}}), "/parameters/opt/parameters/lr", "write {value: 1}"),
        (with_parameters(optimizer={"parameters": {}}), "/parameters/optimizer/parameters", "not empty"),
        (with_parameters(lr={"values": [0.1, "0.2"]}), "/parameters/lr/values/1", "must be a number, not '0.2'"),
        (with_parameters(lr={"value": 1}, eta={"value": 2}), "/parameters/eta", "lr gives it already"),
        (with_parameters(learning_rte={"value": 1}), "/parameters/learning_rte", "did you mean 'learning_rate'"),
        (with_parameters(dataset={"value": "iri"}), "/parameters/dataset/value", "did you mean 'iris'"),
        (
            with_parameters(layers={"values": [[3], [3, 3]]}, activation={"values": ["tanh", ["relu", "tanh"]]}),
            "/parameters/activation/values/1",
            "names 2 hidden layers, but layers [3] has 1",
        ),
        (
            with_parameters(dataset={"values": ["iris", "diabetes"]}, cost={"value": "cross_entropy"}),
            "/parameters/cost/value",
            "diabetes is a regression",
        ),
        (
            with_parameters(dataset={"value": "diabetes"}, output_activation={"values": ["identity", "softmax"]}),
            "/parameters/output_activation/values/1",
            "diabetes is a regression",
        ),
        (
            with_parameters(cost={"values": ["mse", "bce"]}, output_activation={"values": [None, "identity"]}),
            "/parameters/output_activation/values/1",
            "identity does not go with binary_cross_entropy; sigmoid does",
        ),
        (
            {**with_parameters(dataset={"value": "diabetes"}), "metric": {"name": "val_accuracy"}},
            "/metric/name",
            "not defined for diabetes",
        ),
        ({**SMALL, "backsweep": [1]}, "/backsweep", "must be an object"),
        ({**SMALL, "backsweep": {"replicates": 1001}}, "/backsweep/replicates", "must be at most 1000, not 1001"),
        ({**SMALL, "backsweep": {"replicates": 2.5}}, "/backsweep/replicates", "must be a whole number"),
        ({**SMALL, "backsweep": {"seed": -1}}, "/backsweep/seed", "must be at least 0"),
        ({**SMALL, "backsweep": {"validation_fraction": 0}}, "/backsweep/validation_fraction", "must be above 0"),
        ({**SMALL, "backsweep": {"targets": 0.5}}, "/backsweep/targets", "must be a valid list"),
        ({**SMALL, "backsweep": {"targets": [0.1] * 21}}, "/backsweep/targets", "at most 20"),
        ({**SMALL, "backsweep": {"trials_per_job": 0}}, "/backsweep/trials_per_job", "must be at least 1"),
    ],
)
def test_a_fault_has_one_place_and_one_exact_sentence(document, pointer, part):
    faults = faults_of(document)
    assert list(faults) == [pointer]
    assert part in faults[pointer]


@pytest.mark.parametrize("document", [None, [], "grid", 3])
def test_what_is_no_object_is_no_sweep(document):
    assert "must be an object" in faults_of(document)[""]


def test_a_grid_of_a_million_million_points_is_counted_not_expanded():
    many = {"values": [0.001 + index / 2000 for index in range(1000)]}
    faults = faults_of(with_parameters(lr=many, momentum=many, dropout=many, l2=many))
    assert faults == {
        "/parameters": "asks for 1,000,000,000,000 configurations in 3 replicates, 3,000,000,000,000 trials; "
        "at most 100,000 are accepted: give fewer values, fewer replicates, or a run_cap"
    }


def test_a_network_that_no_worker_could_hold_is_refused():
    wide = [4096] * 32
    faults = faults_of(with_parameters(layers={"values": [[512, 512], wide]}, optimizer={"values": ["sgd", "adam"]}))
    assert list(faults) == ["/parameters/layers/values/1"]
    assert "GiB, more than the 4 GiB a trial may have" in faults["/parameters/layers/values/1"]


@pytest.mark.parametrize("number", [2**31, 2**63, 10**399])
@pytest.mark.parametrize(
    ("pointer", "document"),
    [
        ("/run_cap", {**SMALL, "run_cap": 1}),
        ("/backsweep/replicates", {**SMALL, "backsweep": {"replicates": 1}}),
        ("/backsweep/trials_per_job", {**SMALL, "backsweep": {"trials_per_job": 1}}),
        ("/backsweep/seconds_per_job", {**SMALL, "backsweep": {"seconds_per_job": 1}}),
        ("/backsweep/audit", {**SMALL, "backsweep": {"audit": 1}}),
        *((f"/early_terminate/{key}", stopped(type="hyperband", max_iter=9, s=2)) for key in ("max_iter", "s")),
        ("/early_terminate/min_iter", stopped(type="hyperband", min_iter=1)),
        *((f"/early_terminate/{key}", stopped(type="asha")) for key in ASHA),
        *((f"/early_terminate/{key}", stopped(type="median")) for key in MEDIAN),
        *((f"/early_terminate/{key}", stopped(type="wilcoxon", min_iter=1)) for key in WILCOXON),
    ],
)
def test_a_number_beyond_what_a_database_holds_is_refused_at_its_place(pointer, document, number):
    document = copy.deepcopy(document)
    *steps, key = pointer.split("/")[1:]
    (document[steps[0]] if steps else document)[key] = number
    assert list(faults_of(document)) == [pointer]


def test_more_trials_in_a_job_than_its_memory_holds_are_refused():
    rates = {"values": [0.001 * step for step in range(1, 1001)]}
    document = with_parameters(layers={"value": [1000, 1000]}, learning_rate=rates)
    document["backsweep"] = {"replicates": 1, "trials_per_job": 1000}
    message = faults_of(document)["/backsweep/trials_per_job"]
    fitting = int(message.split("at most ")[1].split(" ")[0])
    assert faults_of(document | {"backsweep": {"replicates": 1, "trials_per_job": fitting + 1}})
    spec_of(document | {"backsweep": {"replicates": 1, "trials_per_job": fitting}})


def test_a_network_whose_state_no_database_takes_is_refused_before_it_is_trained():
    deep, wide = {"values": [[512, 512], [4096] * 6]}, {"values": [[512], [4096] * 4]}
    faults = faults_of(with_parameters(layers=deep, optimizer={"value": "adam"}))
    assert "has a state of about 964 MiB, more than the 256 MiB" in faults["/parameters/layers/values/1"]
    assert list(faults_of(with_parameters(layers=wide, optimizer={"value": "adam"}))) == ["/parameters/layers/values/1"]
    spec_of(with_parameters(layers=wide))  # without moments it is a third of that


def test_more_states_in_a_job_than_are_stored_together_are_refused():
    document = with_parameters(layers={"value": [2048, 2048, 2048]}, learning_rate={"values": [0.1, 0.2, 0.3]})
    document["parameters"]["optimizer"] = {"value": "adam"}
    message = faults_of(document | {"backsweep": {"trials_per_job": 9}})["/backsweep/trials_per_job"]
    assert "at most 5 of them fit" in message
    spec_of(document | {"backsweep": {"trials_per_job": 5}})


def test_a_job_is_as_large_as_the_trials_that_can_share_it():
    document = with_parameters(layers={"value": [1000, 1000]}, batch_size={"values": list(range(1, 1001))})
    spec_of(document | {"backsweep": {"replicates": 1, "trials_per_job": 1000}})  # every batch size is its own job


def test_replicates_count_and_a_run_cap_counts_configurations():
    document = with_parameters(lr={"values": [0.1, 1, 2, 3]})
    assert spec_of(document, max_trials=12)
    assert "/parameters" in faults_of(document, max_trials=11)
    assert spec_of({**document, "run_cap": 2}, max_trials=6).run_cap == 2


def test_a_value_without_effect_is_noted():
    notes = spec_of(with_parameters(momentum={"values": [0.5, 0.9]})).notes
    assert "momentum has no effect with optimizer sgd: its values repeat the same training there." in notes
    notes = spec_of(with_parameters(momentum={"value": 0.5}, optimizer={"values": ["momentum"]})).notes
    assert not any("no effect" in note for note in notes)


def test_an_activation_without_hidden_layers_is_noted():
    notes = spec_of(with_parameters(layers={"values": [[], [8]]}, activation={"values": ["tanh", "relu"]})).notes
    assert "activation has no effect with layers []: its values repeat the same training there." in notes


def test_a_batch_larger_than_the_training_set_is_noted():
    notes = spec_of(with_parameters(dataset={"value": "iris"}, batch_size={"values": [16, 500]})).notes
    assert "batch_size 500 exceeds the 120 training samples of iris: an epoch is one update there." in notes


def test_empty_sections_count_as_not_given():
    assert spec_of({**SMALL, "metric": None, "backsweep": None, "run_cap": None, "name": None}).replicates == 3


def test_targets_come_from_the_easiest_to_the_hardest_without_duplicates():
    assert spec_of({**SMALL, "backsweep": {"targets": [0.1, 0.5, 0.1, 1]}}).targets == (1.0, 0.5, 0.1)


def test_a_document_of_very_many_faults_is_answered_in_bearable_length():
    with pytest.raises(InvalidSweep) as refused:
        spec_of(with_parameters(lr={"values": [-1] * 5000}))
    assert len(refused.value.faults) == 1001
    assert refused.value.faults[-1].message == "the first 1,000 faults are listed; there may be more"


def test_a_list_of_more_values_than_any_sweep_has_is_refused_unread():
    faults = faults_of(with_parameters(lr={"values": ["x"] * 100_001}))
    assert faults == {"/parameters/lr/values": "lists 100,001 values; at most 100,000 are read"}


def test_hyperband_is_read_as_wandb_means_it():
    rule = parse(stopped(type="hyperband", min_iter=3), BUILT_IN, 100).early_termination.rule
    assert (rule, rule.check_epochs(30)) == (Hyperband(min_iter=3, eta=3.0, strict=False), (3, 9, 27))
    spec = parse(stopped(type="hyperband", max_iter=27, s=2, min_iter=5), BUILT_IN, 100)
    assert spec.early_termination.rule == Hyperband(max_iter=27, s=2)
    assert "hyperband has max_iter, so its min_iter is ignored, as W&B does." in spec.notes
    spec = parse(stopped(type="hyperband", min_iter=3, s=2, strict=True), BUILT_IN, 100)
    assert spec.early_termination.rule == Hyperband(min_iter=3, strict=True)
    assert "hyperband has no max_iter, so its s is ignored, as W&B does." in spec.notes


def test_a_rule_that_never_looks_is_noted():
    notes = parse(stopped(type="hyperband", min_iter=500), BUILT_IN, 100).notes
    assert any(note.startswith("hyperband stops nothing: it has no check epoch before epoch") for note in notes)


def test_the_audit_is_a_tenth_unless_the_document_says_otherwise():
    written = stopped(type="hyperband", min_iter=3)
    assert parse(written, BUILT_IN, 100).early_termination.audit == 0.1
    given = {**written, "backsweep": {"seed": 3, "audit": 0.5}}
    policy = parse(given, BUILT_IN, 100).early_termination
    assert (policy.audit, policy.seed) == (0.5, 3)
    assert policy_of(given, 3) == policy
    assert parse(SMALL, BUILT_IN, 100).early_termination is None


def test_wilcoxon_with_too_few_replicates_is_noted():
    written = stopped(type="wilcoxon", min_iter=3)
    few, enough = ({**written, "backsweep": {"replicates": count}} for count in (3, 4))
    note = "wilcoxon stops nothing: with 3 replicates no p-value is below 0.1; it takes 4."
    assert note in parse(few, BUILT_IN, 100).notes
    assert not any(one.startswith("wilcoxon") for one in parse(enough, BUILT_IN, 100).notes)
