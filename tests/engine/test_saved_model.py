import zipfile
from dataclasses import replace

import numpy as np
import pytest

from engine.activations.registry import ACTIVATIONS
from engine.data.loading import load as load_data
from engine.data.splitting import split
from engine.errors import InvalidDataset, InvalidModel
from engine.hyperparameters import configuration
from engine.saved_model import load, save, trained_model
from engine.saved_model_torch import from_torch, to_torch
from engine.training import Training
from engine.trials import Trial

HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]


def trained(values, epochs=3):
    """A model after some epochs, its data, and the last record of its training."""
    chosen = configuration({"dataset": "iris", "layers": [7], "learning_rate": 0.1, "epochs": epochs, **values})
    data = split(load_data(chosen.dataset), 0.2, 4, chosen.scaling, chosen.precision)
    training = Training([Trial(chosen, 1, 2)], data)
    *_, last = training.epochs()
    return trained_model(training.states()[0], chosen, data), data, last


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_predictions_reach_the_accuracy_and_the_cost_that_training_recorded(precision):
    model, data, last = trained({"precision": precision, "learning_rate": 2.0}, epochs=20)
    inputs = data.input_scaler.unscale(data.validation_inputs.astype(float))
    right = model.predict(inputs) == data.validation_labels.astype(str)
    assert right.mean() == pytest.approx(last.validation_accuracy[0])
    assert right.mean() > 0.6
    cost = ((model.outputs(inputs) - data.validation_targets) ** 2).sum(axis=1).mean()
    assert cost == pytest.approx(last.validation_cost[0], rel=1e-5)


def test_a_regression_predicts_in_the_units_of_its_data():
    values = {"dataset": "diabetes", "activation": "tanh", "initialization": "glorot_normal", "precision": "float64"}
    model, data, last = trained(values, epochs=30)
    inputs = data.input_scaler.unscale(data.validation_inputs)
    truth = data.target_scaler.unscale(data.validation_targets)
    predicted = model.predict(inputs)
    assert predicted.shape == truth.shape
    span = float(data.target_scaler.span[0])
    assert ((predicted - truth) ** 2).mean() / span**2 == pytest.approx(last.validation_cost[0])
    assert ((predicted - truth) ** 2).mean() < truth.var()


@pytest.mark.parametrize(
    "values",
    [
        {"activation": "prelu", "layers": [5, 4], "initialization": "he_normal"},
        {"activation": ["elu", "leaky_relu"], "layers": [5, 4], "activation_slope": 0.3, "precision": "float64"},
        {"dataset": "diabetes", "scaling": "standard", "layers": []},
        {"cost": "cross_entropy", "scaling": "none"},
    ],
    ids=str,
)
def test_a_saved_model_comes_back_with_the_same_bits(tmp_path, values):
    model, _, _ = trained(values)
    save(model, tmp_path / "model.npz")
    back = load(tmp_path / "model.npz")
    assert (back.configuration, back.facts, back.classes) == (model.configuration, model.facts, model.classes)
    inputs = load_data(model.configuration.dataset).inputs
    assert np.array_equal(back.outputs(inputs), model.outputs(inputs))
    for mine, theirs in zip(back.layers, model.layers, strict=True):
        assert mine.weights.dtype == theirs.weights.dtype
        assert (mine.activation, mine.slope) == (theirs.activation, theirs.slope)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("cost", ["sum_of_squares", "cross_entropy", "binary_cross_entropy"])
@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_a_model_answers_as_its_record_says_where_outputs_saturate(scale, cost, precision):
    values = {"dataset": "digits", "layers": [16, 16], "scaling": "none", "cost": cost, "precision": precision}
    values |= {"initialization": "normal", "initialization_scale": scale}
    model, data, last = trained(values, epochs=2)
    right = model.predict(data.validation_inputs) == data.validation_labels.astype(str)
    assert right.mean() == last.validation_accuracy[0]
    rounded = model.outputs(data.validation_inputs)
    if scale == 1000.0 and precision == "float32" and cost != "cross_entropy":
        assert ((rounded == 1).sum(axis=1) > 1).any()  # several outputs are 1: the class cannot be read from them


def test_a_single_output_names_one_of_two_classes():
    chosen = configuration({"dataset": "xor", "layers": [4], "initialization": "normal", "initialization_scale": 5})
    whole = split(load_data("xor"), 0.2, 4, "none", "float32")
    parts = {name: getattr(whole, name)[:, 1:].copy() for name in ("train_targets", "validation_targets")}
    data = replace(whole, facts=replace(whole.facts, outputs=1), **parts)
    training = Training([Trial(chosen, 1, 2)], data)
    *_, last = training.epochs()
    model = trained_model(training.states()[0], chosen, data)
    predicted = model.predict(data.validation_inputs)
    assert set(predicted) <= {"0", "1"}
    assert (predicted == data.validation_labels.astype(str)).mean() == last.validation_accuracy[0]


