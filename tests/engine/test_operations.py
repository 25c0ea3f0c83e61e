"""The arithmetic of an epoch, against loops that do it one multiplication at a time."""

import pytest

from engine.hyperparameters import configuration
from engine.operations import epoch_operations
from engine.shapes import parameter_count


def products_by_hand(sizes, samples):
    """Multiply-adds of forward and backward, from the equations: one loop for each index."""
    forward = gradient = back = 0
    for _ in range(samples):
        for layer in range(1, len(sizes)):
            for _ in range(sizes[layer]):
                for _ in range(sizes[layer - 1] + 1):  # and the bias
                    forward += 1  # z_j += w_jk a_k
                    gradient += 1  # dC/dw_jk += delta_j a_k
                for _ in range(sizes[layer - 1]):
                    back += layer > 1  # dC/da_k += w_jk delta_j; nobody asks it of the inputs
    return forward, gradient + back


@pytest.mark.parametrize("sizes", [(3, 2), (4, 3, 2), (2, 5, 3, 1)])
@pytest.mark.parametrize("samples", [1, 7])
def test_the_products_are_those_of_the_equations(sizes, samples):
    whole = configuration({"layers": sizes[1:-1], "batch_size": 4})
    found = epoch_operations(sizes, whole, samples)
    assert (found.forward, found.backward) == tuple(2 * count for count in products_by_hand(sizes, samples))


@pytest.mark.parametrize(
    ("values", "each"),
    [
        ({"optimizer": "sgd"}, 2),
        ({"optimizer": "momentum"}, 4),
        ({"optimizer": "nesterov"}, 6),
        ({"optimizer": "adagrad"}, 7),
        ({"optimizer": "rmsprop"}, 9),
        ({"optimizer": "adam"}, 13),
        ({"optimizer": "sgd", "clip_norm": 1.0}, 5),
    ],
)
def test_an_update_takes_a_number_of_operations_for_each_parameter(values, each):
    whole = configuration({"layers": (3,), "batch_size": 4, **values})
    sizes = (5, 3, 2)
    for samples, updates in ((4, 1), (5, 2), (12, 3)):
        found = epoch_operations(sizes, whole, samples)
        assert found.update == updates * each * parameter_count(sizes, whole)
        assert found.total == found.forward + found.backward + found.update


def test_the_penalty_is_on_weights_and_not_on_biases():
    plain, decayed = (configuration({"layers": (3,), "batch_size": 4, "l2": l2}) for l2 in (0.0, 0.1))
    difference = epoch_operations((5, 3, 2), decayed, 4).update - epoch_operations((5, 3, 2), plain, 4).update
    assert difference == 2 * (5 * 3 + 3 * 2)
