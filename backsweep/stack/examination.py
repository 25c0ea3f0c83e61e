"""What a stack needs of this machine, looked at one by one: for `backsweep doctor`. Starts and changes nothing."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from backsweep.stack import broker, ports
from backsweep.stack import home as homes
from backsweep.stack.errors import NoRedis
from backsweep.stack.options import StackOptions
from engine.blas import choose_kernel
from engine.errors import EngineError
from results import schema
from results.database import open_database
from results.errors import ResultsError
from settings import Settings, SettingsError, from_environment

LEAST_MEMORY_MEGABYTES = 1500


@dataclass(frozen=True)
class Finding:
    """One look: `mend` is empty where all is well."""

    subject: str
    found: str
    mend: str = ""


def examine(options: StackOptions) -> Iterator[Finding]:
    """Every finding, in the order in which a start would meet them."""
    yield _python()
    yield _broker(options.broker)
    for option, port in (("--port", options.port), ("--mlflow-port", options.mlflow_port)):
        yield _port(options.host, port, option)
    home = homes.at(options.home)
    yield _home(home.path)
    yield _disk(home.path)
    yield _memory()
    yield _database(home)
    try:
        settings = from_environment()
    except SettingsError as error:
        yield Finding("settings", str(error), "correct that variable in the environment")
    else:
        yield _kernel(settings)


def _python() -> Finding:
    return Finding("Python", f"{platform.python_version()} at {sys.executable}")


def _broker(kind: str) -> Finding:
    try:
        program = broker.choose(kind)
    except NoRedis as error:
        found, _, mend = str(error).partition("; ")
        return Finding("broker", found, mend)
    return Finding("broker", program or "a folder in the home; a redis-server on the PATH hands jobs out 25 ms sooner")


def _port(host: str, port: int, option: str) -> Finding:
    reason = ports.refusal(host, port)
    if reason is None:
        return Finding(f"port {port}", f"free on {host}")
    return Finding(f"port {port}", f"{reason} on {host}", f"stop what listens there, or name another with {option}")


def _home(path: Path) -> Finding:
    """The nearest directory that exists must take new entries."""
    existing = next(place for place in (path, *path.parents) if place.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding("home", f"{path} cannot be written", "name another with --home, or change its permissions")
    return Finding("home", str(path) if path.exists() else f"{path}, made at the first start")


def _disk(path: Path) -> Finding:
    free = homes.free_megabytes(path)
    if free < homes.LEAST_MEGABYTES:
        mend = f"the stack needs {homes.LEAST_MEGABYTES} MB: delete something there, or name another home with --home"
        return Finding("disk", f"{free} MB free for {path}", mend)
    return Finding("disk", f"{free:,} MB free for {path}")


def _memory() -> Finding:
    """The stack rests at 2.2 GB with two workers, of which shared pages are counted several times."""
    free = psutil.virtual_memory().available // 1_000_000
    if free < LEAST_MEMORY_MEGABYTES:
        return Finding("memory", f"{free} MB available", "end other programs, or start with --workers 1")
    return Finding("memory", f"{free:,} MB available")


def _database(home: homes.Home) -> Finding:
    if not (home.path / "backsweep.db").exists():
        return Finding("database", "none yet, made at the first start")
    try:
        database = open_database(home.database_url)
        try:
            schema.check(database)
        finally:
            database.dispose()
    except ResultsError as error:
        return Finding("database", str(error), f"backsweep database upgrade --home {home.path}")
    return Finding("database", "up to date")


def _kernel(settings: Settings) -> Finding:
    try:
        kernel = choose_kernel(settings.cache() / "blas-kernel.json", settings.blas_kernel)
    except EngineError as error:
        return Finding("BLAS kernel", str(error), "unset BACKSWEEP_BLAS_KERNEL: it is then chosen by measurement")
    return Finding("BLAS kernel", kernel or "chosen by BLAS")
