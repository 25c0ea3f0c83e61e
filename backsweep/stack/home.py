"""The home of a stack: its directory, what lies where in it, and the lock that keeps a second stack out.

It is for one account: no other reads its databases, models and logs.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from backsweep.stack.errors import HomeUnusable

# Its own entries, and what begins so.
_OWN = ("backsweep.db", "mlflow.db", "artifacts", "logs", "lock", "broker", "redis.sock", "dump.rdb")
LEAST_MEGABYTES = 200  # a home with less room is refused at the start


@dataclass(frozen=True)
class Home:
    """Paths inside a home directory, which is absolute."""

    path: Path

    @property
    def database(self) -> Path:
        """The file of the results database."""
        return self.path / "backsweep.db"

    @property
    def mlflow_database(self) -> Path:
        """The file of MLflow's database."""
        return self.path / "mlflow.db"

    @property
    def database_url(self) -> str:
        """The results database."""
        return _sqlite(self.database)

    @property
    def mlflow_uri(self) -> str:
        """MLflow's database: a file of its own."""
        return _sqlite(self.mlflow_database)

    @property
    def artifacts(self) -> Path:
        """MLflow's artifacts."""
        return self.path / "artifacts"

    @property
    def broker(self) -> Path:
        """The messages, where no Redis serves; emptied at each start."""
        return self.path / "broker"

    def log(self, name: str) -> Path:
        """The log of one child."""
        return self.path / "logs" / f"{name}.log"


def at(path: Path) -> Home:
    """The home at this path, `~` expanded; nothing is created."""
    return Home(Path(os.path.abspath(path.expanduser())))


def _sqlite(path: Path) -> str:
    """The address of a file, in which a `?`, `#` or `%` of the path means itself."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


@contextmanager
def occupied(path: Path) -> Iterator[Home]:
    """Create the home where needed and hold it; raises `HomeUnusable`."""
    home = at(path)
    before = os.umask(0o077)  # this process's, and so that of all it starts
    try:
        with _held(home):
            yield home
    finally:
        os.umask(before)


@contextmanager
def _held(home: Home) -> Iterator[None]:
    try:
        for directory in (home.path, home.artifacts, home.path / "logs"):
            directory.mkdir(parents=True, exist_ok=True)
        lock = (home.path / "lock").open("a+")
        _close_to_others(home)
    except OSError as error:
        raise HomeUnusable(
            f"the home {home.path} cannot be written ({error.strerror}); name another with --home"
        ) from error
    with lock:
        _lock(lock.fileno(), home)
        free = free_megabytes(home.path)
        if free < LEAST_MEGABYTES:
            raise HomeUnusable(
                f"the disk of the home {home.path} has {free} MB left and the stack needs {LEAST_MEGABYTES}; "
                "delete something there, or name another home with --home"
            )
        yield


def _close_to_others(home: Home) -> None:
    """Take from other accounts what earlier versions let them have; what is not the stack's own stays as it is."""
    own = [entry for entry in os.scandir(home.path) if entry.name.startswith(_OWN) and not entry.is_symlink()]
    if len(own) == len(os.listdir(home.path)):
        _close(home.path)
    for entry in own:
        if entry.is_dir():
            for folder, _, files in os.walk(entry.path):
                if _close(Path(folder)):  # what lies in a closed folder was closed with it
                    for name in files:
                        _close(Path(folder) / name)
        else:
            _close(Path(entry.path))


def _close(path: Path) -> bool:
    """Let its owner alone have it; whether others could before. Of another owner's file only that owner could do it."""
    found = path.lstat()
    open_to_others = bool(found.st_mode & 0o077) and not stat.S_ISLNK(found.st_mode)
    if open_to_others and found.st_uid == os.geteuid():
        path.chmod(stat.S_IMODE(found.st_mode) & ~0o077)
    return open_to_others


def free_megabytes(path: Path) -> int:
    """Room on the disk of the nearest directory that exists."""
    existing = next(place for place in (path, *path.parents) if place.exists())
    return shutil.disk_usage(existing).free // 1_000_000


def _lock(lock: int, home: Home) -> None:
    """Held by the file, so it ends with this process however it ends; the number in it is for people."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        raise HomeUnusable(
            f"the home {home.path} is in use by another stack (process {holder}); stop it or name another with --home"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
