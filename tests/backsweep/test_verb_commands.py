"""`backsweep pause`, `resume`, `stop`, `cancel`, `retry`: what they print, and how they refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backsweep.__main__ import main
from tests.backsweep.conftest import SWEEP, Live

VERBS = ("pause", "resume", "stop", "cancel", "retry")


class Shell:
    """The command line in this process: status, standard output and standard error."""

    def __init__(self, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
        self._live, self._capsys = live, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([*arguments, "--url", self._live.url])
        printed = self._capsys.readouterr()
        return int(left.value.code or 0), " ".join(printed.out.split()), " ".join(printed.err.split())


@pytest.fixture
def shell(live: Live, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(live, capsys)


@pytest.fixture
def waiting(live: Live) -> str:
    """The number of a sweep that waits."""
    return str(live.client.submit(SWEEP)["id"])


def test_a_sweep_is_paused_and_goes_on(shell: Shell, waiting: str, live: Live) -> None:
    assert shell("pause", waiting) == (0, f"Sweep {waiting} is being paused; it is paused.", "")
    live.train(int(waiting))
    assert shell("resume", waiting) == (0, f"Sweep {waiting} goes on; it is queued.", "")
    live.train(int(waiting))
    assert live.client.sweep(int(waiting))["state"] == "finished"


def test_a_sweep_is_stopped(shell: Shell, waiting: str) -> None:
    assert shell("stop", waiting) == (0, f"Sweep {waiting} begins no more trials; it is finished.", "")
    assert "stopped by its user" in shell("show", waiting)[1]


def test_a_sweep_is_cancelled(shell: Shell, waiting: str) -> None:
    for _ in range(2):
        assert shell("cancel", waiting) == (0, f"Sweep {waiting} is cancelled.", "")


def test_the_answer_can_be_had_as_json(shell: Shell, waiting: str) -> None:
    for verb, state in (("pause", "paused"), ("resume", "queued"), ("stop", "finished")):
        status, printed, _ = shell(verb, waiting, "--json")
        assert (status, json.loads(printed)["state"]) == (0, state)


@pytest.mark.parametrize(
    ("verb", "reason"),
    [
        ("pause", "it has ended and cannot be paused"),
        ("resume", "it has ended; extend it to train more"),
        ("stop", "it has ended and cannot be stopped"),
        ("cancel", "it has ended and cannot be cancelled"),
        ("retry", "none of its trials failed"),
    ],
)
def test_what_a_finished_sweep_refuses_is_status_1_with_the_reason(
    shell: Shell, trained: dict[str, Any], verb: str, reason: str
) -> None:
    status, printed, complaint = shell(verb, str(trained["id"]))
    assert (status, printed) == (1, "")
    assert f"sweep {trained['id']} is finished: {reason}" in complaint


@pytest.mark.parametrize("verb", VERBS)
def test_a_sweep_that_is_not_there_is_status_1(shell: Shell, verb: str) -> None:
    status, printed, complaint = shell(verb, "999")
    assert (status, printed) == (1, "")
    assert "there is no sweep 999" in complaint


@pytest.mark.parametrize("verb", VERBS)
def test_a_number_that_is_none_is_wrong_use(shell: Shell, verb: str) -> None:
    assert shell(verb, "first")[0] == 2
