"""The signature promise: a trial yields the same bits alone or among others, stopped and continued or not."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameter_choices import ACTIVATIONS, INITIALIZATIONS, OPTIMIZERS, SCHEDULES
from engine.hyperparameters import configuration
from engine.state import TrialState
from engine.training import Training
from engine.trials import Trial

PROPERTY = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def rates():
    # The largest make some trials diverge, others saturate.
    return st.sampled_from([1e-30, 1e-3, 0.1, 1.0, 30.0, 1e5])


@st.composite
def shared(draw):
    """What the trials of one array have in common."""
    layers = draw(st.lists(st.integers(1, 9), max_size=3))
    activation = draw(
        st.one_of(
            st.sampled_from(ACTIVATIONS.names),
            st.lists(st.sampled_from(ACTIVATIONS.names), min_size=len(layers), max_size=len(layers)),
        )
    )
    cost = draw(st.sampled_from(["sum_of_squares", "mean_squared_error", "cross_entropy", "binary_cross_entropy"]))
    output = draw(st.sampled_from([None, "identity", "sigmoid", "softmax"])) if "squa" in cost else None
    return {
        "layers": layers,
        "activation": activation,
        "cost": cost,
        "output_activation": output,
        "optimizer": draw(st.sampled_from(OPTIMIZERS.names)),
        "batch_size": draw(st.sampled_from([1, 2, 5, 16, 37, 50])),
        "epochs": 3,
        "dropout": draw(st.sampled_from([0.0, 0.0, 0.3])),
        "precision": draw(st.sampled_from(["float32", "float32", "float64"])),
        "cost_recording": draw(st.sampled_from(["whole_set", "running_mean"])),
    }


@st.composite
def own(draw):
    """What each trial may have for itself."""
    return {
        "learning_rate": draw(rates()),
        "momentum": draw(st.sampled_from([0.0, 0.5, 0.9])),
        "beta1": draw(st.sampled_from([0.0, 0.9])),
        "beta2": draw(st.sampled_from([None, 0.5, 0.999])),
        "epsilon": draw(st.sampled_from([1e-8, 1e-3])),
        "schedule": draw(st.sampled_from(SCHEDULES.names)),
        "schedule_epochs": draw(st.integers(1, 3)),
        "schedule_warmup": draw(st.integers(0, 2)),
        "initialization": draw(st.sampled_from(INITIALIZATIONS.names)),
        "initialization_scale": draw(st.sampled_from([None, None, None, 1e-6, 1000.0])),
        "initial_bias": draw(st.sampled_from([0.0, 0.5])),
        "l2": draw(st.sampled_from([0.0, 0.0, 0.1])),
        "clip_norm": draw(st.sampled_from([None, None, 0.05, 1.0])),
    }


@st.composite
def mixes(draw, most=7):
    """Trials of one array, and the sizes of the data."""
    common = draw(shared())
    trials = draw(st.lists(st.tuples(own(), st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=most))
    outputs = draw(st.sampled_from([1, 2, 3, 4, 12]))
    tasks = ["classification", "regression"] if "squa" in common["cost"] else ["classification"]
    sizes = {
        "features": draw(st.integers(1, 6)),
        "outputs": max(2, outputs) if common["cost"] == "cross_entropy" else outputs,
        "samples": draw(st.sampled_from([1, 2, 15, 33])),
        "validation": draw(st.integers(1, 5)),
        "precision": common["precision"],
        "task": draw(st.sampled_from(tasks)),
    }
    return [Trial(configuration({**common, **one}), init, data) for one, init, data in trials], sizes


def curves(training):
    """Per position: every number recorded of every epoch, as bits."""
    recorded = {}
    for record in training.epochs():
        for row, position in enumerate(record.trials.tolist()):
            numbers = [
                getattr(record, name)[row].tobytes()
                for name in (
                    "train_cost",
                    "validation_cost",
                    "train_accuracy",
                    "validation_accuracy",
                    "gradient_norm",
                    "diverged",
                )
            ]
            if record.layers is not None:
                numbers += [values[row].tobytes() for values in asdict(record.layers).values()]
            recorded.setdefault(position, []).append((record.epoch, record.updates, numbers))
    return recorded


def bits(state: TrialState):
    return {name: values.tobytes() for name, values in state.arrays.items()}


@PROPERTY
@given(mixes())
def test_a_trial_among_others_equals_itself_alone_bit_for_bit(make_data, mix):
    trials, sizes = mix
    data = make_data(**sizes)
    together = Training(trials, data)
    fused = curves(together)
    states = together.states()
    for position, trial in enumerate(trials):
        alone = Training([trial], data)
        assert curves(alone)[0] == fused[position]
        if position in states:
            assert bits(alone.states()[0]) == bits(states[position])


@PROPERTY
@given(mixes(), st.integers(0, 2), st.randoms())
def test_continuing_equals_never_having_stopped_also_in_other_company(make_data, mix, stop, random):
    trials, sizes = mix
    data = make_data(**sizes)
    whole = curves(Training(trials, data))
    first = Training(trials, data)
    for record in first.epochs():
        if record.epoch == stop:
            break
    stored = {position: TrialState.from_bytes(state.to_bytes()) for position, state in first.states().items()}
    left = list(stored)
    random.shuffle(left)
    for group in (left[: len(left) // 2], left[len(left) // 2 :]):
        if group:
            again = Training([trials[p] for p in group], data, [stored[p] for p in group])
            for row, curve in curves(again).items():
                assert curve == whole[group[row]][stop + 1 :]


@PROPERTY
@given(mixes(), st.data())
def test_who_leaves_changes_nobody_else_by_a_bit(make_data, mix, draws):
    trials, sizes = mix
    data = make_data(**sizes)
    whole = curves(Training(trials, data))
    leavers = draws.draw(st.sets(st.integers(0, len(trials) - 1), max_size=len(trials) - 1))
    after = draws.draw(st.integers(0, 2))
    training = Training(trials, data)
    seen = {}
    for record in training.epochs():
        for row, position in enumerate(record.trials.tolist()):
            seen.setdefault(position, []).append(record.train_cost[row].tobytes())
        if record.epoch == after:
            training.leave(leavers)
    for position, curve in seen.items():
        expected = [numbers[0] for _, _, numbers in whole[position]]
        assert curve == (expected[: after + 1] if position in leavers else expected)


def test_a_tie_is_decided_for_a_trial_alone_whatever_its_neighbours_answer():
    values = {"dataset": "xor", "layers": [8] * 4, "activation": "relu", "output_activation": "identity"}
    values |= {"initialization_scale": 1000.0, "batch_size": 512, "epochs": 3}
    chosen = [configuration({**values, "initialization": name}) for name in ("zeros", "normal") for _ in range(3)]
    trials = [Trial(one, 10 + number % 3, 10 + number % 3) for number, one in enumerate(chosen)]
    data = split(load("xor"), 0.2, 1, "min_max", "float32")
    fused = curves(Training(trials, data))
    for position, trial in enumerate(trials):
        assert curves(Training([trial], data))[0] == fused[position]
    zeros = next(iter(Training(trials[:1], data).epochs()))
    assert zeros.validation_accuracy[0] == np.mean(data.validation_labels == 0)  # all outputs equal: the first class


@PROPERTY
@given(mixes())
def test_what_a_diverged_network_answers_is_not_recorded(make_data, mix):
    trials, sizes = mix
    for record in Training(trials, make_data(**sizes)).epochs():
        for part in ("train", "validation"):
            cost, accuracy = getattr(record, f"{part}_cost"), getattr(record, f"{part}_accuracy")
            expected = np.isnan(cost) if sizes["task"] == "classification" else np.ones(len(cost), dtype=bool)
            assert np.isnan(accuracy).tolist() == expected.tolist()
            assert np.isnan(cost[record.diverged]).all()
        for shares in (record.layers.saturated_share, record.layers.dead_share):
            assert np.isnan(shares[np.isnan(record.layers.activation_mean)]).all()


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(
    ("features", "layers", "batch"), [(64, [32], 32), (784, [30], 10), (90, [70, 50], 33), (784, [128, 64], 32)]
)
def test_networks_of_the_usual_sizes_are_the_same_alone_and_in_arrays_that_are_cut(
    make_data, features, layers, batch, precision
):
    values = {"layers": layers, "batch_size": batch, "epochs": 2, "precision": precision, "activation": "sigmoid"}
    trials = [
        Trial(configuration({**values, "initialization": "glorot_normal", "learning_rate": rate, "l2": l2}), seed, seed)
        for seed, (rate, l2) in enumerate([(0.1, 0.0), (1e5, 0.0), (0.5, 0.1)] * 7)
    ]
    data = make_data(features=features, outputs=10, samples=301, validation=75, precision=precision)
    fused = curves(Training(trials, data))
    for position in (0, 1, 2, 9, 20):
        assert curves(Training([trials[position]], data))[0] == fused[position]


def test_a_trial_that_diverges_is_reported_once_and_leaves(make_data):
    trials = [
        Trial(configuration({"learning_rate": rate, "activation": "relu", "output_activation": "identity"}), 1, 1)
        for rate in (0.1, 1e5)
    ]
    training = Training(trials, make_data())
    records = list(training.epochs())
    last = [record for record in records if 1 in record.trials.tolist()]
    assert last[-1].diverged.tolist() == [False, True]
    assert np.isnan(last[-1].train_cost[1])
    assert np.isnan(last[-1].validation_cost[1])
    assert np.isnan([last[-1].train_accuracy[1], last[-1].validation_accuracy[1]]).all()
    assert not np.isnan([last[-1].train_accuracy[0], last[-1].validation_accuracy[0]]).any()
    assert not any(record.diverged.any() for record in records if record is not last[-1])
    assert training.live == (0,)
    assert list(training.states()) == [0]
    assert records[-1].epoch == 20


def test_trials_of_different_shape_are_refused(make_data):
    trials = [Trial(configuration({"layers": [size]}), 1, 1) for size in (3, 4)]
    with pytest.raises(ValueError, match="fusion key"):
        Training(trials, make_data())
