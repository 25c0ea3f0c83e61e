"""What a stack needs of this machine, looked at one by one: for `backsweep doctor`. Starts and changes nothing."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from backsweep.stack import broker, ports, services
from backsweep.stack import home as homes
from backsweep.stack.errors import NoRedis, NoSharedMemory
from backsweep.stack.options import StackOptions
from engine.blas import SameBits, choose_kernel, kernel_environment
from engine.errors import EngineError
from results import schema
from results.database import open_database
from results.errors import ResultsError
from settings import Settings, SettingsError, from_environment

LEAST_MEMORY_MEGABYTES = 1500
_OTHER_BLAS = "install NumPy's own wheel (pip install --force-reinstall numpy), which brings the OpenBLAS tested here"


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
    yield _shared_memory()
    yield _database(home)
    try:
        settings = from_environment()
    except SettingsError as error:
        yield Finding("settings", str(error), "correct that variable in the environment")
    else:
        yield from _numerics(settings)


def _python() -> Finding:
    return Finding("Python", f"{platform.python_version()} at {sys.executable}")


def _broker(kind: str) -> Finding:
    try:
        program = broker.choose(kind)
    except NoRedis as error:
        found, _, mend = str(error).partition("; ")
        return Finding("broker", found, mend)
    return Finding("broker", program or "a folder in the home (a redis-server on the PATH would be used)")


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


def _shared_memory() -> Finding:
    try:
        services.require_shared_memory()
    except NoSharedMemory as error:
        found, _, mend = str(error).partition("; ")
        return Finding("shared memory", found, mend)
    return Finding("shared memory", "can be used")


def _database(home: homes.Home) -> Finding:
    if not home.database.exists():
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


def _numerics(settings: Settings) -> Iterator[Finding]:
    """The kernel that workers would train with, and how far the same bits come out with it."""
    try:
        kernel = choose_kernel(settings.kernel_cache(), settings.blas_kernel)
    except EngineError as error:
        yield Finding("BLAS kernel", str(error), "unset BACKSWEEP_BLAS_KERNEL: it is then chosen by measurement")
        return
    command = [sys.executable, "-P", "-m", "engine.same_bits", str(settings.kernel_cache())]
    ended = subprocess.run(
        command, env=os.environ | kernel_environment(kernel), capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or [f"status {ended.returncode}"])[-1]
        yield Finding("BLAS kernel", f"{kernel or 'chosen by BLAS'}: training fails with it: {last}", _OTHER_BLAS)
        return
    found = json.loads(ended.stdout)
    used = f"{found['kernel'] or 'not told'}, by {found['blas']}, threads: {found['threads']}"
    other = settings.blas_kernel and found["kernel"] != kernel
    yield Finding("BLAS kernel", f"{used}; {kernel} was asked for" if other else used)
    yield _same_bits(SameBits(found["same_bits"]), found["seconds"])


def _same_bits(bits: SameBits, seconds: float) -> Finding:
    if bits is SameBits.NO:
        return Finding("same bits", "no: the same training gives other bits the second time", _OTHER_BLAS)
    if bits is SameBits.ONE_BY_ONE:
        return Finding("same bits", "alone and continued; in one array they differ, so trials are trained one by one")
    return Finding("same bits", f"alone, in one array and continued (compared in {seconds:.1f} s)")