@pytest.mark.parametrize("activation", ["sigmoid", "prelu"])
@pytest.mark.parametrize("layers", [0, 1, 30, 32])
def test_models_of_as_many_layers_as_there_may_be_are_saved_and_loaded(tmp_path, layers, activation):
    model, data, _ = trained({"layers": [3] * layers, "activation": activation}, epochs=1)
    save(model, tmp_path / "model.npz")
    back = load(tmp_path / "model.npz")
    assert np.array_equal(back.outputs(data.train_inputs), model.outputs(data.train_inputs), equal_nan=True)


def test_no_inputs_have_no_answers():
    model, _, _ = trained({}, epochs=1)
    assert model.outputs(np.zeros((0, 4))).shape == (0, 3)
    assert model.predict(np.zeros((0, 4))).shape == (0,)


def test_inputs_of_another_width_are_refused():
    model, _, _ = trained({}, epochs=1)
    with pytest.raises(InvalidDataset, match=r"inputs have shape \(3, 5\); the model takes \(samples, 4\)"):
        model.predict(np.zeros((3, 5)))


def test_files_that_are_not_models_are_refused(tmp_path):
    model, _, _ = trained({}, epochs=1)
    whole = tmp_path / "model.npz"
    save(model, whole)
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(whole.read_bytes()[:-200])
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    lacking = tmp_path / "lacking.npz"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(lacking, "w") as target:
        for name in source.namelist():
            if name != "bias_2.npy":
                target.writestr(name, source.read(name))
    for path in (damaged, tmp_path / "other.npz", lacking):
        with pytest.raises(InvalidModel, match="is not a saved model"):
            load(path)
    with pytest.raises(InvalidModel, match="cannot read"):
        load(tmp_path / "nothing.npz")
    save(replace(model, configuration=replace(model.configuration, layers=(9,))), whole)
    with pytest.raises(InvalidModel, match=r"layer 1 holds float32 \(7, 4\), not \(9, 4\)"):
        load(whole)


@pytest.mark.parametrize("output", ["sigmoid", "identity", "softmax"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_pytorch_computes_the_same_from_the_exported_weights(hidden, output):
    torch = pytest.importorskip("torch", reason="installed by the extra `peers`")
    cost = "cross_entropy" if output == "softmax" else "mean_squared_error"
    values = {"activation": hidden, "layers": [6, 5], "output_activation": output, "cost": cost}
    model, data, _ = trained({**values, "precision": "float64", "initialization": "glorot_normal"}, epochs=1)
    with torch.no_grad():
        theirs = to_torch(model)(torch.from_numpy(data.validation_inputs.copy())).numpy()
    ours = model.outputs(data.input_scaler.unscale(data.validation_inputs))
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9)


def test_weights_move_to_pytorch_and_back_unchanged_and_trained_ones_come_home():
    torch = pytest.importorskip("torch", reason="installed by the extra `peers`")
    model, _, _ = trained({"activation": "prelu", "layers": [6, 5], "initialization": "he_normal"})
    module = to_torch(model)
    assert np.array_equal(module[0].weight.detach().numpy(), model.layers[0].weights)
    back = from_torch(module, model)
    inputs = load_data("iris").inputs
    assert np.array_equal(back.outputs(inputs), model.outputs(inputs))
    with torch.no_grad():
        module[2].bias += 1.0
        module[1].weight.fill_(0.75)
    changed = from_torch(module, model)
    assert np.array_equal(changed.layers[1].bias, model.layers[1].bias + 1)
    assert changed.layers[0].slope == 0.75
    assert not np.array_equal(changed.outputs(inputs), model.outputs(inputs))


def test_modules_that_differ_in_more_than_weights_are_refused():
    torch = pytest.importorskip("torch", reason="installed by the extra `peers`")
    nn = torch.nn
    model, _, _ = trained({"activation": "leaky_relu", "layers": [6]}, epochs=1)
    refused = {
        "the module holds Linear, ReLU; the model needs Linear, LeakyReLU, Linear, Sigmoid": [
            nn.Linear(4, 6),
            nn.ReLU(),
        ],
        r"a Linear holds float32 \(5, 4\), not float32 \(6, 4\)": [
            nn.Linear(4, 5),
            nn.LeakyReLU(),
            nn.Linear(5, 3),
            nn.Sigmoid(),
        ],
        "LeakyReLU has slope 0.2, not 0.01": [nn.Linear(4, 6), nn.LeakyReLU(0.2), nn.Linear(6, 3), nn.Sigmoid()],
        "a Linear has no bias": [nn.Linear(4, 6, bias=False), nn.LeakyReLU(), nn.Linear(6, 3), nn.Sigmoid()],
    }
    for message, modules in refused.items():
        with pytest.raises(InvalidModel, match=message):
            from_torch(nn.Sequential(*modules), model)
