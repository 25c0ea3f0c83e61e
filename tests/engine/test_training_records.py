"""What a training records and refuses, beyond the numbers that other tests compare."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.accuracy import correct, indicators
from engine.activations.registry import ACTIVATIONS
from engine.hyperparameters import configuration
from engine.state import TrialState
from engine.training import Training
from engine.trials import Trial


def trials(count=2, **values):
    whole = configuration({"epochs": 3, "initialization": "glorot_normal", **values})
    return [Trial(whole, seed, seed) for seed in range(count)]


def test_epochs_run_from_zero_to_the_last_with_counted_updates(make_data):
    records = list(Training(trials(), make_data(samples=37)).epochs())
    assert [record.epoch for record in records] == [0, 1, 2, 3]
    assert [record.updates for record in records] == [0, 2, 4, 6]
    assert np.isnan(records[0].gradient_norm).all()
    assert all(record.seconds > 0 for record in records)


def test_a_regression_has_no_accuracy(make_data):
    data = make_data(task="regression", outputs=1)
    for record in Training(trials(), data).epochs():
        assert np.isnan(record.train_accuracy).all()
        assert np.isfinite(record.train_cost).all()


def test_a_continuation_starts_after_its_state_and_may_run_longer(make_data):
    data = make_data()
    first = Training(trials(), data)
    assert [record.epoch for record in first.epochs()] == [0, 1, 2, 3]
    states = first.states()
    longer = Training(trials(epochs=5), data, [states[0], states[1]])
    assert [record.epoch for record in longer.epochs()] == [4, 5]
    whole = list(Training(trials(epochs=5), data).epochs())
    again = list(Training(trials(epochs=5), data, [states[0], states[1]]).epochs())
    assert (again[-1].train_cost == whole[-1].train_cost).all()


def test_a_state_survives_its_bytes(make_data):
    training = Training(trials(optimizer="adam", activation="prelu"), make_data())
    list(training.epochs())
    state = training.states()[1]
    again = TrialState.from_bytes(state.to_bytes())
    assert (again.epoch, again.updates) == (3, 6)
    assert again.arrays.keys() == state.arrays.keys()
    assert {"weights_1", "bias_2", "slope_1", "mean.weights_1", "squares.slope_1"} <= set(again.arrays)
    for name, values in state.arrays.items():
        assert again.arrays[name].dtype == np.float32
        assert again.arrays[name].tobytes() == values.tobytes()


def test_states_are_copies_that_further_training_leaves_alone(make_data):
    training = Training(trials(), make_data())
    records = training.epochs()
    next(records)
    weights = training.states()[0].arrays["weights_1"]
    kept = weights.copy()
    next(records)
    assert (weights == kept).all()
    assert (training.states()[0].arrays["weights_1"] != kept).any()


def test_states_of_different_epochs_are_refused(make_data):
    training = Training(trials(), make_data())
    records = training.epochs()
    next(records)
    early = training.states()[0]
    next(records)
    with pytest.raises(ValueError, match="same epoch"):
        Training(trials(), make_data(), [early, training.states()[1]])
    with pytest.raises(ValueError, match="one state per trial"):
        Training(trials(), make_data(), [early])
    with pytest.raises(ValueError, match="train in float64"):
        Training(trials(precision="float64"), make_data())
    with pytest.raises(ValueError, match="at least one"):
        Training([], make_data())


def test_when_all_have_left_the_training_ends(make_data):
    training = Training(trials(), make_data())
    seen = []
    for record in training.epochs():
        seen.append(record.epoch)
        training.leave([0, 1])
    assert seen == [0]
    assert training.live == ()
    assert training.states() == {}


def test_the_running_mean_is_the_mean_cost_of_the_mini_batches_before_their_updates(make_data):
    data = make_data(samples=37, precision="float64")
    values = {"batch_size": 37, "precision": "float64"}
    running = list(Training(trials(**values, cost_recording="running_mean"), data).epochs())
    whole = list(Training(trials(**values), data).epochs())
    # With one mini-batch an epoch, what it costs before its update is what the whole set cost an epoch earlier.
    for epoch in (1, 2, 3):
        np.testing.assert_allclose(running[epoch].train_cost, whole[epoch - 1].train_cost, rtol=1e-12)
        np.testing.assert_allclose(running[epoch].train_accuracy, whole[epoch - 1].train_accuracy)
        assert (running[epoch].validation_cost == whole[epoch].validation_cost).all()


def test_a_learned_slope_moves(make_data):
    training = Training(trials(activation="prelu", learning_rate=1.0, layers=[8, 8]), make_data())
    records = training.epochs()
    next(records)
    list(records)
    arrays = training.states()[0].arrays
    assert arrays["slope_1"] != 0.25
    assert "slope_3" not in arrays


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 9), st.integers(0, 2**16))
def test_accuracy_is_that_of_argmax_also_among_equals(trial_count, outputs, samples, seed):
    generator = np.random.default_rng(seed)
    values = generator.integers(-1, 2, (trial_count, outputs, samples)).astype(np.float32)  # many are equal
    labels = generator.integers(0, max(2, outputs), samples)
    hits = correct(values, indicators(labels, outputs), 0.0)
    said = values.argmax(axis=1) if outputs > 1 else values[:, 0] > 0
    assert hits.tolist() == (said == labels).sum(axis=1).tolist()
    each = np.repeat(indicators(labels, outputs)[None], trial_count, axis=0)
    assert correct(values, each, 0.0).tolist() == hits.tolist()


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_what_is_right_of_one_trial_does_not_depend_on_the_others(trial_count, outputs, samples, seed):
    generator = np.random.default_rng(seed)
    values = generator.choice(np.float32([-np.inf, -1, 0, 1, np.inf, np.nan]), (trial_count, outputs, samples))
    own = indicators(generator.integers(0, max(2, outputs), samples), outputs)
    alone = [correct(one[None], own, 0.0)[0] for one in values]
    assert correct(values, own, 0.0).tolist() == alone


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_activations_stay_finite_far_out(name, precision):
    z = np.array([[-1e4, -100.0, -1.0, -0.0, 0.0, 1.0, 100.0, 1e4]], dtype=precision)
    activation = ACTIVATIONS[name](precision)
    a = np.empty_like(z) if activation.keeps_input else z
    delta, scratch = np.ones_like(z), np.empty_like(z)
    activation.apply(z, a, 0.1, scratch)
    assert np.isfinite(a).all()
    if activation.bounds is not None:
        assert a.min() >= np.float32(activation.bounds[0])
        assert a.max() <= np.float32(activation.bounds[1])
    activation.backward(delta, z, a, 0.1, scratch)
    assert np.isfinite(delta).all()
    assert np.abs(delta).max() <= 1.2
