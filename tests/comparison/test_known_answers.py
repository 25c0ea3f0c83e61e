"""The outcomes against known answers, in small: `python -m benchmarks.outcomes` does the same in large."""

from benchmarks.outcomes.causes import CAUSES
from benchmarks.outcomes.measuring import LENGTHS, CauseCount, Words, cells, matrix, right_share, word
from benchmarks.outcomes.page import page
from benchmarks.outcomes.synthetic import KINDS, synthetic
from benchmarks.outcomes.training import trained
from comparison.outcome import Outcome

CURVES = 20  # of each kind at every noise and length


def test_of_synthetic_curves_with_up_to_3_percent_noise_95_in_100_get_the_word_of_their_kind():
    found = cells(CURVES, noises=(0.0, 0.003, 0.01, 0.03))
    assert right_share(found) >= 0.95
    for kind, words in matrix(found).items():
        assert words[kind] >= 0.95 * words.total(), words


def test_with_10_percent_noise_95_in_100_get_the_word_of_their_kind_from_100_epochs_on():
    assert right_share(cells(CURVES, noises=(0.1,), lengths=(100, 300))) >= 0.95


def test_no_noise_makes_a_converged_curve_diverged_or_stuck():
    found = matrix(cells(CURVES, noises=(0.1,), lengths=LENGTHS))[Outcome.CONVERGED]
    assert found[Outcome.DIVERGED] == found[Outcome.STUCK] == 0


def test_there_is_a_synthetic_kind_for_every_outcome_and_the_same_seed_gives_the_same_curve():
    assert list(KINDS) == list(Outcome)
    assert synthetic(Outcome.STUCK, 20, 0.01, 3) == synthetic(Outcome.STUCK, 20, 0.01, 3)
    assert synthetic(Outcome.STUCK, 20, 0.01, 3) != synthetic(Outcome.STUCK, 20, 0.01, 4)


def test_9_in_10_trainings_get_a_word_that_is_right_for_their_cause():
    """One setting and rate of each cause, three seeds that the thresholds were not set on."""
    right = {}
    for cause in CAUSES:
        curves = trained(cause.settings[0], cause.rates[:1], (11, 12, 13), cause.validation_fraction)
        right[cause.name] = sum(word(curve) in cause.right for curve in curves)
    assert sum(right.values()) >= 0.9 * 3 * len(CAUSES), right
    assert min(right.values()) >= 2, right


def test_every_outcome_is_right_for_some_cause():
    assert {word for cause in CAUSES for word in cause.right} == set(Outcome)


def test_the_page_shows_what_was_counted():
    counted = CauseCount(CAUSES[0], Words({Outcome.STILL_DESCENDING: 3, Outcome.STUCK: 1}))
    text = page(cells(2), [counted], 1)
    assert "350 in all" in text
    assert "4 trainings" in text
    assert "| 4 | 3 | still descending 3, stuck 1 |" in text
