"""Waits until a program serves: by asking it what users ask, while watching that no child dies."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import requests

from backsweep.stack.errors import NotReady
from backsweep.stack.group import Child


def wait_for(child: Child, address: str, check: Callable[[], None], seconds: float = 300.0) -> None:
    """Return once a GET of the address answers 200; raises `NotReady`, and whatever `check` raises."""
    deadline = time.monotonic() + seconds
    reason = "no answer"
    with requests.Session() as session:
        session.trust_env = False  # no proxies on the way to loopback
        while time.monotonic() < deadline:
            check()
            try:
                answer = session.get(address, timeout=30)
            except requests.RequestException:
                time.sleep(0.1)
                continue
            if answer.status_code == 200:
                return
            reason = f"status {answer.status_code}: {answer.text[:200]}".replace("\n", " ")
            time.sleep(0.2)
    raise NotReady(child.name, address, seconds, reason, child.log)


def wait_for_file(child: Child, path: Path, check: Callable[[], None], seconds: float = 120.0) -> None:
    """Return once the path exists; raises as `wait_for`."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        check()
        if time.monotonic() > deadline:
            raise NotReady(child.name, str(path), seconds, "not there", child.log)
        time.sleep(0.02)
