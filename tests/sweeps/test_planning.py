"""Plans: every trial once, in the grid's order, in jobs that can be fused and are worth it."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.catalog import BUILT_IN
from engine.hyperparameters import configuration, fusion_key
from sweeps.job_sizes import FEWEST_TRIALS, MOST_BYTES, MOST_TRIALS, USUAL_SECONDS, Group, trials_per_job
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.seeds import data_seed, init_seed


def planned(parameters, workers=2, run_cap=None, **options):
    return plan(spec_of(parameters, run_cap, **options), BUILT_IN, workers)


def spec_of(parameters, run_cap=None, **options):
    document = {
        "method": "grid",
        "parameters": {name: {"values": values} for name, values in parameters.items()},
        "backsweep": options,
        "run_cap": run_cap,
    }
    return parse(document, BUILT_IN, 100_000)


def trials_of(found):
    return sorted((trial for job in found.jobs for trial in job.trials), key=lambda trial: trial.number)


DIGITS = {
    "layers": [[32], [32, 32]],
    "initialization": ["normal", "glorot_normal"],
    "learning_rate": [0.1, 0.5, 2, 10],
    "batch_size": [16, 64],
}


def test_configurations_come_in_the_order_of_the_document_the_last_parameter_fastest():
    found = planned({"learning_rate": [2, 1], "batch_size": [16, 8]}, replicates=1)
    assert [(one.learning_rate, one.batch_size) for one in found.configurations] == [(2, 16), (2, 8), (1, 16), (1, 8)]


def test_the_order_of_the_parameters_is_the_documents():
    found = planned({"batch_size": [16, 8], "learning_rate": [2, 1]}, replicates=1)
    assert [(one.learning_rate, one.batch_size) for one in found.configurations] == [(2, 16), (1, 16), (2, 8), (1, 8)]


def test_configurations_are_what_the_registry_makes_of_the_values():
    found = planned({"layers": [4, [4, 4]], "activation": ["TANH"], "lr": [1]}, replicates=1)
    assert found.configurations == (
        configuration({"layers": [4], "activation": "tanh", "learning_rate": 1}),
        configuration({"layers": [4, 4], "activation": "tanh", "learning_rate": 1}),
    )


def test_a_run_cap_keeps_the_first_configurations():
    whole = planned(DIGITS, replicates=2)
    capped = planned(DIGITS, replicates=2, run_cap=5)
    assert capped.configurations == whole.configurations[:5]
    assert len(trials_of(capped)) == 10


grids = st.fixed_dictionaries(
    {
        "layers": st.lists(st.sampled_from([(4,), (8,), (4, 4)]), min_size=1, max_size=3, unique=True),
        "learning_rate": st.lists(st.integers(1, 50), min_size=1, max_size=12, unique=True),
        "batch_size": st.lists(st.sampled_from([8, 16, 32]), min_size=1, max_size=3, unique=True),
    }
)


@settings(deadline=None, max_examples=60)
@given(grids, st.integers(1, 40), st.none() | st.integers(1, 60), st.integers(1, 8))
def test_every_replicate_of_every_configuration_is_in_exactly_one_job(grid, replicates, per_job, workers):
    lists = {**grid, "layers": [list(sizes) for sizes in grid["layers"]]}
    found = planned(lists, workers=workers, replicates=replicates, trials_per_job=per_job)
    trials = trials_of(found)
    points = [dict(zip(grid, point, strict=True)) for point in product(*grid.values())]
    assert [trial.number for trial in trials] == list(range(len(points) * replicates))
    for trial in trials:
        assert trial.number == trial.configuration_number * replicates + trial.replicate
        assert trial.trial.configuration is found.configurations[trial.configuration_number]
        point = points[trial.configuration_number]
        assert {name: getattr(trial.trial.configuration, name) for name in point} == point
    for number, job in enumerate(found.jobs):
        assert job.number == number
        assert len({fusion_key(trial.trial.configuration) for trial in job.trials}) == 1
        assert len(job.trials) <= (per_job or len(trials))


@settings(deadline=None, max_examples=40)
@given(grids, st.integers(1, 12))
def test_the_replicates_of_a_configuration_are_in_one_job_where_they_fit(grid, replicates):
    found = planned({**grid, "layers": [list(sizes) for sizes in grid["layers"]]}, replicates=replicates)
    homes = {}
    for job in found.jobs:
        for trial in job.trials:
            homes.setdefault(trial.configuration_number, set()).add(job.number)
    assert all(len(home) == 1 for home in homes.values())


def test_replicate_r_has_the_same_seeds_in_every_configuration():
    found = planned(DIGITS, replicates=3, seed=7)
    for trial in trials_of(found):
        assert trial.trial.init_seed == init_seed(7, trial.replicate)
        assert trial.trial.data_seed == data_seed(7, trial.replicate)


def test_a_job_holds_many_replicates_only_where_they_do_not_fit_into_one():
    found = planned({"learning_rate": [0.5]}, replicates=1000)
    assert len(found.jobs) > 2
    assert max(len(job.trials) for job in found.jobs) <= MOST_TRIALS


def test_one_trial_per_job_and_all_in_one_are_possible():
    axes = {"learning_rate": [0.1, 1, 2]}
    assert [len(job.trials) for job in planned(axes, replicates=2, trials_per_job=1).jobs] == [1] * 6
    assert [len(job.trials) for job in planned(axes, replicates=2, trials_per_job=100_000).jobs] == [6]


def test_the_longest_jobs_come_first():
    seconds = [job.estimated_seconds for job in planned(DIGITS, replicates=3).jobs]
    assert seconds == sorted(seconds, reverse=True)
    assert min(seconds) > 0


def test_the_same_sweep_has_the_same_plan():
    assert planned(DIGITS, replicates=3).jobs == planned(DIGITS, replicates=3).jobs


def test_ten_thousand_trials_are_planned_completely():
    found = planned({"learning_rate": [n / 100 for n in range(1, 101)], "layers": [[n] for n in range(1, 34)]})
    assert len(trials_of(found)) == 9900


def group(trials, seconds, replicates=1, bytes_each=1000):
    return Group(trials, replicates, lambda count: count * seconds, lambda count: count * bytes_each)


def test_a_small_sweep_is_not_cut_below_what_amortises_python():
    assert trials_per_job([group(24, 0.04, 3)], workers=8) == [24]
    assert trials_per_job([group(33, 0.04)], workers=8) == [17]


def test_plenty_of_work_is_cut_into_jobs_of_a_few_seconds():
    assert trials_per_job([group(100_000, 0.05)], workers=2) == [pytest.approx(USUAL_SECONDS / 0.05, abs=1)]


def test_work_is_cut_so_that_every_worker_has_some():
    (size,) = trials_per_job([group(400, 0.02)], workers=4)
    assert 400 / size >= 8
    assert size >= FEWEST_TRIALS


@pytest.mark.parametrize("workers", [2, 3, 4])
def test_equal_jobs_come_in_whole_rounds_of_the_workers(workers):
    for trials in (500, 1000, 1110, 3000):
        (size,) = trials_per_job([group(trials, 0.035)], workers)
        assert -(-trials // size) % workers == 0


def test_no_round_is_filled_with_jobs_too_small():
    assert trials_per_job([group(48, 0.5)], workers=8) == [FEWEST_TRIALS]


def test_quick_trials_are_not_fused_without_end():
    assert trials_per_job([group(100_000, 0.001)], workers=1) == [pytest.approx(MOST_TRIALS, abs=3)]


def test_trials_that_take_minutes_each_are_spread_over_the_workers():
    assert trials_per_job([group(8, 200.0)], workers=4) == [1]


def test_a_job_lasts_as_long_as_its_user_says():
    (size,) = trials_per_job([group(1000, 0.5)], workers=8, seconds_per_job=20.0)
    assert size == 40
    assert trials_per_job([group(1000, 50.0)], workers=8, seconds_per_job=20.0) == [1]
    assert trials_per_job([group(1000, 0.5)], workers=8, seconds_per_job=1e6) == [MOST_TRIALS]


def test_seconds_per_job_come_from_the_document_and_a_slow_machine_gets_smaller_jobs():
    axes = {"learning_rate": [n / 100 for n in range(1, 101)], "epochs": [200]}
    longest = [planned(axes, seconds_per_job=seconds).jobs[0].estimated_seconds for seconds in (2, 4, 8)]
    assert longest == sorted(longest)
    assert all(one <= seconds for one, seconds in zip(longest, (2, 4, 8), strict=True))
    spec = spec_of(axes, seconds_per_job=4)
    usual, slow = (plan(replace(spec, slowness=slowness), BUILT_IN, 2).jobs for slowness in (1.0, 3.0))
    assert len(slow) > 2 * len(usual)
    assert slow[0].estimated_seconds <= 4


def test_memory_bounds_a_job():
    (size,) = trials_per_job([group(64, 0.01, bytes_each=MOST_BYTES // 10)], workers=1)
    assert size <= 10


@given(st.integers(1, 5000), st.floats(1e-5, 1e3), st.integers(1, 1000), st.integers(1, 64))
def test_every_job_holds_at_least_one_trial(trials, seconds, replicates, workers):
    (size,) = trials_per_job([group(trials, seconds, replicates)], workers)
    assert 1 <= size <= max(MOST_TRIALS, replicates)
