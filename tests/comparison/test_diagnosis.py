"""The diagnosis on real trainings of settings that are known to be bad, each in its own way."""

from dataclasses import replace
from statistics import mean

import pytest

from benchmarks.diagnosis.training import train
from comparison.diagnosis.diagnosis import RULES, diagnose
from comparison.diagnosis.rules import fading_schedule
from engine.hyperparameters import HYPERPARAMETERS, Configuration, configuration

GOOD = {
    "dataset": "iris",
    "layers": [16],
    "activation": "tanh",
    "initialization": "glorot_normal",
    "cost": "cross_entropy",
    "learning_rate": 0.3,
    "batch_size": 8,
    "scaling": "standard",
    "epochs": 20,
}
BAD = {  # rule -> what makes it apply, and what it advises then
    "unscaled_inputs": ({"dataset": "wine", "scaling": "none"}, {"scaling": "standard"}),
    "linear_network": ({"dataset": "circles", "activation": "identity"}, {"activation": "tanh"}),
    "narrow_layer": ({"dataset": "spirals", "layers": [2], "activation": "relu"}, {"layers": (32,)}),
    "symmetric_weights": ({"dataset": "circles", "initialization": "zeros"}, {"initialization_scale": None}),
    "idle_units": ({"activation": "relu", "initial_bias": -20.0}, {"initial_bias": 0.0}),
    "gradient_flow": (
        {"layers": [16] * 5, "activation": "sigmoid", "initialization": "normal", "initialization_scale": 0.1},
        {"initial_bias": 0.0},
    ),
    "wild_start": (
        {"activation": "relu", "initialization": "normal", "initialization_scale": 8.0, "learning_rate": 100.0},
        {"initial_bias": 0.0},
    ),
    "strong_penalty": ({"l2": 1.0}, {"l2": 1e-5}),
    "strong_dropout": ({"layers": [2], "dropout": 0.95}, {"dropout": 0.0}),
    "tight_clipping": ({"clip_norm": 1e-4}, {"clip_norm": None}),
    "fading_schedule": (
        {"schedule": "exponential", "schedule_factor": 0.01, "learning_rate": 0.03},
        {"schedule": "cosine"},
    ),
    "few_updates": ({"batch_size": 512, "learning_rate": 0.01}, {"batch_size": 16}),
    "large_steps": ({"learning_rate": 500.0}, {}),
    "small_steps": ({"learning_rate": 1e-5}, {}),
}


def diagnosed(**values):
    return diagnose(train(configuration(GOOD | values)).evidence)


@pytest.mark.parametrize("rule", BAD)
def test_a_rule_finds_its_cause_in_a_real_training_and_gives_figures(rule):
    values, advice = BAD[rule]
    found = diagnosed(**values)
    (finding,) = [one for one in found.findings if one.rule == rule]
    assert finding.sentence.endswith(".")
    assert any(character.isdigit() for character in finding.sentence)
    assert finding.figures
    assert advice.items() <= finding.advice.items()
    assert finding.advice.keys() <= HYPERPARAMETERS.keys()


@pytest.mark.parametrize("rule", [name for name in BAD if name not in ("strong_dropout", "linear_network")])
def test_the_advice_lowers_the_cost_of_the_case_it_was_given_for(rule):
    values, _ = BAD[rule]
    before = train(configuration(GOOD | values))
    advice = diagnose(before.evidence).advice
    after = train(replace(before.evidence.configuration, **{k: v for k, v in advice.items() if k != "epochs"}))
    assert after.best_cost < before.best_cost


def test_of_a_good_training_nothing_is_said_but_that_it_might_go_on():
    found = diagnosed()
    assert {finding.rule for finding in found.findings} <= {"few_epochs"}
    assert set(found.advice) <= {"epochs"}


def test_every_rule_is_tried_here_or_reads_an_outcome():
    assert {rule.name for rule in RULES} == {*BAD, "overfitting", "few_epochs"}


def test_the_figures_of_the_gradient_are_those_of_a_look_at_both_networks():
    values, _ = BAD["gradient_flow"]
    evidence = train(configuration(GOOD | values)).evidence
    finding = next(one for one in diagnose(evidence).findings if one.rule == "gradient_flow")
    start = evidence.start(evidence.configuration).gradient_norms
    then = evidence.start(replace(evidence.configuration, **finding.advice)).gradient_norms
    assert finding.figures["gradient_ratio"] == pytest.approx(start[0] / start[-1])
    assert finding.figures["alternative_gradient_ratio"] == pytest.approx(then[0] / then[-1])
    recorded = evidence.recorded.layers_of_epoch_1
    ratio = recorded[0].gradient_norm / recorded[-1].gradient_norm
    assert finding.figures["gradient_ratio_in_epoch_1"] == pytest.approx(ratio)
    assert "sigmoid with normal(0.1)" in finding.sentence


