"""`backsweep submit` and `backsweep preview` say what was trained before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from backsweep.__main__ import cli
from tests.backsweep.conftest import SWEEP, Live


def run(live: Live, *arguments: str) -> str:
    done = CliRunner().invoke(cli, [*arguments, "--url", live.url])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_both_say_it_and_what_to_write(live: Live, trained: dict[str, Any], tmp_path: Path) -> None:
    offer = f"8 of 8 trials were trained before, in sweep {trained['id']}; `backsweep: {{reuse: true}}`"
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SWEEP))
    assert offer in run(live, "preview", str(file))
    assert offer in run(live, "submit", str(file))
    file.write_text(json.dumps({**SWEEP, "backsweep": {**SWEEP["backsweep"], "reuse": True}}))
    assert "and were taken over." in run(live, "preview", str(file))
    said = run(live, "submit", str(file), "--watch")
    assert "reused 8 trials from earlier sweeps" in said
