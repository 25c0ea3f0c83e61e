"""A saved state whose bytes have changed is never taken for the state that was saved."""

import numpy as np
import pytest

from engine.data.catalog import BUILT_IN
from engine.data.loading import load
from engine.data.splitting import split
from engine.hyperparameters import Configuration
from engine.shapes import state_bytes
from engine.state import TrialState
from engine.training import Training
from engine.trials import Trial


@pytest.fixture
def state():
    draw = np.random.default_rng(5)
    arrays = {
        "weights_1": draw.normal(size=(3, 2)).astype(np.float32),
        "bias_1": draw.normal(size=3).astype(np.float32),
        "velocity.weights_1": draw.normal(size=(3, 2)).astype(np.float32),
    }
    return TrialState(5, 40, arrays)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_size_of_a_state_is_known_before_there_is_one(optimizer, precision):
    whole = Configuration(dataset="iris", layers=(300, 300), optimizer=optimizer, precision=precision)
    data = split(load("iris"), 0.2, 7, whole.scaling, whole.precision)
    training = Training([Trial(whole, 1, 2)], data)
    for _ in zip(range(2), training.epochs(), strict=False):
        pass
    stored = len(training.states()[0].to_bytes())
    assert state_bytes(whole, BUILT_IN["iris"]) <= stored < 1.05 * state_bytes(whole, BUILT_IN["iris"])


def same(found, state):
    return (found.epoch, found.updates, found.arrays.keys()) == (
        state.epoch,
        state.updates,
        state.arrays.keys(),
    ) and all(np.array_equal(found.arrays[name], array) for name, array in state.arrays.items())


def test_whichever_bit_flips_it_is_noticed_or_changes_nothing(state):
    """ZIP's own checksums cover the arrays, not the directory: single bits there lose whole arrays."""
    saved = state.to_bytes()
    noticed = 0
    for bit in range(8 * len(saved)):
        flipped = bytearray(saved)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert same(TrialState.from_bytes(bytes(flipped)), state), bit
        except ValueError:
            noticed += 1
    assert noticed >= 8 * (len(saved) - 2)  # but for the two bytes that say that a digest follows


def test_states_saved_before_there_were_digests_are_still_read(state):
    saved = state.to_bytes()
    assert same(TrialState.from_bytes(saved[:-66] + b"\0\0"), state)


def test_numpy_reads_it_as_any_other_archive(state, tmp_path):
    path = tmp_path / "state.npz"
    path.write_bytes(state.to_bytes())
    with np.load(path) as archive:
        assert set(archive.files) == {"epoch", "updates", *state.arrays}
