"""The best trial's network as MLflow loads it: the engine's own predictions, where none of our code can be imported."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import mlflow
import numpy as np
import pytest
from mlflow import MlflowClient
from sqlalchemy import update
from werkzeug.serving import make_server

from api.application import create_app
from api.services import EXTENSION
from backsweep.client import Client
from backsweep.models import ModelChanged, ModelUnknown, load_model
from engine.activations.registry import ACTIVATIONS
from engine.data.loading import load as load_data
from engine.data.splitting import split
from engine.hyperparameters import configuration
from engine.saved_model import TrainedModel, trained_model
from engine.saved_model import load as load_network
from engine.training import Training
from engine.trials import Trial
from results.database import Database
from results.tables.sweeps import sweeps
from settings import Settings
from tests.tracking.trained_sweep import row, train_sweep
from tracking.model.digest import files_digest, folder_files
from tracking.model.packing import PackedModel
from tracking.tracker import track

OURS = ("api", "backsweep", "benchmarks", "comparison", "engine", "migrations", "results", "settings", "sweeps")
OURS += ("tests", "tracking", "worker")
HIDDEN = sorted(name for name in ACTIVATIONS if name != "softmax")
KEY = "1" * 32

# Runs under `python -I`: no working directory, no PYTHONPATH; an installation of ours is hidden by the first finder.
ELSEWHERE = """
import json, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in OURS:
            raise ImportError(f"{name} is not installed here")

OURS = json.loads(sys.argv[2])
sys.meta_path.insert(0, Hidden())
assert not set(OURS) & set(sys.modules)
try:
    import engine
except ImportError:
    pass
else:
    raise AssertionError("our code can be seen")
import mlflow
import numpy as np

