"""The command line against a real service, in processes of its own, as users call it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backsweep.display.values import duration, state
from tests.backsweep.conftest import SWEEP

ESCAPE = "\x1b"


def run(*arguments: str, url: str = "http://127.0.0.1:1", stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    command = [sys.executable, "-m", "backsweep", *arguments]
    return subprocess.run(
        command, env=environment | {"BACKSWEEP_URL": url}, input=stdin, capture_output=True, text=True, timeout=400
    )


def plain(answer: subprocess.CompletedProcess[str]) -> str:
    """What was printed, once it is seen to be plain text of at most 100 columns."""
    assert answer.returncode == 0, answer.stderr
    assert ESCAPE not in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 100
    assert not answer.stderr
    return answer.stdout


def test_the_commands_are_listed_without_loading_them() -> None:
    printed = plain(run("--help"))
    for command in (
        "up",
        "demo",
        "preview",
        "submit",
        "list",
        "show",
        "trials",
        "trial",
        "compare",
        "early-termination",
        "cancel",
        "doctor",
        "database",
    ):
        assert f"\n  {command} " in printed


@pytest.mark.parametrize(
    "command",
    [
        "up",
        "demo",
        "preview",
        "submit",
        "list",
        "show",
        "trials",
        "compare",
        "early-termination",
        "cancel",
        "doctor",
        "database",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    assert plain(run(command, "--help")).startswith(f"Usage: backsweep {command}")


def test_a_command_that_is_not_there_is_wrong_use() -> None:
    answer = run("sumbit")
    assert answer.returncode == 2
    assert "submit" in answer.stderr


@pytest.mark.parametrize("command", [["list"], ["show", "1"], ["trials", "1"], ["compare", "1"], ["cancel", "1"]])
def test_a_service_that_is_not_running_is_one_clear_sentence_with_the_mend(command: list[str]) -> None:
    answer = run(*command)
    assert answer.returncode == 1
    assert "backsweep up" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not answer.stdout


def test_a_sweep_shows_how_many_of_its_trials_diverged(live: Any, trained: dict[str, Any]) -> None:
    assert "diverged" not in plain(run("show", str(trained["id"]), url=live.url))
    rates = {"learning_rate": {"values": [0.1, 1e6]}, "activation": {"value": "relu"}}
    rates |= {"output_activation": {"value": "identity"}}
    created = live.client.submit(SWEEP | {"parameters": SWEEP["parameters"] | rates})
    live.train(created["id"])
    shown = plain(run("show", str(created["id"]), url=live.url))
    assert re.search(r"diverged +4 of 8 trials\n", shown)


def test_a_sweep_goes_from_a_file_to_a_comparison(live: Any, trained: dict[str, Any]) -> None:
    number = str(trained["id"])
    assert trained["name"] in plain(run("list", url=live.url))
    shown = plain(run("show", number, url=live.url))
    assert "finished" in shown
    listed = plain(run("trials", number, "--where", "learning_rate=1.0", url=live.url))
    assert len([line for line in listed.splitlines() if line.strip()[:1].isdigit()]) == 4
    trial_id = next(live.client.trials(trained["id"]))["id"]
    figures = plain(run("trial", str(trial_id), "--target", "100", "--target", "1e-9", url=live.url))
    assert f"Trial {trial_id}, number 0 of sweep {number}: finished after 4 epochs" in figures
    assert "fewer than 8" in figures
    compared = plain(run("compare", number, url=live.url))
    for word in ("learning", "layers", "[4, 4]", "vs # 1", "?"):
        assert word in compared
    stopped = plain(run("early-termination", number, url=live.url))
    assert "every trial runs to its end" in stopped
    assert compared.index("Which value won, and how sure is that?") < compared.index("Configurations")


@pytest.mark.parametrize("command", ["show", "trials", "compare", "early-termination"])
def test_reading_commands_print_json_for_programs(live: Any, trained: dict[str, Any], command: str) -> None:
    answer = run(command, str(trained["id"]), "--json", url=live.url)
    assert answer.returncode == 0, answer.stderr
    json.loads(answer.stdout)


def test_two_configurations_are_compared_by_name(live: Any, trained: dict[str, Any]) -> None:
    names = [f"{trained['id']}:{number}" for number in (0, 3)]
    printed = plain(run("compare", *names, "--axis", "updates", "--target", "0.6", url=live.url))
    for part in (
        *names,
        "the first",
        "to target: median updates until validation cost 0.6",
        "learning",
        "Note: With fewer than 3 seeds",
    ):
        assert part in printed
    found = json.loads(run("compare", *names, "--json", url=live.url).stdout)
    assert [entry["configuration_number"] for entry in found["configurations"]] == [0, 3]
    assert run("compare", "1", "2", url=live.url).returncode == 2


def test_submitting_says_the_number_and_what_was_assumed(live: Any, tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text("method: grid\nparameters:\n  dataset: {value: xor}\n  epochs: {value: 1}\nprogram: train.py\n")
    printed = plain(run("submit", str(path), url=live.url))
    assert "Sweep " in printed
    assert "program" in printed
    from_stdin = run("submit", "-", "--json", url=live.url, stdin=path.read_text())
    assert json.loads(from_stdin.stdout)["state"] == "queued"


def test_a_preview_says_what_a_sweep_would_be_and_submits_nothing(live: Any, tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(
        "name: broad\nmethod: random\nrun_cap: 12\nparameters:\n"
        "  dataset: {value: iris}\n  learning_rate: {min: 0.1, max: 1.0}\n  layers: {values: [[4], [8, 8]]}\n"
    )
    before = len(list(live.client.sweeps()))
    printed = plain(run("preview", str(path), url=live.url))
    for part in ("broad: not submitted", "36 = 12 configurations x 3 replicates", "MiB", "learning_rate 0.", "note:"):
        assert part in printed
    found = json.loads(run("preview", "-", "--json", url=live.url, stdin=path.read_text()).stdout)
    assert found["trial_count"] == 36
    assert len(list(live.client.sweeps())) == before


def test_every_fault_of_a_file_stands_on_a_line_of_its_own(live: Any, tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text("method: magic\nparameters:\n  learning_rate: {values: [0.1, -1]}\n  layrs: {value: 3}\n")
    answer = run("submit", str(path), url=live.url)
    assert answer.returncode == 1
    lines = answer.stderr.splitlines()
    for place in ("/method", "/parameters/learning_rate/values/1", "/parameters/layrs"):
        assert any(place in line for line in lines)


def test_a_sweep_that_is_not_there_is_named(live: Any) -> None:
    answer = run("show", "2000000000", url=live.url)
    assert answer.returncode == 1
    assert "2000000000" in answer.stderr


def test_the_example_is_found_where_the_package_is() -> None:
    from importlib.resources import files

    assert (files("backsweep") / "examples" / "digits.yaml").read_text().startswith("#")


def test_files_in_the_working_directory_are_not_taken_for_ours(tmp_path: Path) -> None:
    for name in ("settings.py", "api/__init__.py", "engine/__init__.py", "results/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit('this is not backsweep')\n")
    command = [sys.executable, "-m", "backsweep", "preview", str(Path(__file__).parents[2] / "examples/digits.yaml")]
    doctor = [sys.executable, "-m", "backsweep", "doctor", "--home", "home"]
    for called in (command, doctor):
        answer = subprocess.run(called, capture_output=True, text=True, timeout=400, cwd=tmp_path)
        assert "this is not backsweep" not in answer.stdout + answer.stderr
        assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("now", "wanted", "shown"),
    [
        ("running", "run", "running"),
        ("running", "pause", "running (to be paused)"),
        ("paused", "pause", "paused"),
        ("running", "cancel", "running (to be cancelled)"),
        ("cancelled", "cancel", "cancelled"),
        ("finished", "cancel", "finished"),
        ("finished", "pause", "finished"),
    ],
)
def test_a_state_says_what_is_still_to_come(now: str, wanted: str, shown: str) -> None:
    assert state({"state": now, "wanted": wanted}) == shown


@pytest.mark.parametrize(
    ("finished_at", "paused_at", "idle", "shown"),
    [
        ("2026-01-31T13:00:00Z", None, 0.0, "1 h 0 min"),
        ("2026-01-31T13:00:00Z", None, 3000.0, "10 min 0 s"),
        (None, "2026-01-31T12:00:40Z", 10.0, "30 s"),
    ],
)
def test_a_duration_leaves_out_what_was_idle(
    finished_at: str | None, paused_at: str | None, idle: float, shown: str
) -> None:
    times = {"started_at": "2026-01-31T12:00:00Z", "finished_at": finished_at, "paused_at": paused_at}
    assert duration(times | {"idle_seconds": idle}) == shown
