"""The benchmark compares like with like: every peer that claims the same work computes the same numbers."""

import json
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

from benchmarks.engine import peers
from benchmarks.engine.peers.numpy_single import NumpySingle
from benchmarks.engine.problem import problem
from benchmarks.engine.workloads import WORKLOADS, Workload

SMALL = (WORKLOADS["digits"], WORKLOADS["tiny"], Workload("two hidden", (5, 4, 3, 2), 7, 24, 6))


@pytest.mark.parametrize("workload", SMALL, ids=lambda one: one.name)
@pytest.mark.parametrize("module", ["torch_eager", "torch_stack", "torch_stack_by_hand", "jax_vmap"])
def test_the_same_orders_lead_to_the_same_weights_costs_and_accuracies(module, workload):
    pytest.importorskip(module.split("_")[0], reason="a peer; installed by the extra `peers`")
    peer = import_module(f"benchmarks.engine.peers.{module}").PEER
    case = problem(workload, 3)
    random = np.random.default_rng(4)
    trained, reference = peer(case), NumpySingle(case)
    for _ in range(2):
        orders = case.orders(random)
        figures, expected = trained.update_and_evaluate(orders), reference.update_and_evaluate(orders)
    for mine, theirs in zip(trained.weights(), reference.weights(), strict=True):
        assert np.allclose(mine, theirs, atol=2e-5)
    assert not np.allclose(reference.weights()[-1], case.weights[-1], atol=1e-3)
    assert np.allclose(figures.train_cost, expected.train_cost, atol=1e-4)
    assert np.allclose(figures.validation_cost, expected.validation_cost, atol=1e-4)
    if case.data.train_labels is not None:
        assert np.allclose(figures.train_accuracy, expected.train_accuracy, atol=0.01)
        assert np.allclose(figures.validation_accuracy, expected.validation_accuracy, atol=0.01)


def test_orders_are_a_permutation_per_trial():
    orders = problem(WORKLOADS["tiny"], 3).orders(np.random.default_rng(0))
    assert orders.shape == (3, 320)
    assert (np.sort(orders, axis=1) == np.arange(320)).all()
    assert not (orders[0] == orders[1]).all()


def test_a_missing_library_is_named_and_skipped(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for module in [name for name in sys.modules if name.startswith("benchmarks.engine.peers.torch")]:
        monkeypatch.delitem(sys.modules, module)
    found, missing = peers.available()
    assert {"torch_eager", "torch_stack", "torch_stack_by_hand"} <= set(missing)
    assert any(peer.name.startswith("floor") for peer in found)


def test_the_program_prints_json_with_ours_as_the_reference():
    arguments = ["--json", "--quick", "--rounds", "2", "--workload", "tiny", "--trials", "2", "--peer", "floor"]
    program = [sys.executable, "-m", "benchmarks.engine", *arguments]
    answer = subprocess.run(program, capture_output=True, check=True, text=True)
    result = json.loads(answer.stdout)
    assert {"cpu", "numpy", "kernel", "threads", "core"} <= set(result["machine"])
    assert result["machine"]["threads"] == 1
    ours, floor = result["measurements"][:2]
    assert ours["peer"] == "backsweep"
    assert ours["ratio"]["median"] == 1.0
    assert floor["microseconds"]["median"] > 0
    assert {one["work"] for one in result["measurements"]} == {"updates only", "with evaluation"}
