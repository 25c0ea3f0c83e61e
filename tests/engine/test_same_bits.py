"""The examination of this machine, and what follows where the promise of the same bits does not hold."""

import json
import subprocess
import sys
from itertools import count

import numpy as np
import pytest
from hypothesis import given

from engine import same_bits as examination
from engine.blas import SameBits, machine
from engine.hyperparameters import configuration
from engine.same_bits import examine, same_bits
from engine.training import Training
from engine.trials import Trial
from tests.engine.test_training_bits import PROPERTY, bits, curves, mixes

multiply, dot = np.matmul, np.vecdot
calls = count()


def by_neighbours(left, right, out):
    """A product that depends on how many trials are multiplied at once."""
    return np.multiply(multiply(left, right, out), 1 + 1e-6 * (max(len(left), len(right)) - 1), out, casting="unsafe")


def by_place(left, right, out):
    """A product that depends on where the numbers lie, as of kernels that treat aligned ones otherwise."""
    multiply(left, right, out)
    for one in out:
        np.multiply(one, 1 + 1e-6 * (one.ctypes.data // 4 % 64), one, casting="unsafe")
    return out


def by_turns(left, right, out):
    """A product that comes out otherwise the second time, as of threads that add up in the order they end."""
    return np.multiply(multiply(left, right, out), 1 + 1e-6 * (next(calls) % 7), out, casting="unsafe")


def sum_by_neighbours(left, right, out=None):
    found = dot(left, right, out=out)
    return np.multiply(found, 1 + 1e-6 * (len(left) - 1), out=found, casting="unsafe")


@pytest.fixture
def forgotten(monkeypatch):
    """As in a process that has not asked yet; `examinations` holds how often it examines."""
    examinations = []
    monkeypatch.setattr(examination, "_known", {})
    monkeypatch.setattr(examination, "examine", lambda: examinations.append(1) or examine())
    return examinations


def test_the_promise_holds_on_this_machine():
    assert examine() is SameBits.FUSED


@pytest.mark.parametrize(("name", "broken"), [("matmul", by_neighbours), ("vecdot", sum_by_neighbours)])
def test_a_library_that_looks_at_the_neighbours_is_found_out_and_trusted_with_one_trial_at_a_time(
    monkeypatch, name, broken
):
    monkeypatch.setattr(np, name, broken)
    assert examine() is SameBits.ONE_BY_ONE


def test_a_library_that_never_repeats_itself_is_found_out(monkeypatch):
    monkeypatch.setattr(np, "matmul", by_turns)
    assert examine() is SameBits.NO


def test_a_library_that_looks_at_addresses_is_found_out(monkeypatch):
    monkeypatch.setattr(np, "matmul", by_place)
    assert examine() is not SameBits.FUSED


@PROPERTY
@given(mixes(most=4))
def test_one_by_one_a_trial_equals_itself_alone_whatever_the_library_does_to_neighbours(make_data, mix):
    trials, sizes = mix
    data = make_data(**sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, "matmul", by_neighbours)
        patch.setattr(np, "vecdot", sum_by_neighbours)
        separate = Training(trials, data, together=False)
        found = curves(separate)
        states = separate.states()
        for position, trial in enumerate(trials):
            alone = Training([trial], data)
            assert curves(alone)[0] == found[position]
            if position in states:
                assert bits(alone.states()[0]) == bits(states[position])


def test_in_one_array_such_a_library_does_change_bits(make_data, monkeypatch):
    monkeypatch.setattr(np, "matmul", by_neighbours)
    trials = [Trial(configuration({"layers": [5], "epochs": 2}), seed, seed) for seed in range(3)]
    assert curves(Training(trials, make_data()))[0] != curves(Training(trials[:1], make_data()))[0]


def test_it_is_examined_once_for_a_machine_and_kept_beside_the_kernel(tmp_path, forgotten, monkeypatch):
    cache = tmp_path / "new folder" / "kernels.json"
    assert same_bits(cache) is same_bits(cache) is SameBits.FUSED
    assert len(forgotten) == 1
    kept = json.loads(cache.read_text())
    assert list(kept.values()) == ["fused"]
    here = machine()
    [key] = kept
    assert all(str(here[name]) in key for name in ("blas", "kernel", "threads", "numerics"))
    monkeypatch.setattr(examination, "_known", {})
    cache.write_text(json.dumps(dict.fromkeys(kept, "one by one")))
    assert same_bits(cache) is SameBits.ONE_BY_ONE
    assert len(forgotten) == 1


@pytest.mark.parametrize("changed", ["numerics", "numpy", "blas", "kernel", "threads"])
def test_what_computes_otherwise_is_examined_for_itself(tmp_path, forgotten, monkeypatch, changed):
    cache = tmp_path / "kernels.json"
    same_bits(cache)
    there = {**machine(), changed: "other"}
    monkeypatch.setattr(examination, "machine", lambda: there)
    same_bits(cache)
    assert len(forgotten) == 2
    assert len(json.loads(cache.read_text())) == 2


@pytest.mark.parametrize("content", ["", "[]", "{}", "unknown"])
def test_a_cache_that_says_nothing_sensible_is_examined_anew(tmp_path, forgotten, monkeypatch, content):
    cache = tmp_path / "kernels.json"
    same_bits(cache)
    unknown = json.dumps(dict.fromkeys(json.loads(cache.read_text()), "maybe"))
    cache.write_text(unknown if content == "unknown" else content)
    monkeypatch.setattr(examination, "_known", {})
    assert same_bits(cache) is SameBits.FUSED
    assert len(forgotten) == 2
    assert list(json.loads(cache.read_text()).values()) == ["fused"]


def test_the_program_examines_anew_and_says_what_it_examined(tmp_path):
    cache = tmp_path / "kernels.json"
    program = [sys.executable, "-m", "engine.same_bits", str(cache)]
    first = json.loads(subprocess.run(program, capture_output=True, check=True).stdout)
    assert first["same_bits"] == "fused"
    assert {"cpu", "numpy", "blas", "kernel", "threads", "numerics"} <= set(first)
    cache.write_text(json.dumps(dict.fromkeys(json.loads(cache.read_text()), "no")))
    again = json.loads(subprocess.run(program, capture_output=True, check=True).stdout)
    assert again["same_bits"] == "fused"
    assert list(json.loads(cache.read_text()).values()) == ["fused"]