model = mlflow.pyfunc.load_model(sys.argv[1])
inputs = np.array(json.load(sys.stdin))
assert not set(OURS) & set(sys.modules), set(OURS) & set(sys.modules)
raw = model.predict(inputs, params={"raw_outputs": True})
print(json.dumps([model.predict(inputs).tolist(), raw.tolist()]))
"""


def trained(values: dict[str, Any]) -> tuple[TrainedModel, Any]:
    chosen = configuration({"dataset": "iris", "layers": [7, 5], "learning_rate": 0.1, "epochs": 3, **values})
    dataset = load_data(chosen.dataset)
    data = split(dataset, 0.2, 4, chosen.scaling, chosen.precision)
    training = Training([Trial(chosen, 1, 2)], data)
    *_, _ = training.epochs()
    return trained_model(training.states()[0], chosen, data), dataset.inputs


def packed(network: TrainedModel, inputs: Any, folder: Path) -> Path:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    PackedModel(network, inputs[:3], {"backsweep.trial": 4}, moment, KEY).write(folder)
    return folder


def elsewhere(folder: Path, inputs: Any, cwd: Path, code: str = ELSEWHERE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", code, str(folder), json.dumps(OURS)]
    return subprocess.run(
        command, input=json.dumps(inputs.tolist()), capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.mark.parametrize("values", [{}, {"dataset": "diabetes", "activation": "tanh", "precision": "float64"}], ids=str)
def test_a_model_predicts_where_our_code_is_not_installed(tmp_path: Path, values: dict[str, Any]) -> None:
    network, inputs = trained(values)
    found = elsewhere(packed(network, inputs, tmp_path / "model"), inputs[:20], tmp_path)
    assert found.returncode == 0, found.stderr
    predicted, raw = json.loads(found.stdout.splitlines()[-1])
    np.testing.assert_allclose(raw, network.outputs(inputs[:20]), rtol=2e-5, atol=1e-6)
    if network.classes:
        assert predicted == network.predict(inputs[:20]).tolist()
    else:
        np.testing.assert_allclose(predicted, network.predict(inputs[:20]), rtol=1e-9)


def test_a_model_that_needs_our_code_would_be_found_out(tmp_path: Path) -> None:
    network, inputs = trained({})
    folder = packed(network, inputs, tmp_path / "model")
    code = folder / "predictor.py"
    code.write_text(code.read_text().replace("import numpy as np\n", "import engine.errors\nimport numpy as np\n"))
    assert "engine is not installed here" in elsewhere(folder, inputs[:2], tmp_path).stderr


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("activation", HIDDEN)
def test_every_activation_predicts_what_the_engine_predicts(tmp_path: Path, activation: str, precision: str) -> None:
    slope = {"activation_slope": 0.3} if activation in ("leaky_relu", "elu") else {}
    network, inputs = trained({"activation": activation, "precision": precision, "cost": "cross_entropy", **slope})
    model = mlflow.pyfunc.load_model(str(packed(network, inputs, tmp_path / "model")))
    tolerance = 2e-5 if precision == "float32" else 1e-12
    found = model.predict(inputs, params={"raw_outputs": True})
    assert found.dtype == precision
    np.testing.assert_allclose(found, network.outputs(inputs), rtol=tolerance, atol=tolerance)


def test_a_class_is_read_before_outputs_round_to_the_same_number(tmp_path: Path) -> None:
    values = {"dataset": "digits", "initialization": "normal", "initialization_scale": 1000.0, "layers": [16, 16]}
    network, inputs = trained(values)
    assert ((network.outputs(inputs) == 1).sum(axis=1) > 1).any()
    model = mlflow.pyfunc.load_model(str(packed(network, inputs, tmp_path / "model")))
    predicted = model.predict(inputs)
    assert np.mean(predicted == network.predict(inputs)) > 0.99  # the products may round otherwise
    assert (predicted != np.array(network.classes)[network.outputs(inputs).argmax(axis=1)]).any()


def test_a_model_has_a_signature_an_example_and_needs_numpy_alone(tmp_path: Path) -> None:
    network, inputs = trained({})
    folder = packed(network, inputs, tmp_path / "model")
    model = mlflow.pyfunc.load_model(str(folder))
    assert model.metadata.signature.inputs.inputs[0].shape == (-1, 4)
    assert model.metadata.metadata == {"backsweep.trial": 4}
    example = model.metadata.load_input_example(str(folder))
    np.testing.assert_array_equal(example, inputs[:3])
    assert model.predict(example).tolist() == network.predict(inputs[:3]).tolist()
    lines = (folder / "requirements.txt").read_text().split()
    assert sorted(line.partition("==")[0] for line in lines) == ["mlflow", "numpy"]


def test_a_model_refuses_inputs_of_another_shape(tmp_path: Path) -> None:
    network, inputs = trained({})
    model = mlflow.pyfunc.load_model(str(packed(network, inputs, tmp_path / "model")))
    with pytest.raises(Exception, match=r"\(20, 3\)"):
        model.predict(inputs[:20, :3])


def test_the_weights_in_a_model_are_a_file_that_the_engine_reads_too(tmp_path: Path) -> None:
    network, inputs = trained({"activation": "prelu"})
    again = load_network(packed(network, inputs, tmp_path / "model") / "artifacts" / "network.npz")
    np.testing.assert_array_equal(again.outputs(inputs), network.outputs(inputs))


def test_packing_twice_gives_the_same_files_without_a_path_of_this_machine(tmp_path: Path) -> None:
    network, inputs = trained({})
    one, two = (packed(network, inputs, tmp_path / name) for name in ("one", "two"))
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    for path in files:
        assert (one / path).read_bytes() == (two / path).read_bytes()
    described = (one / "MLmodel").read_text()
    assert "/tmp" not in described
    assert str(Path(__file__).parents[2]) not in described


@pytest.fixture
def service(sqlite_database: Database) -> Iterator[Client]:
    """The API on a real port, with the results of `sqlite_database`."""
    app = create_app(Settings(database_url=sqlite_database.url, broker_url="redis://127.0.0.1:1/0"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Client(f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions[EXTENSION].close()


@pytest.fixture
def tracked_model(sqlite_database: Database, own: Settings) -> tuple[int, str, Path]:
    """A sweep, MLflow's address, and the folder of the sweep's model, where MLflow's loader finds it."""
    sweep_id = train_sweep(sqlite_database)
    assert track(sqlite_database, own).sent_artifacts == 1
    run_id = str(row(sqlite_database, sweep_id).mlflow_run_id)
    (folder,) = (path for path in Path(own.mlflow_artifacts_root).rglob("model") if path.parts[-3] == run_id)
    on_this_machine(own.mlflow_tracking_uri, folder)
    return sweep_id, own.mlflow_tracking_uri, folder


