"""What early termination costs, against sweeps of which everything is known."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparison.audit import FEWEST, FullRun, audit


def test_with_all_stopped_trials_audited_the_figures_are_counts():
    """100 trials, ranked 0 to 99; the rule stops 80 of them, among those the ranks 3 and 7 of the best ten."""
    kept = {0, 1, 2, 4, 5, 6, 8, 9, *range(20, 32)}
    runs = [FullRun(float(rank), rank not in kept) for rank in range(100)]
    found = audit(runs, 80)
    assert (found.stopped, found.audited, found.killed) == (80, 80, 2)
    assert found.false_kill_rate == 2 / 80
    assert found.best_stopped_share == pytest.approx(2 / 10)


def test_the_interval_is_that_of_clopper_and_pearson():
    # the closed form for none of n: the upper end is 1 - (0.025)^(1/n)
    runs = [*(FullRun(rank, False) for rank in range(10)), *(FullRun(100.0 + rank, True) for rank in range(30))]
    found = audit(runs, 30)
    assert (found.killed, found.rate_low) == (0, 0.0)
    assert found.rate_high == pytest.approx(1 - 0.025 ** (1 / 30))


def test_a_tenth_of_the_stopped_trials_stands_for_all_of_them():
    """The estimates from audits of a tenth hover around what auditing all would give."""
    rng = random.Random(5)
    losses = {number: rng.random() for number in range(1000)}
    kept = {number for number in losses if (losses[number] < 0.15 and rng.random() < 0.8) or rng.random() < 0.1}
    whole = audit([FullRun(losses[number], number not in kept) for number in losses], 1000 - len(kept))
    rates, shares = [], []
    for seed in range(60):
        chosen = {number for number in losses if random.Random(seed * 10_000 + number).random() < 0.1}
        runs = [FullRun(losses[number], number not in kept) for number in losses if number in kept | chosen]
        found = audit(runs, 1000 - len(kept))
        rates.append(found.false_kill_rate)
        shares.append(found.best_stopped_share)
    assert sum(rates) / 60 == pytest.approx(whole.false_kill_rate, rel=0.25)
    assert sum(shares) / 60 == pytest.approx(whole.best_stopped_share, rel=0.25)


def test_what_diverged_is_never_among_the_best():
    runs = [FullRun(math.inf, True) for _ in range(30)]
    found = audit(runs, 30)
    assert (found.killed, found.false_kill_rate, found.best_stopped_share) == (0, 0.0, None)


def test_equals_are_among_the_best_together():
    found = audit([*(FullRun(1.0, True) for _ in range(5)), *(FullRun(2.0, False) for _ in range(15))], 5)
    assert found.killed == 5


def test_too_few_audits_are_said_to_be_so():
    assert audit([], 0).notes == ("The rule has stopped nothing, so there is nothing to audit.",)
    [note] = audit([FullRun(1.0, False)], 9).notes
    assert note.startswith("No audited trial has run to its end")
    assert audit([FullRun(1.0, False)], 9).false_kill_rate is None
    few = audit([FullRun(float(number), True) for number in range(FEWEST - 1)], 50)
    assert few.notes[0].startswith(f"Only {FEWEST - 1} audited trials have run to the end")
    assert len(audit([FullRun(float(number), True) for number in range(FEWEST)], 50).notes) == 1


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=40), st.integers(0, 60))
def test_shares_are_shares_and_the_interval_holds_the_rate(given_runs, more):
    runs = [FullRun(float(loss), audited) for loss, audited in given_runs]
    audited = sum(one.audited for one in runs)
    found = audit(runs, audited + more)
    assert found.audited == audited
    if audited:
        assert 0 <= found.rate_low <= found.false_kill_rate <= found.rate_high <= 1
        assert 0 <= found.best_stopped_share <= 1
