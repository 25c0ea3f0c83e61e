import os
import subprocess
import sys
from pathlib import Path

import pytest

from backsweep.stack import home as homes
from backsweep.stack.errors import HomeUnusable
from backsweep.stack.home import at, occupied

HOLD = """
import sys
from pathlib import Path
from backsweep.stack.home import occupied
with occupied(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_home_is_made_with_all_it_needs(tmp_path):
    with occupied(tmp_path / "a" / "b") as home:
        assert home.artifacts.is_dir()
        assert home.log("api").parent.is_dir()
        assert home.database_url == f"sqlite:///{tmp_path}/a/b/backsweep.db"


def test_a_tilde_is_the_users_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert at(Path("~/here")).path == tmp_path / "here"


@pytest.mark.parametrize("signal", ["end", "kill"])
def test_a_home_in_use_is_refused_with_the_holder_until_that_ends_however_it_ends(tmp_path, signal):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    refused = pytest.raises(HomeUnusable, match=rf"in use by another stack .process {holder.pid}.*--home")
    with refused as raised, occupied(tmp_path):
        pass
    assert "\n" not in str(raised.value)
    if signal == "kill":
        holder.kill()
    holder.communicate()
    with occupied(tmp_path):
        pass


def test_a_home_that_cannot_be_written_is_refused_in_one_line_that_names_the_mend(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(HomeUnusable, match=r"cannot be written .*--home") as raised,
        occupied(tmp_path / "file" / "x"),
    ):
        pass
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_home_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(HomeUnusable), occupied(tmp_path):
        pass


def test_a_disk_without_room_is_refused_with_what_is_left_and_what_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(homes, "LEAST_MEGABYTES", 10**12)
    with (
        pytest.raises(HomeUnusable, match=r"has \d+ MB left and the stack needs 1000000000000; .*--home"),
        occupied(tmp_path),
    ):
        pass
