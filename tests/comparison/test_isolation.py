"""Scientific settings compared with the nuisance ones optimised out."""

import pytest

from comparison.comparison import compare
from sweeps.roles import roles_of

AXES = {"layers": [(8,), (8, 8)], "learning_rate": [0.1, 1.0, 10.0]}
ROLES = {"layers": "scientific", "learning_rate": "nuisance"}
BEST = {(8,): 1.0, (8, 8): 0.1}


def cost(values, replicate):
    """Two layers are better, but at another learning rate than one; at equal rates one looks better twice."""
    miss = values["learning_rate"] / BEST[values["layers"]]
    deep = len(values["layers"]) == 2
    return (0.2 if deep else 0.3) * max(miss, 1 / miss) + 0.01 * replicate


def isolated(results, roles=ROLES, swept=tuple(AXES)):
    return compare(results, (), swept, roles=roles).isolation


def test_each_scientific_value_stands_at_its_own_best_nuisance_setting(make_grid):
    found = isolated(make_grid(AXES, cost))
    assert [(row.values, row.best) for row in found.settings] == [
        ({"layers": (8, 8)}, {"learning_rate": 0.1}),
        ({"layers": (8,)}, {"learning_rate": 1.0}),
    ]
    assert found.winner == found.held_out_winner == {"layers": (8, 8)}
    assert found.settings[0].loss.median == pytest.approx(0.21)
    assert (found.settings[0].loss.lowest, found.settings[0].loss.highest) == pytest.approx((0.2, 0.22))
    assert found.settings[0].tried == 3


def test_a_swept_parameter_without_a_role_is_optimised_out_beside_scientific_ones(make_grid):
    assert isolated(make_grid(AXES, cost), {"layers": "scientific"}) == isolated(make_grid(AXES, cost))
    assert isolated(make_grid(AXES, cost), {"learning_rate": "nuisance"}) == isolated(make_grid(AXES, cost))


def test_the_best_of_many_equal_settings_loses_its_luck_on_held_out_replicates(make_grid, random):
    axes = {"layers": [(8,)], "learning_rate": [0.01 * step for step in range(1, 41)]}
    results = make_grid(axes, lambda values, replicate: random.normal(1.0, 0.1), replicates=5)
    (row,) = isolated(results).settings
    assert row.loss.median < 0.95
    assert row.held_out_loss == pytest.approx(1.0, abs=0.12)
    assert row.held_out_loss > row.loss.median


def test_what_has_not_ended_and_what_diverged_does_not_win(make_grid):
    def change(values, replicate):
        if values == {"layers": (8, 8), "learning_rate": 0.1}:
            return {"outcome": "diverged"}
        return {"state": "running"} if values["layers"] == (8,) else {}

    found = isolated(make_grid(AXES, cost, change=change))
    assert found.settings[0].best == {"learning_rate": 1.0}
    last = found.settings[1]
    assert (last.best, last.loss, last.held_out_loss, last.tried) == (None, None, None, 0)


def test_one_replicate_holds_nothing_out(make_grid):
    found = isolated(make_grid(AXES, cost, replicates=1))
    assert found.held_out_winner is None
    assert found.winner == {"layers": (8, 8)}


def test_without_roles_or_with_losses_of_several_kinds_there_is_no_table(make_grid):
    assert isolated(make_grid(AXES, cost), {}) is None
    assert isolated(make_grid(AXES, cost), dict.fromkeys(AXES, "nuisance")) is None
    axes = AXES | {"dataset": ["iris", "wine"]}
    assert isolated(make_grid(axes, cost), ROLES, tuple(axes)) is None


def test_roles_are_read_by_any_spelling_and_unknown_names_are_left_out():
    document = {"backsweep": {"roles": {"lr": "nuisance", "hidden_layers": "scientific", "colour": "fixed"}}}
    assert roles_of(document) == {"learning_rate": "nuisance", "layers": "scientific"}
    assert roles_of({}) == roles_of({"backsweep": None}) == {}


def test_a_trial_that_was_pruned_before_it_began_is_not_infinitely_bad(make_grid):
    def change(values, replicate):
        return {"state": "pruned", "seconds": None, "outcome": None} if replicate == 0 else {}

    def left_out(values, replicate):
        return {"state": "cancelled"} if replicate == 0 else {}

    found, expected = (isolated(make_grid(AXES, cost, change=one)) for one in (change, left_out))
    assert found == expected


def test_trials_whose_extension_is_not_through_are_counted_in_a_note(make_grid):
    axes = {**AXES, "epochs": [40]}

    def change(values, replicate):
        diverged = {"outcome": "diverged", "epochs_recorded": 7} if values["learning_rate"] == 10.0 else {}
        return {"epochs_recorded": 20 if replicate == 2 else 40} | diverged

    notes = compare(make_grid(axes, lambda values, replicate: 0.1, change=change), (), tuple(AXES)).notes
    assert [note for note in notes if "extended" in note] == [
        "4 of 18 trials count with the epochs they had before the sweep was extended: they are still to train, "
        "or were given up."
    ]


def test_settings_of_equal_loss_are_a_tie_and_no_winner(make_grid):
    found = isolated(make_grid(AXES, lambda values, replicate: values["learning_rate"] + replicate))
    assert (found.winner, found.held_out_winner) == (None, None)
    assert [row.loss.median for row in found.settings] == [1.1, 1.1]
