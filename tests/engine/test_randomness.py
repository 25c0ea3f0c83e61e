"""Random numbers keyed by seed, purpose and epoch: orders of the training set, and dropout's masks."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dropout import Dropout
from engine.hyperparameters import configuration
from engine.network import network
from engine.randomness import Purpose, order, orders, stream

SEEDS = st.integers(0, 2**32 - 1)


@settings(deadline=None)
@given(st.lists(SEEDS, min_size=1, max_size=5), st.integers(0, 100_000), st.integers(1, 300))
def test_an_order_is_a_permutation_and_the_same_among_others(seeds, epoch, samples):
    together = orders(seeds, epoch, samples)
    for row, seed in zip(together, seeds, strict=True):
        assert sorted(row.tolist()) == list(range(samples))
        assert row.tolist() == order(seed, epoch, samples).tolist()


def test_the_order_of_a_seed_and_epoch_never_changes():
    assert order(7, 3, 12).tolist() == [5, 10, 2, 6, 1, 0, 8, 9, 3, 7, 4, 11]


def test_every_sample_comes_at_every_place_equally_often():
    count, samples = 4000, 8
    drawn = np.array([order(seed, 1, samples) for seed in range(count)])
    for place in range(samples):
        shares = np.bincount(drawn[:, place], minlength=samples) / count
        assert np.abs(shares - 1 / samples).max() < 5 * sqrt((1 / samples) / count)


def test_epochs_and_seeds_have_orders_of_their_own():
    drawn = {tuple(order(seed, epoch, 50).tolist()) for seed in range(5) for epoch in range(5)}
    assert len(drawn) == 25


def test_purposes_have_streams_of_their_own():
    first = [int(stream(1, purpose, 0).random_raw(1)[0]) for purpose in Purpose]
    assert len(set(first)) == len(Purpose)


def dropout(make_data, seeds, rate=0.3, precision="float32"):
    whole = configuration({"layers": [40, 30], "dropout": rate, "precision": precision})
    return Dropout(network(whole, make_data(precision=precision).facts), seeds)


def test_a_mask_is_the_same_among_others_and_other_in_every_update(make_data):
    alone, among = dropout(make_data, [5]), dropout(make_data, [9, 5, 9])
    for one in (alone, among):
        one.begin_epoch(2)
    first, second = alone.masks(16), alone.masks(7)
    together = among.masks(16)
    for layer in range(2):
        assert (first[layer][0] == together[layer][1]).all()
        assert (together[layer][0] == together[layer][2]).all()
        assert (together[layer][0] != together[layer][1]).any()
        assert second[layer].shape == (1, 7, (40, 30)[layer] + 1)
        assert (first[layer][0, :7] != second[layer][0]).any()


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_masks_drop_the_share_they_are_told_and_keep_the_mean(make_data, rate):
    one = dropout(make_data, [1], rate)
    one.begin_epoch(1)
    mask = one.masks(1000)[0][0]
    assert (mask[:, -1] == 1).all()
    units = mask[:, :-1]
    assert set(np.unique(units)) == {np.float32(0), np.float32(1 / (1 - rate))}
    assert abs((units == 0).mean() - rate) < 5 * sqrt(rate * (1 - rate) / units.size)
