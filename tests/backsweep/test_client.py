"""The client against a real service."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from backsweep import BacksweepError, Client
from backsweep.commands.compare import whole_comparison
from backsweep.errors import Conflict, InvalidInput, NotBacksweep, NotFound, Unreachable, UnreadableFile

SWEEP = {"name": "one", "method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}


def test_a_sweep_is_submitted_as_mapping_text_or_file_alike(live: Any, tmp_path: Path) -> None:
    as_yaml = yaml.safe_dump(SWEEP)
    (tmp_path / "sweep.yaml").write_text(as_yaml)
    ways = [SWEEP, as_yaml, json.dumps(SWEEP), tmp_path / "sweep.yaml", str(tmp_path / "sweep.yaml")]
    stored = [live.client.submit(way) for way in ways]
    assert len({sweep["id"] for sweep in stored}) == len(ways)
    assert all(sweep["document"] == SWEEP for sweep in stored)


def test_a_preview_is_what_is_then_submitted(live: Any) -> None:
    document = {**SWEEP, "method": "random", "run_cap": 3}
    document["parameters"] = {**SWEEP["parameters"], "learning_rate": {"min": 0.1, "max": 2.0}}
    before = len(list(live.client.sweeps()))
    found = live.client.preview(document)
    assert len(list(live.client.sweeps())) == before
    sweep = live.client.submit(document)
    for name in ("configuration_count", "trial_count", "job_count", "notes", "method"):
        assert found[name] == sweep[name]
    stored = {trial["hyperparameters"]["learning_rate"] for trial in live.client.trials(sweep["id"])}
    assert {one["values"]["learning_rate"] for one in found["configurations"]} == stored
    with pytest.raises(InvalidInput):
        live.client.preview({**document, "method": "magic"})


def test_every_fault_of_a_document_is_in_the_error(live: Any) -> None:
    broken = {"method": "magic", "parameters": {"learning_rate": {"values": [0.1, -1]}}}
    with pytest.raises(InvalidInput) as caught:
        live.client.submit(broken)
    assert caught.value.status == 422
    assert {"/method", "/parameters/learning_rate/values/1"} <= {fault.place for fault in caught.value.faults}


def test_not_finite_numbers_are_refused_by_the_service_not_sent_as_something_else(live: Any) -> None:
    with pytest.raises(InvalidInput):
        live.client.submit({"method": "grid", "parameters": {"learning_rate": {"value": float("nan")}}})


def test_what_is_not_there_is_not_found(live: Any) -> None:
    for ask in (live.client.sweep, live.client.trial, live.client.comparison, live.client.cancel):
        with pytest.raises(NotFound) as caught:
            ask(2_000_000_000)
        assert caught.value.status == 404
        assert isinstance(caught.value, BacksweepError)


def test_lists_go_through_all_their_pages(live: Any, trained: dict[str, Any]) -> None:
    by_page = [trial["number"] for trial in live.client.trials(trained["id"], limit=3)]
    assert by_page == list(range(trained["trial_count"]))
    sweeps = [sweep["id"] for sweep in live.client.sweeps(limit=1)]
    assert sweeps == sorted(sweeps, reverse=True)
    assert trained["id"] in sweeps


def test_trials_are_filtered_by_hyperparameters_of_any_kind(live: Any, trained: dict[str, Any]) -> None:
    found = list(live.client.trials(trained["id"], layers=[4, 4], learning_rate=0.1, state="finished"))
    assert [trial["replicate"] for trial in found] == [0, 1]
    assert all(trial["hyperparameters"]["layers"] == [4, 4] for trial in found)


def test_curves_have_the_metrics_that_were_asked_for(live: Any, trained: dict[str, Any]) -> None:
    curves = list(live.client.curves(trained["id"], "train_cost", "validation_accuracy"))
    assert len(curves) == trained["trial_count"]
    for curve in curves:
        trial = live.client.trial(curve["trial_id"])
        assert curve["train_cost"] == trial["curve"]["train_cost"]
        assert curve["validation_accuracy"] == trial["curve"]["validation_accuracy"]
        assert "validation_cost" not in curve


def test_the_registry_and_the_data_sets_are_there(live: Any) -> None:
    names = {entry["name"] for entry in live.client.hyperparameters()}
    assert {"learning_rate", "layers", "dataset"} <= names
    assert "digits" in {entry["name"] for entry in live.client.datasets()}


def test_cancelling_ends_what_is_queued_and_refuses_what_has_ended(live: Any, trained: dict[str, Any]) -> None:
    queued = live.client.submit(SWEEP)
    assert live.client.cancel(queued["id"])["state"] == "cancelled"
    assert live.client.cancel(queued["id"])["state"] == "cancelled"
    with pytest.raises(Conflict):
        live.client.cancel(trained["id"])


def test_waiting_tells_of_progress_and_returns_the_ended_sweep(live: Any) -> None:
    seen: list[str] = []
    sweep = live.client.submit(SWEEP)

    def look(found: dict[str, Any]) -> None:
        seen.append(found["state"])
        if len(seen) == 1:
            live.train(sweep["id"])

    ended = live.client.wait(sweep["id"], look, poll_seconds=0.01, timeout=100)
    assert ended["state"] == "finished"
    assert seen[0] == "queued"
    assert seen[-1] == "finished"


def test_waiting_ends_after_its_time(live: Any) -> None:
    sweep = live.client.submit(SWEEP)
    with pytest.raises(TimeoutError):
        live.client.wait(sweep["id"], poll_seconds=0.01, timeout=0.05)


def test_an_address_where_nothing_answers_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            next(Client(f"http://127.0.0.1:{taken.getsockname()[1]}").sweeps())


def test_something_else_that_answers_is_recognised() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.handle_request, daemon=True).start()
    with pytest.raises(NotBacksweep):
        Client(f"http://127.0.0.1:{server.server_port}").sweep(1)
    server.server_close()


def test_the_client_loads_nothing_of_the_service() -> None:
    code = "import sys, backsweep; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {"api", "worker", "tracking", "results", "comparison", "sweeps", "engine", "settings", "numpy"}
    assert not loaded & {"flask", "sqlalchemy", "celery", "mlflow"}


def test_bands_curves_and_configurations_are_asked_for_with_their_options(live: Any, trained: dict[str, Any]) -> None:
    bands = list(live.client.bands(trained["id"], "train_cost", center="median", axis="samples", limit=1))
    assert [one["configuration_number"] for one in bands] == [0, 1, 2, 3]
    assert bands[0]["at"] == [120.0 * epoch for epoch in range(5)]
    curve = next(live.client.curves(trained["id"], points=4))
    assert len(curve["epoch"]) == 4
    compared = live.client.compare(f"{trained['id']}:0", f"{trained['id']}:1", axis="flops", target=0.6)
    assert compared["axis"] == "flops"
    assert compared["configurations"][1]["against_reference"]["paired"] is True
    with pytest.raises(InvalidInput):
        live.client.compare(f"{trained['id']}:0")


@pytest.mark.parametrize("name", ["missing.yaml", ".", "with\0nul"])
def test_a_file_that_cannot_be_read_is_an_error_of_the_client_too(tmp_path: Path, name: str) -> None:
    client = Client("http://127.0.0.1:1")
    for act in (client.submit, client.preview):
        with pytest.raises(UnreadableFile, match="cannot be read") as failed:
            act(f"{tmp_path}/{name}")
        assert isinstance(failed.value, BacksweepError)
        assert isinstance(failed.value, OSError)


def test_a_comparison_of_several_pages_is_put_together_as_far_as_it_is_wanted(
    live: Any, trained: dict[str, Any]
) -> None:
    at_once = live.client.comparison(trained["id"])
    count = len(at_once["configurations"])
    assert count > 2
    assert whole_comparison(live.client, trained["id"], None, limit=1) == at_once
    some = whole_comparison(live.client, trained["id"], 2, limit=1)
    assert some["configurations"] == at_once["configurations"][:2]
    assert some["next"] is not None
