"""An export has every row of the sweep, bit for bit, in each format, whatever size its chunks have."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from pyarrow import parquet

from results.reads import exporting

MEASURES = ("train_cost", "validation_cost", "train_accuracy", "validation_accuracy", "gradient_norm", "epoch_seconds")


def of_csv(body: bytes) -> list[dict[str, Any]]:
    return [
        {name: None if value == "" else value for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(body.decode()))
    ]


def of_lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.splitlines()]


def of_parquet(body: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(io.BytesIO(body)).to_pylist()
    return rows


READERS: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {"csv": of_csv, "jsonl": of_lines, "parquet": of_parquet}


def fetch(trained: Any, form: str, rows: str) -> list[dict[str, Any]]:
    response = trained.http.get(f"/api/v1/sweeps/{trained.sweep['id']}/export?format={form}&rows={rows}")
    assert response.status_code == 200, response.text
    return READERS[form](response.data)


def number(value: Any) -> float | None:
    return None if value is None else float(value)


@pytest.mark.parametrize("most_rows", [1, 7, 50_000])
@pytest.mark.parametrize("form", READERS)
def test_every_epoch_is_there_bit_for_bit(
    trained: Any, form: str, most_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", most_rows)
    rows = fetch(trained, form, "epochs")
    names = "train_cost,validation_cost,train_accuracy,validation_accuracy,gradient_norm,epoch_seconds"
    curves = trained.http.get(f"{trained.sweep['links']['curves']}?metrics={names}").get_json()["curves"]
    expected = [
        (curve["trial_id"], epoch, *(curve[name][place] for name in MEASURES))
        for curve in curves
        for place, epoch in enumerate(curve["epoch"])
    ]
    found = [(int(row["trial_id"]), int(row["epoch"]), *(number(row[name]) for name in MEASURES)) for row in rows]
    assert found == expected
    assert {float(row["learning_rate"]) for row in rows} == {0.1, 1.0, 1e5}
    assert "activation" not in rows[0]  # it is the same throughout


@pytest.mark.parametrize("form", READERS)
def test_every_trial_is_there_with_what_came_of_it(trained: Any, form: str) -> None:
    rows = fetch(trained, form, "trials")
    expected = trained.http.get(trained.sweep["links"]["trials"]).get_json()["trials"]
    for row, trial in zip(rows, expected, strict=True):
        assert int(row["trial_id"]) == trial["id"]
        assert number(row["best_validation_cost"]) == trial["best_validation_cost"]
        assert row["outcome"] == trial["outcome"]
        assert json.loads(row["layers"]) == trial["hyperparameters"]["layers"]


@pytest.mark.parametrize("form", READERS)
def test_every_layer_is_there(trained: Any, form: str) -> None:
    rows = fetch(trained, form, "layers")
    trial = trained.http.get(f"/api/v1/trials/{int(rows[0]['trial_id'])}").get_json()
    mine = [row for row in rows if int(row["trial_id"]) == trial["id"]]
    assert {(int(row["epoch"]), int(row["layer"])) for row in mine} == {
        (epoch, layer["layer"]) for layer in trial["layers"] for epoch in range(5)
    }


def test_a_format_that_is_none_is_refused(trained: Any) -> None:
    response = trained.http.get(f"/api/v1/sweeps/{trained.sweep['id']}/export?format=xlsx")
    assert response.status_code == 422
    assert trained.http.get("/api/v1/sweeps/999999/export").status_code == 404
