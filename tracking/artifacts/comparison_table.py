"""The ranked configurations as a table, for MLflow's table view (JSON) and for spreadsheets (CSV)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from comparison.comparison import Comparison
from comparison.configurations import ConfigurationSummary
from comparison.spread import Spread
from engine.hyperparameter_kinds import Value
from tracking.mapping.text import value_text

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute a text that begins so


def columns(found: Comparison, swept: Sequence[str]) -> list[str]:
    """Their names: rank and configuration, the swept hyperparameters, then what came of it."""
    targets = [f"epochs_to_{target:g}" for target in found.targets]
    costs = ["best_validation_cost", "best_lower_quartile", "best_upper_quartile", "final_validation_cost"]
    others = ["best_validation_accuracy", *targets, "diverged_share", "stuck_share", "seconds"]
    return ["rank", "configuration", *swept, "trials", "ended", *costs, *others]


def rows(found: Comparison, swept: Sequence[str]) -> list[list[Cell]]:
    """One row a configuration, best first; medians over its replicates, None: none, or infinite."""
    return [_row(one, swept) for one in found.configurations]


def as_json(names: Sequence[str], cells: Sequence[Sequence[Cell]]) -> bytes:
    """As MLflow's `log_table` writes it."""
    return json.dumps({"columns": list(names), "data": cells}, ensure_ascii=False).encode()


def as_csv(names: Sequence[str], cells: Sequence[Sequence[Cell]]) -> bytes:
    """With a line of names; texts that a spreadsheet would take for a formula are prefixed by an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_harmless(cell) for cell in row] for row in cells)
    return buffer.getvalue().encode()


def _row(one: ConfigurationSummary, swept: Sequence[str]) -> list[Cell]:
    summary = one.summary
    best = summary.best_validation_cost
    return [
        one.rank,
        one.configuration_number,
        *(_value(one.values[name]) for name in swept),
        summary.trials,
        summary.ended,
        _median(best),
        best.lower_quartile if best else None,
        best.upper_quartile if best else None,
        _median(summary.final_validation_cost),
        _median(summary.best_validation_accuracy),
        *(target.median_epoch for target in summary.targets),
        summary.diverged_share,
        summary.stuck_share,
        _median(summary.seconds),
    ]


def _median(found: Spread | None) -> float | None:
    return found.median if found else None


def _value(value: Value) -> Cell:
    """Numbers stay numbers; lists and defaults as MLflow's parameters show them."""
    return value if isinstance(value, str | int | float) else value_text(value)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