def test_overfitting_and_short_trainings_are_told_by_their_outcomes():
    evidence = train(configuration(GOOD)).evidence
    costs = tuple(1 / (1 + epoch) for epoch in range(21))
    rising = tuple(0.1 + 0.02 * abs(epoch - 5) for epoch in range(21))
    recorded = replace(evidence.recorded, outcome="overfitting", train_cost=costs, validation_cost=rising)
    (finding,) = diagnose(replace(evidence, recorded=recorded)).findings
    assert (finding.rule, finding.figures["best_epoch"], finding.advice) == ("overfitting", 5, {"l2": 1e-4})
    falling = replace(recorded, outcome="still_descending", validation_cost=costs)
    (finding,) = diagnose(replace(evidence, recorded=falling)).findings
    assert (finding.rule, finding.advice) == ("few_epochs", {"epochs": 40})


def test_a_network_too_large_to_look_at_is_diagnosed_without():
    values = {"layers": [700, 700], "learning_rate": 500.0, "epochs": 3}
    found = diagnosed(**values)
    finding = next(one for one in found.findings if one.rule == "large_steps")
    assert finding.advice == {"learning_rate": 100.0}
    assert finding.expected == ""


RESTLESS = {"layers": [8], "batch_size": 16, "epochs": 40}


@pytest.mark.parametrize("outcome", ["oscillating", "diverged"])
@pytest.mark.parametrize("rate", [1e-5, 0.1, 0.5, 3.0])
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"scaling": "min_max"},
        {"optimizer": "adam"},
        {"clip_norm": 1e-4},
        {"schedule": "exponential", "schedule_factor": 0.01},
        {"initialization": "normal", "initialization_scale": 8.0},
        {"dataset": "wine", "scaling": "none"},
        {"layers": [16] * 5, "activation": "sigmoid", "initialization": "normal"},
    ],
    ids=str,
)
def test_a_curve_that_jumps_is_never_told_to_take_larger_steps(values, rate, outcome):
    """Whatever the theory of the start says."""
    evidence = train(configuration(GOOD | RESTLESS | {"epochs": 3, "learning_rate": rate} | values)).evidence
    found = diagnose(replace(evidence, recorded=replace(evidence.recorded, outcome=outcome)))
    assert not {"small_steps", "tight_clipping", "fading_schedule"} & {one.rule for one in found.findings}
    assert found.advice.get("learning_rate", rate) <= rate
    assert all(one.advice.get("learning_rate", rate) <= rate for one in found.findings)


def test_an_oscillating_training_is_told_of_its_own_learning_rate():
    evidence = train(configuration(GOOD | RESTLESS | {"scaling": "min_max", "learning_rate": 0.5})).evidence
    found = diagnose(replace(evidence, recorded=replace(evidence.recorded, outcome="oscillating")))
    (finding,) = [one for one in found.findings if "learning rate" in one.sentence]
    assert finding.sentence.startswith("The training oscillated at the learning rate 0.5")
    assert found.advice["learning_rate"] == 0.1


# More than one rule applies: the later ones look at what the earlier ones advise, and speak of the trial.
SEVERAL = [
    {"layers": [2], "dropout": 0.95, "dataset": "spirals"},
    {"layers": [3, 2], "initialization": "zeros", "dataset": "spirals"},
    {"layers": [2] * 5, "activation": "sigmoid", "initialization": "normal", "dataset": "spirals"},
    {"dataset": "wine", "scaling": "none", "layers": [4], "initialization": "normal", "initialization_scale": 8.0},
    {"dataset": "wine", "scaling": "none", "learning_rate": 1e-5},
    {"activation": "relu", "initialization": "normal", "initialization_scale": 8.0, "learning_rate": 100.0},
]


@pytest.mark.parametrize("values", SEVERAL, ids=str)
def test_every_figure_of_a_sentence_is_the_trials_own(values):
    """A rule that is asked without any advice before says the same, or nothing (where it is about the advice alone)."""
    evidence = train(configuration(GOOD | values)).evidence
    alone = {rule.name: rule(evidence, evidence.configuration) for rule in RULES}
    found = diagnose(evidence).findings
    assert len(found) > 1
    for finding in found:
        own = alone[finding.rule]
        if own is None:
            assert finding.sentence.endswith("does not suit what the advice above makes of the network.")
        elif "advice above" not in finding.sentence:
            kept = {name for name in finding.figures if not name.startswith("alternative_")}
            assert finding.sentence == own.sentence
            assert {name: own.figures[name] for name in kept} == {name: finding.figures[name] for name in kept}


def test_a_linear_network_of_equal_weights_is_told_of_layers_that_learn():
    found = diagnosed(layers=[], initialization="zeros", dataset="circles")
    assert found.advice["layers"] == (32,)
    assert found.advice["initialization"] == "glorot_normal"


@pytest.mark.parametrize("schedule", ["constant", "cosine", "step", "exponential"])
def test_a_schedule_of_very_many_epochs_is_judged_by_a_thousand_of_them(schedule) -> None:
    for warmup in (0, 30_000):
        whole = Configuration(schedule=schedule, schedule_warmup=warmup, schedule_factor=0.999, epochs=100_000)
        looked_at = fading_schedule._looked_at(whole.epochs)
        sampled = mean(fading_schedule._rate(whole, epoch) for epoch in looked_at)
        exact = mean(fading_schedule._rate(whole, epoch) for epoch in range(1, whole.epochs + 1))
        assert (len(looked_at), sampled) == (1000, pytest.approx(exact, rel=0.01, abs=1e-4))
    assert list(fading_schedule._looked_at(40)) == list(range(1, 41))
