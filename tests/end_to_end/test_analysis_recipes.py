"""docs/analysis-recipes.md runs from top to bottom on a trained sweep, and its answers are the database's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from backsweep import Client

PAGE = (Path(__file__).parents[2] / "docs" / "analysis-recipes.md").read_text()
BLOCKS = re.findall(r"```python\n(.+?)```", PAGE, flags=re.DOTALL)
SWEEP: dict[str, Any] = {
    "name": "recipes",
    "project": "recipes",
    "method": "grid",
    "parameters": {
        "dataset": {"value": "iris"},
        "layers": {"values": [[4], [4, 4]]},
        "learning_rate": {"values": [0.1, 1.0]},
        "epochs": {"value": 3},
    },
    "backsweep": {"replicates": 2, "seed": 5},
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_page_runs_from_top_to_bottom(client: Client, service: Any) -> None:
    sweep = client.wait(client.submit(SWEEP)["id"], timeout=120)
    names: dict[str, Any] = {"database": f"{service.home}/backsweep.db"}
    for block in BLOCKS:
        if "sqlite3" in block and service.home is None:
            continue  # the database is PostgreSQL's
        exec(block, names)
        if "service" in names and names.get("sweep") == 1:
            names |= {"service": service.api, "sweep": sweep["id"]}
    assert len(names["epochs"]) == 8 * 4
    assert len(names["trials"]) == 8
    assert len(names["band"]) == 2 * 4
    assert names["best"]["replicates"].tolist() == [2] * 4
    assert len(names["ratio"]) == 4
    if service.home is not None:
        assert len(names["leaders"]) == 5
        assert names["leaders"]["best_validation_cost"].min() == names["trials"]["best_validation_cost"].min()
    assert len(names["medians"]) == 8
    assert len(names["reached"]) == 8


def test_there_are_twenty_recipes_and_more() -> None:
    queries = (Path(__file__).parents[2] / "docs" / "sql-recipes.md").read_text().count("```sql")
    assert queries + PAGE.count("\n## ") - 1 >= 20
