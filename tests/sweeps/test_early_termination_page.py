"""docs/early-termination.md: its examples are sweeps, and it names every type and key with its default."""

import re
from pathlib import Path

import pytest

from engine.data.catalog import BUILT_IN
from sweeps.parsing.early_termination import TYPES
from sweeps.parsing.schema_early_termination import AshaSection, HyperbandSection, MedianSection, WilcoxonSection
from sweeps.parsing.sweep import parse
from sweeps.reading.documents import read

PAGE = (Path(__file__).parents[2] / "docs" / "early-termination.md").read_text()
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SECTIONS = [HyperbandSection, AshaSection, MedianSection, WilcoxonSection]
WORDS = {("hyperband", "strict"): "false", ("median", "n_warmup_steps"): "0, which means `interval_steps`"}


@pytest.mark.parametrize(("example", "kind"), list(zip(EXAMPLES, ["hyperband", "wilcoxon"], strict=True)))
def test_every_example_is_a_sweep_that_can_stop_something(example, kind):
    spec = parse(read(example.encode(), "application/yaml"), BUILT_IN, 100_000)
    assert spec.early_termination.rule.name == kind
    assert not any("stops nothing" in note for note in spec.notes)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_explained_with_its_default(section):
    fields = dict(section.model_fields)
    kind = fields.pop("type").default
    assert kind in TYPES
    assert f"type: {kind}" in PAGE
    for name, field in fields.items():
        assert f"`{name}`" in PAGE, name
        if isinstance(field.default, int | float):
            default = WORDS.get((kind, name), f"{field.default:g}")
            assert re.search(rf"^\| `{name}` \|.*\| {re.escape(default)} \|$", PAGE, re.MULTILINE), name
