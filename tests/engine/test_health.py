"""Layer records against straightforward formulas, and the rules that name what ails a layer."""

from __future__ import annotations

import numpy as np
import pytest

from engine.health import LayerHealth, health
from engine.hyperparameters import configuration
from engine.training import Training
from engine.trials import Trial


def layer(gradient=1.0, update=1e-3, saturated=None, dead=None):
    return LayerHealth(gradient, update, saturated, dead)


def test_healthy_layers_have_no_names():
    assert health([layer(0.5), layer(1.0), layer(2.0)]) == ((), (), ())


def test_gradients_that_shrink_a_thousandfold_towards_the_input_vanish():
    assert health([layer(9e-4), layer(0.1), layer(1.0)]) == (("vanishing",), (), ())


def test_gradients_that_grow_a_thousandfold_towards_the_input_explode():
    assert health([layer(2e3), layer(1.0), layer(1.0)]) == (("exploding",), (), ())


def test_an_epoch_that_changes_a_layer_by_more_than_its_norm_explodes():
    assert health([layer(), layer(update=1.5)]) == ((), ("exploding",))


def test_half_of_the_hidden_units_make_a_layer_saturated_or_dead_but_never_the_output():
    ill = layer(saturated=0.5, dead=0.6)
    assert health([ill, ill]) == (("saturated", "dead"), ())


def test_what_is_not_defined_is_not_named():
    nothing = LayerHealth(None, None, None, None)
    assert health([nothing, nothing]) == ((), ())


def train(data, epochs=1, **values):
    whole = configuration({"precision": "float64", "epochs": epochs, "initialization": "glorot_normal", **values})
    training = Training([Trial(whole, 1, 2), Trial(whole, 3, 4)], data)
    return training, training.epochs()


def answers(arrays, inputs, count, hidden, output):
    """a of every layer, by hand."""
    a, layers = inputs, []
    for number in range(1, count + 1):
        z = a @ arrays[f"weights_{number}"].T + arrays[f"bias_{number}"]
        a = hidden(z) if number < count else output(z)
        layers.append(a)
    return layers


@pytest.mark.parametrize(("samples", "probed"), [(9, 9), (37, 32), (300, 37), (2000, 128)])
def test_activation_statistics_are_those_of_evenly_spaced_training_samples(make_data, samples, probed):
    data = make_data(samples=samples, precision="float64")
    training, records = train(data, layers=[6, 4], activation="tanh", output_activation="identity")
    record = next(records)
    chosen = np.arange(probed) * samples // probed
    for trial in (0, 1):
        layers = answers(training.states()[trial].arrays, data.train_inputs[chosen], 3, np.tanh, lambda z: z)
        np.testing.assert_allclose(record.layers.activation_mean[trial], [a.mean() for a in layers], atol=1e-12)
        np.testing.assert_allclose(record.layers.activation_deviation[trial], [a.std() for a in layers], atol=1e-12)
    assert np.isnan(record.layers.saturated_share[:, 2]).all()
    assert np.isnan(record.layers.gradient_norm).all()
    assert np.isnan(record.layers.update_ratio).all()


def test_norms_are_those_of_the_weights_with_their_biases_and_of_their_change(make_data):
    training, records = train(make_data(precision="float64"), layers=[6])
    next(records)
    before = training.states()[0].arrays
    record = next(records)
    after = training.states()[0].arrays
    for number in (1, 2):
        names = (f"weights_{number}", f"bias_{number}")
        norm = np.sqrt(sum((after[name] ** 2).sum() for name in names))
        change = np.sqrt(sum(((after[name] - before[name]) ** 2).sum() for name in names))
        np.testing.assert_allclose(record.layers.weight_norm[0, number - 1], norm)
        np.testing.assert_allclose(record.layers.update_ratio[0, number - 1], change / norm)
    total = np.sqrt((record.layers.gradient_norm**2).sum(axis=1))
    np.testing.assert_allclose(record.gradient_norm, total)


def test_saturated_units_are_found(make_data):
    values = {"layers": [6], "activation": "sigmoid", "initialization": "constant", "initialization_scale": 50}
    _, records = train(make_data(precision="float64"), **values)
    assert (next(records).layers.saturated_share[:, 0] == 1).all()
    _, records = train(make_data(precision="float64"), **{**values, "initialization_scale": 0.1})
    assert (next(records).layers.saturated_share[:, 0] == 0).all()


def test_dead_units_are_found(make_data):
    values = {"layers": [6], "activation": "relu", "initialization": "constant", "initialization_scale": 0.1}
    for bias, share in ((-100, 1), (1, 0)):
        _, records = train(make_data(precision="float64"), **values, initial_bias=bias)
        record = next(records)
        assert (record.layers.dead_share[:, 0] == share).all()
        assert np.isnan(record.layers.saturated_share[:, 0]).all()


def test_without_layer_health_there_are_no_layer_records(make_data):
    trial = Trial(configuration({"epochs": 1}), 1, 1)
    assert all(record.layers is None for record in Training([trial], make_data(), layer_health=False).epochs())