def on_this_machine(uri: str, folder: Path) -> None:
    """Let MLflow's own loader find the files without a server: runs keep them where the server would read them."""
    root = folder.parents[2]
    with sqlite3.connect(uri.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE runs SET artifact_uri = ? || '/' || run_uuid || '/artifacts'", (str(root),))
        connection.execute(
            "UPDATE logged_models SET artifact_location = ? || '/models/' || model_id || '/artifacts'", (str(root),)
        )
    connection.close()


EDITS: dict[str, Callable[[Path], object]] = {
    "code": lambda folder: (folder / "predictor.py").write_text("raise SystemExit('run')"),
    "weights": lambda folder: next(folder.rglob("network.npz")).write_bytes(b"others"),
    "one more file": lambda folder: (folder / "site customize.py").write_text("raise SystemExit('run')"),
    "one file less": lambda folder: (folder / "input_example.json").unlink(),
    "another name": lambda folder: (folder / "requirements.txt").rename(folder / "requirements2.txt"),
    "the description": lambda folder: (folder / "MLmodel").write_text(
        "flavors: {python_function: {loader_module: os}}"
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_model_whose_files_were_changed_is_not_run(
    tracked_model: tuple[int, str, Path], service: Client, edit: str
) -> None:
    sweep_id, uri, folder = tracked_model
    assert load_model(sweep_id, uri, client=service).predict(np.zeros((2, 4))).shape == (2,)
    assert shell_digest(folder) == service.sweep(sweep_id)["model_sha256"]
    EDITS[edit](folder)
    with pytest.raises(ModelChanged, match="is not the one that was tracked"):
        load_model(sweep_id, uri, client=service)


def test_what_others_write_into_mlflow_does_not_decide_which_files_are_right(
    tracked_model: tuple[int, str, Path], service: Client
) -> None:
    sweep_id, uri, folder = tracked_model
    EDITS["code"](folder)
    run_id = service.sweep(sweep_id)["mlflow_run_id"]
    for tag in ("backsweep.model", "backsweep.model_sha256", "model_sha256"):
        MlflowClient(uri).set_tag(run_id, tag, files_digest(folder_files(folder)))
    with pytest.raises(ModelChanged):
        load_model(sweep_id, uri, client=service)


def test_a_model_of_which_no_digest_is_known_is_not_run(
    sqlite_database: Database, tracked_model: tuple[int, str, Path], service: Client
) -> None:
    sweep_id, uri, _ = tracked_model
    with sqlite_database.write() as connection:
        connection.execute(update(sweeps).values(model_sha256=None))
    with pytest.raises(ModelUnknown, match="no model in MLflow whose digest is known"):
        load_model(sweep_id, uri, client=service)


NAMES = ["a", "B", "a b", "a\nb", "\n", "a\\b", "a\\\nb", "b/c d", "b/ä", "-", "'", '"', "c\rd", "b.d/e", "b-d"]


def test_the_digest_is_what_the_documented_line_prints_whatever_the_names(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * number)
        assert shell_digest(tmp_path) == files_digest(folder_files(tmp_path))
    assert SHELL in (Path(__file__).parents[2] / "docs" / "tracking.md").read_text()


def shell_digest(folder: Path) -> str:
    said = subprocess.run(SHELL, shell=True, cwd=folder, capture_output=True, text=True, check=True)
    return said.stdout.split()[0]


SHELL = "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
