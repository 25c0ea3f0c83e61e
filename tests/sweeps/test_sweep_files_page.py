"""docs/sweep-files.md: its examples are sweeps, and it names every key, distribution, metric and method."""

import re
from pathlib import Path

import pytest

from engine.data.catalog import BUILT_IN
from sweeps.expressions import FUNCTIONS
from sweeps.metrics import METRICS
from sweeps.parsing.parameter_forms import KNOWN_KEYS, NAMES
from sweeps.parsing.schema import BacksweepSection, SweepDocument
from sweeps.parsing.sweep import parse
from sweeps.planning import plan
from sweeps.reading.documents import read

PAGE = (Path(__file__).parents[2] / "docs" / "sweep-files.md").read_text()
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
CONFIGURATIONS = [8, 40, 8, 6, 25, 20, 3]


@pytest.mark.parametrize(("example", "count"), list(zip(EXAMPLES, CONFIGURATIONS, strict=True)))
def test_every_example_is_a_sweep_of_so_many_configurations(example, count):
    spec = parse(read(example.encode(), "application/yaml"), BUILT_IN, 100_000)
    assert len(plan(spec, BUILT_IN).configurations) == count
    assert not any("no effect" in note for note in spec.notes)


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (SweepDocument.model_fields, "key of the top level"),
        (BacksweepSection.model_fields, "key under backsweep"),
        (NAMES, "distribution"),
        (KNOWN_KEYS, "key of a parameter"),
        (METRICS, "metric"),
        (("grid", "random", "bayes"), "method"),
    ],
)
def test_the_page_names_every(names, what):
    assert [name for name in names if f"`{name}`" not in PAGE] == [], what


def test_the_page_names_every_function_of_constraints():
    assert f"`{' '.join(FUNCTIONS)}`" in PAGE


def test_the_defaults_on_the_page_are_those_of_the_schema():
    for name in ("replicates", "seed", "validation_fraction"):
        default = BacksweepSection.model_fields[name].default
        assert re.search(rf"^\| `{name}` \|.*\| {default} \|$", PAGE, re.MULTILINE)
