"""A sweep's progress while one waits: a live bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from backsweep.client import Client
from backsweep.display.console import console
from backsweep.display.values import duration

LINE_SECONDS = 5.0


def watch(
    client: Client, sweep_id: int, *, quiet: bool = False, alive: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Wait until the sweep has ended, showing its progress, and return it.

    `alive` is called at every look; it raises where waiting has become pointless.
    """
    if quiet:
        return client.wait(sweep_id)
    out = console()
    if not out.is_terminal:
        return client.wait(sweep_id, _both(lines(), alive))
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(f"sweep {sweep_id}", total=None)
        return client.wait(
            sweep_id,
            _both(
                lambda sweep: progress.update(
                    task,
                    description=_counts(sweep),
                    total=max(1, _planned(sweep)),
                    completed=_done(sweep),
                ),
                alive,
            ),
        )


def _both(show: Callable[[dict[str, Any]], None], alive: Callable[[], None]) -> Callable[[dict[str, Any]], None]:
    def step(sweep: dict[str, Any]) -> None:
        show(sweep)
        alive()

    return step


def lines(pause: float = LINE_SECONDS) -> Callable[[dict[str, Any]], None]:
    """A function that prints a line about the sweep at most every `pause` seconds, and when its state changes."""
    last_at, last_state = -pause, ""

    def line(sweep: dict[str, Any]) -> None:
        nonlocal last_at, last_state
        now = time.monotonic()
        if sweep["state"] == last_state and now - last_at < pause:
            return
        last_at, last_state = now, sweep["state"]
        share = 100 * _done(sweep) / max(1, _planned(sweep))
        since = f", {duration(sweep)}" if sweep["started_at"] else ""
        console().print(f"{_counts(sweep)}, {share:.0f}% of the epochs{since}")

    return line


def _planned(sweep: dict[str, Any]) -> int:
    """Epochs of all trials; a search's that are not proposed yet are taken to be like those that are."""
    known, whole = sweep["configuration_count"], sweep["run_cap"]
    if sweep["search"] is None or not known or sweep["state"] == "finished":
        return int(sweep["epochs_planned"])
    return int(sweep["epochs_planned"] * max(1.0, whole / known))


def _done(sweep: dict[str, Any]) -> int:
    """Epochs done; ended trials count as whole, because diverged ones need no more."""
    return int(_planned(sweep) if sweep["state"] == "finished" else sweep["epochs_recorded"])


def _counts(sweep: dict[str, Any]) -> str:
    states = ", ".join(f"{count} {state}" for state, count in sweep["trials"].items() if count)
    return f"sweep {sweep['id']} {sweep['state']}: {states}"
