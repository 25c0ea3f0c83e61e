import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from engine.data.catalog import BUILT_IN
from engine.data.dataset import digest
from engine.data.loading import load
from engine.errors import InvalidDataset


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_catalogue_states_what_is_loaded(name):
    dataset = load(name)
    assert dataset.facts == BUILT_IN[name]
    assert digest(dataset.inputs, dataset.targets) == BUILT_IN[name].digest
    assert dataset.inputs.shape == (dataset.facts.samples, dataset.facts.features)
    assert dataset.targets.shape == (dataset.facts.samples, dataset.facts.outputs)
    assert dataset.inputs.dtype == dataset.targets.dtype == np.float64
    assert np.isfinite(dataset.inputs).all()
    assert np.isfinite(dataset.targets).all()


@pytest.mark.parametrize("name", [name for name, facts in BUILT_IN.items() if facts.task == "classification"])
def test_targets_are_the_one_hot_form_of_the_labels_and_every_class_occurs(name):
    dataset = load(name)
    assert np.array_equal(dataset.targets.argmax(axis=1), dataset.labels)
    assert np.array_equal(dataset.targets.sum(axis=1), np.ones(len(dataset.labels)))
    assert set(dataset.labels) == set(range(dataset.facts.outputs))
    assert len(dataset.classes) == dataset.facts.outputs


def test_the_digest_notices_a_changed_value_and_a_changed_shape():
    dataset = load("iris")
    inputs = dataset.inputs.copy()
    inputs[3, 2] = np.nextafter(inputs[3, 2], np.inf)
    assert digest(inputs, dataset.targets) != dataset.facts.digest
    assert digest(dataset.inputs.reshape(300, 2), dataset.targets) != dataset.facts.digest


@pytest.mark.parametrize("name", ["xor", "moons", "circles", "spirals"])
def test_generated_sets_are_rounded_and_need_more_than_a_straight_line(name):
    dataset = load(name)
    assert np.array_equal(dataset.inputs, np.round(dataset.inputs, 6) + 0.0)
    assert not np.signbit(dataset.inputs[dataset.inputs == 0]).any()
    linear = LogisticRegression().fit(dataset.inputs, dataset.labels).score(dataset.inputs, dataset.labels)
    near = KNeighborsClassifier(5).fit(dataset.inputs[::2], dataset.labels[::2])
    nonlinear = near.score(dataset.inputs[1::2], dataset.labels[1::2])
    assert nonlinear > 0.93
    assert linear < nonlinear - 0.05


def test_a_loaded_set_is_shared_and_cannot_be_written():
    dataset = load("iris")
    assert load("iris") is dataset
    with pytest.raises(ValueError, match="read-only"):
        dataset.inputs[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        dataset.labels[0] = 1


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(InvalidDataset, match=r"'mnist' is not a data set; known are digits, iris"):
        load("mnist")


def test_the_catalogue_and_the_blas_choice_load_without_numpy():
    program = (
        "import engine.data.catalog, engine.blas, sys; sys.exit('numpy' in sys.modules or 'sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_facts_are_values():
    assert replace(BUILT_IN["iris"]) == BUILT_IN["iris"]
    with pytest.raises(AttributeError):
        BUILT_IN["iris"].samples = 3
