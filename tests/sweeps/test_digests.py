"""A trial's digest: the same for the same training, another as soon as anything that the bits depend on differs."""

import hashlib
import json
from dataclasses import replace

import pytest

from engine.data.catalog import BUILT_IN
from engine.hyperparameters import configuration, values_of
from engine.trials import Trial
from engine.version import NUMERICS
from sweeps import digests
from sweeps.digests import Data, trial_digest, trial_digests
from sweeps.parsing.sweep import parse
from sweeps.planning import plan

DATA = Data("ab" * 32, "classification", 0.2, 5, 150)
TRIAL = Trial(configuration({"learning_rate": 0.1, "layers": [4, 4]}), 1, 2)


def planned(**parameters):
    document = {
        "method": "grid",
        "parameters": {"epochs": {"value": 3}} | parameters,
        "backsweep": {"replicates": 2, "seed": 3},
    }
    return plan(parse(document, BUILT_IN, 1000), BUILT_IN)


def test_it_is_the_sha_256_of_canonical_json_and_the_seeds():
    """Should this fail, nothing that was stored until then is found again."""
    values = values_of(TRIAL.configuration)
    del values["dataset"]
    data = {"digest": "ab" * 32, "split_seed": 5, "task": "classification", "validation_fraction": 0.2}
    whole = {"configuration": dict(sorted(values.items())), "data": data, "numerics": NUMERICS}
    text = json.dumps(whole, separators=(",", ":")) + "\n1 2"
    assert trial_digest(TRIAL, DATA) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        replace(TRIAL, init_seed=3),
        replace(TRIAL, data_seed=3),
        replace(TRIAL, init_seed=12, data_seed=2),
        replace(TRIAL, configuration=replace(TRIAL.configuration, epochs=21)),
        replace(TRIAL, configuration=replace(TRIAL.configuration, learning_rate=0.1 + 2**-56)),
        replace(TRIAL, configuration=replace(TRIAL.configuration, layers=(44,))),
        replace(TRIAL, configuration=replace(TRIAL.configuration, output_activation="identity")),
    ],
)
def test_another_seed_or_hyperparameter_gives_another_digest(other):
    assert trial_digest(other, DATA) != trial_digest(TRIAL, DATA)


@pytest.mark.parametrize(
    "change",
    [{"digest": "cd" * 32}, {"task": "regression"}, {"validation_fraction": 0.25}, {"split_seed": 6}],
)
def test_other_data_or_another_split_gives_another_digest(change):
    assert trial_digest(TRIAL, replace(DATA, **change)) != trial_digest(TRIAL, DATA)


def test_another_version_of_the_numerics_gives_another_digest(monkeypatch):
    before = trial_digest(TRIAL, DATA)
    monkeypatch.setattr(digests, "NUMERICS", digests.NUMERICS + 1)
    assert trial_digest(TRIAL, DATA) != before


def test_the_name_of_the_data_set_does_not_count_its_content_does():
    other = replace(TRIAL, configuration=replace(TRIAL.configuration, dataset="iris"))
    assert trial_digest(other, DATA) == trial_digest(TRIAL, DATA)


def test_a_value_counts_not_how_it_was_written():
    one = trial_digests(planned(learning_rate={"value": 2}, layers={"value": [8]}), BUILT_IN)
    assert one == trial_digests(planned(lr={"values": [2.0]}, layers={"value": 8}), BUILT_IN)


ADAM = {"optimizer": "adam"}


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ({"initial_bias": 0.0}, {"initial_bias": -0.0}),
        ({"l2": 0}, {"l2": -0.0}),
        ({"activation": "relu"}, {"activation": ["relu", "relu"]}),
        ({"activation": "elu"}, {"activation": ["elu", "elu"], "activation_slope": 1}),
        ({"activation": "relu"}, {"activation": "relu", "activation_slope": 0.3}),
        ({}, {"output_activation": "sigmoid"}),
        ({"cost": "cross_entropy"}, {"cost": "cross_entropy", "output_activation": "softmax"}),
        ({}, {"initialization_scale": 0.1}),
        ({"initialization": "he_normal"}, {"initialization": "he_normal", "initialization_scale": 1}),
        ({"initialization": "zeros"}, {"initialization": "zeros", "initialization_scale": 3}),
        ({}, {"momentum": 0.5, "beta1": 0.5, "beta2": 0.5, "epsilon": 0.1}),
        (ADAM, ADAM | {"beta2": 0.999}),
        (ADAM, ADAM | {"schedule": "step", "schedule_epochs": 20}),
        (ADAM, ADAM | {"schedule": "exponential", "schedule_factor": 1}),
        ({}, {"schedule_factor": 0.1, "schedule_epochs": 3, "schedule_floor": 0.2}),
        ({"batch_size": 120}, {"batch_size": 500}),  # the training set of 150 samples
        ({"layers": []}, {"layers": [], "activation": "relu", "dropout": 0.5}),
    ],
)
def test_the_same_training_has_one_digest_however_it_is_written(values, written):
    """That they are the same training, bit by bit, is tested in tests/engine/test_effects.py."""
    base = {"layers": [4, 4], "learning_rate": 0.1}
    one, other = (Trial(configuration({**base, **each}), 1, 2) for each in (values, written))
    assert trial_digest(one, DATA) == trial_digest(other, DATA)


def test_no_two_trials_of_a_sweep_have_the_same_digest():
    whole = planned(
        learning_rate={"values": [0.1, 0.1, 0.5]}, layers={"values": [[4], [4, 4]]}, optimizer={"value": "adam"}
    )
    found = trial_digests(whole, BUILT_IN)
    assert sorted(found) == list(range(8))
    assert len(set(found.values())) == 8


def test_the_digests_of_a_plan_are_those_of_its_trials():
    whole = planned(dataset={"values": ["iris", "xor"]})
    found = trial_digests(whole, BUILT_IN)
    for one in (one for job in whole.jobs for one in job.trials):
        facts = BUILT_IN[one.trial.configuration.dataset]
        data = Data(facts.digest, facts.task, 0.2, digests.split_seed(3), facts.samples)
        assert found[one.number] == trial_digest(one.trial, data)
