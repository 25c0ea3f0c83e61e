import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from backsweep.stack.errors import ChildDied
from backsweep.stack.group import ProcessGroup
from tests.services.waiting import eventually

SLEEP = [sys.executable, "-c", "import time; print('sleeping', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time\n"
    "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)\n"
    "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(grandchild.pid, flush=True)\n"
    "time.sleep(600)",
]


def first_line(log: Path) -> str:
    return eventually(lambda: log.read_text().partition("\n")[0] if "\n" in log.read_text() else None)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_stopping_ends_children_that_ignore_it_and_their_children(tmp_path):
    group = ProcessGroup(grace_seconds=0.3)
    child = group.start("stubborn", STUBBORN, os.environ, tmp_path / "stubborn.log")
    grandchild = int(first_line(child.log))
    group.stop()
    assert child.process.returncode == -signal.SIGKILL
    assert eventually(lambda: not alive(grandchild))


def test_stopping_twice_is_stopping_once(tmp_path):
    group = ProcessGroup()
    group.start("sleep", SLEEP, os.environ, tmp_path / "sleep.log")
    group.stop()
    group.stop()


def test_the_first_child_is_asked_to_end_after_the_others_have(tmp_path):
    order = tmp_path / "order"
    noting = [
        sys.executable,
        "-c",
        "import signal, sys, time\n"
        f"def end(*_): open({str(order)!r}, 'a').write(sys.argv[1]); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); print('ready', flush=True); time.sleep(600)",
    ]
    group = ProcessGroup(grace_seconds=120)  # nobody is killed for being slow
    for name in "abc":
        first_line(group.start(name, [*noting, name], os.environ, tmp_path / f"{name}.log").log)
    group.stop()
    assert order.read_text()[-1] == "a"
    assert sorted(order.read_text()) == ["a", "b", "c"]


def test_a_dead_child_is_one_line_with_its_name_its_log_and_what_it_said_last(tmp_path):
    group = ProcessGroup()
    try:
        log = tmp_path / "weak.log"
        group.start("weak", [sys.executable, "-c", "print('no more memory'); raise SystemExit(3)"], os.environ, log)
        with pytest.raises(ChildDied) as raised:
            eventually(lambda: group.check())
        message = str(raised.value)
        assert "\n" not in message
        for part in ("weak", "status 3", str(log), "no more memory", "start again"):
            assert part in message
    finally:
        group.stop()


def test_a_killed_child_is_reported_with_the_signal(tmp_path):
    group = ProcessGroup()
    try:
        child = group.start("sleep", SLEEP, os.environ, tmp_path / "sleep.log")
        group.check()
        child.process.kill()
        with pytest.raises(ChildDied, match="was killed by SIGKILL"):
            eventually(lambda: group.check())
    finally:
        group.stop()


def test_a_log_of_the_last_run_is_kept_beside_the_new_one(tmp_path):
    log = tmp_path / "one.log"
    for text in ("first", "second"):
        group = ProcessGroup()
        try:
            group.finish("one", [sys.executable, "-c", f"print({text!r})"], os.environ, log)
        finally:
            group.stop()
    assert log.read_text() == "second\n"
    assert log.with_suffix(".previous.log").read_text() == "first\n"


def test_a_kill_of_the_parent_leaves_no_child_and_no_grandchild(tmp_path):
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from backsweep.stack import keeper\n"
        "from backsweep.stack.group import ProcessGroup\n"
        f"group = ProcessGroup()\n"
        f"child = group.start('stubborn', {STUBBORN!r}, os.environ, Path({str(tmp_path)!r}) / 'stubborn.log')\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    grandchild = int(first_line(tmp_path / "stubborn.log"))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not alive(child) and not alive(grandchild))


FAILING = [sys.executable, "-c", "print('no more memory'); raise SystemExit(3)"]


def test_a_dead_child_is_started_again_after_a_pause_and_that_is_said(tmp_path):
    group, said = ProcessGroup(grace_seconds=120), []
    try:
        child = group.start("sleep", SLEEP, os.environ, tmp_path / "sleep.log")
        first = child.process
        group.restart_dead(said.append)
        assert (said, child.process) == ([], first)
        first.kill()
        eventually(lambda: group.restart_dead(said.append) or said)
        assert (tmp_path / "sleep.previous.log").exists()  # where it says
        assert eventually(lambda: group.restart_dead(said.append) or child.process is not first)
        assert said == [f"sleep was killed by SIGKILL and is started again in 1 s; see {tmp_path}/sleep.previous.log"]
        assert child.process.poll() is None
    finally:
        group.stop()


def test_a_child_that_keeps_dying_is_given_up_with_what_it_said_last(tmp_path, monkeypatch):
    monkeypatch.setattr("backsweep.stack.group.LONGEST_PAUSE", 0.01)
    group, said = ProcessGroup(), []
    try:
        group.start("weak", FAILING, os.environ, tmp_path / "weak.log")
        with pytest.raises(ChildDied, match=r"weak ended with status 3, 5 times in .*no more memory"):
            eventually(lambda: group.restart_dead(said.append))
        assert len(said) == 4
    finally:
        group.stop()
