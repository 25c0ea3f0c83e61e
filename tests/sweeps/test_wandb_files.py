"""Sweep files as W&B's users write them: they run unchanged, or are refused with one exact reason."""

from pathlib import Path

import pytest

from engine.data.catalog import BUILT_IN
from sweeps.errors import Fault, InvalidSweep
from sweeps.parsing.sweep import parse
from sweeps.planning import plan, stand_ins
from sweeps.reading.documents import read

FILES = sorted((Path(__file__).parent / "wandb_files").glob("*.yaml"))
CONFIGURATIONS = {
    "01_grid_learning_rates": 3,
    "02_quickstart_random": 30,
    "03_notebook_random": 30,
    "04_exponents": 25,
    "05_command_line": 9,
    "06_integer_ranges": 40,
    "07_probabilities": 20,
    "08_nested": 8,
    "09_inverse_log": 30,
    "10_local_controller": 30,
    "11_launch_job": 8,
    "12_quantised_grid": 6,
    "13_target_and_cap": 50,
    "14_regression": 16,
    "15_schedule_group": 12,
    "16_constants": 6,
    "17_bayes": 30,
    "18_random_hyperband": 30,
}
REFUSED = {
    "19_convolutions": Fault(
        "/parameters/kernel_size", "'kernel_size' is not a hyperparameter; did you mean 'layers'?"
    ),
    "20_seeds": Fault(
        "/parameters/seed",
        "'seed' is not a hyperparameter; for several seeds write backsweep: {replicates: 3}",
    ),
}


def spec_of(path):
    return parse(read(path.read_bytes(), "application/yaml"), BUILT_IN, 100_000)


def test_there_are_twenty_files_and_most_run():
    assert {path.stem for path in FILES} == {*CONFIGURATIONS, *REFUSED}
    assert len(FILES) == 20
    assert len(CONFIGURATIONS) >= 15


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in CONFIGURATIONS], ids=lambda path: path.stem)
def test_a_file_runs_unchanged(path):
    found = plan(stand_ins(spec_of(path)), BUILT_IN)
    assert len(found.configurations) == CONFIGURATIONS[path.stem]
    assert len(set(found.configurations)) == len(found.configurations)


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in REFUSED], ids=lambda path: path.stem)
def test_a_file_is_refused_with_one_exact_reason(path):
    with pytest.raises(InvalidSweep) as refused:
        spec_of(path)
    assert refused.value.faults == (REFUSED[path.stem],)


def test_what_has_no_meaning_here_is_named():
    notes = spec_of(next(path for path in FILES if path.stem == "11_launch_job")).notes
    assert "Ignored, for nothing here corresponds to it: job, image_uri, scheduler." in notes
    notes = spec_of(next(path for path in FILES if path.stem == "14_regression")).notes
    assert "Ignored in metric, for nothing here corresponds to it: impute." in notes
