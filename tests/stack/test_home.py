import os
import subprocess
import sys
from pathlib import Path

import pytest

from backsweep.stack import home as homes
from backsweep.stack.errors import HomeUnusable
from backsweep.stack.home import at, occupied
from results import schema
from results.database import open_database
from tracking.address import database_url, sqlite_path

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


@pytest.mark.parametrize("name", ["a?b%20c #d", "a?mode=memory", "@host:5/x", "100%", "%2F", "+ +", "file:x", "ü"])
def test_the_addresses_of_its_databases_lead_into_it_whatever_its_name(tmp_path, name):
    with occupied(tmp_path / name) as home:
        schema.upgrade(home.database_url)
        with open_database(home.database_url).read():
            pass
        assert sqlite_path(database_url(home.mlflow_uri)) == home.path / "mlflow.db"
    assert (tmp_path / name / "backsweep.db").stat().st_size > 0
    assert os.listdir(tmp_path) == [name.partition("/")[0]]


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


def modes(path):
    return {str(one.relative_to(path)): oct(one.lstat().st_mode & 0o777) for one in (path, *path.rglob("*"))}


def test_what_an_earlier_version_left_open_to_other_accounts_is_closed(tmp_path):
    home = tmp_path / "home"
    (home / "artifacts" / "run").mkdir(parents=True)
    (home / "logs").mkdir()
    for name in ("backsweep.db", "backsweep.db-wal", "mlflow.db", "lock", "logs/api.log", "artifacts/run/model.npz"):
        (home / name).write_text("")
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    outside = tmp_path / "mine.txt"
    outside.write_text("")
    outside.chmod(0o644)
    (home / "artifacts" / "linked").symlink_to(outside)
    with occupied(home) as held:
        (held.path / "logs" / "new.log").write_text("")
        found = {name: mode for name, mode in modes(home).items() if name != "artifacts/linked"}
    folders = {".", "artifacts", "artifacts/run", "logs"}
    assert found == {name: "0o700" if name in folders else "0o600" for name in found}
    assert len(found) == 11
    assert modes(outside) == {".": "0o644"}


def test_what_is_not_the_stacks_own_stays_open_in_a_home_that_has_more(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "notes.txt").chmod(0o644)
    before = os.umask(0o022)
    try:
        with occupied(tmp_path):
            pass
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    found = modes(tmp_path)
    assert (found["."], found["notes.txt"], found["logs"], found["lock"]) == ("0o755", "0o644", "0o700", "0o600")
