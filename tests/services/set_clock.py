"""Processes whose wall clock can be set, while their time goes on: a library loaded before libc, compiled here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.services.missing import missing

SOURCE = Path(__file__).with_name("set_clock.c")


class SettableClock:
    """One wall clock, of all processes that are started with its `environment`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._library, self._offset = folder / "set_clock.so", folder / f"{name}.clock"
        if not self._library.exists():
            compiler = shutil.which("cc") or shutil.which("gcc")
            if compiler is None:
                missing("a C compiler, for clocks that can be set (Debian, Ubuntu: apt install gcc libc6-dev)")
            command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(self._library), str(SOURCE), "-ldl"]
            subprocess.run(command, check=True, timeout=120)
        self._seconds = 0
        self._offset.write_text(f"{0:<64d}")

    @property
    def environment(self) -> dict[str, str]:
        """What a process must find in its environment."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFFSET": str(self._offset)}

    def jump(self, seconds: int) -> None:
        """Set it forward, or back."""
        self._seconds += seconds
        with self._offset.open("r+") as file:
            file.write(f"{self._seconds:<64d}")
