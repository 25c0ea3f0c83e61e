"""Settings: the environment, read once, into one frozen object.

Programs call `from_environment()` at their start and pass the object on; tests build another. Every variable is
BACKSWEEP_ and the field's name in capitals; `BACKSWEEP_<NAME>_FILE` names a file that holds the value (for secrets).
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PREFIX = "BACKSWEEP_"


class SettingsError(Exception):
    """An environment variable that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """All that a deployment may decide."""

    database_url: str = "sqlite:///backsweep.db"  # results database (SQLAlchemy URL)
    broker_url: str = "redis://127.0.0.1:6379/0"  # redis://, redis+socket:///path, or folder:///path for one machine
    mlflow_tracking_uri: str = ""  # database address (bulk) or http(s)://; empty: no tracking
    mlflow_artifacts_root: str = ""  # folder of artifacts, shared with the MLflow server; empty: see docs/tracking.md
    mlflow_ui_url: str = ""  # address of the MLflow UI as users reach it, for links
    blas_kernel: str = ""  # OPENBLAS_CORETYPE to force; empty: chosen by measurement
    cache_directory: str = ""  # where that choice is kept; empty: the user's cache directory
    lease_seconds: float = 30.0  # a silent worker counts as dead after this
    flush_seconds: float = 1.0  # workers write and read back about this often
    checkpoint_seconds: float = 10.0  # long jobs save their state about this often
    stall_seconds: float = 3600.0  # a training that takes no step for so long is ended
    max_attempts: int = 3  # claims of a job before it fails
    recovery_seconds: float = 5.0  # pause between recovery passes
    resend_seconds: float = 30.0  # a job that was sent but not claimed for this long is sent again
    idempotency_seconds: float = 86_400.0  # answers under an Idempotency-Key are kept for so long
    tracking_seconds: float = 2.0  # pause between tracking passes
    max_trials: int = 100_000  # largest sweep that is accepted
    max_content_length: int = 2_000_000  # largest request body, bytes
    header_seconds: float = 10.0  # a request line and its headers arrive within this
    body_seconds: float = 30.0  # and then its body
    answer_seconds: float = 30.0  # a client takes 64 kB of an answer, or its rest, within this
    idle_seconds: float = 15.0  # a connection that asks nothing is closed after this
    allowed_hosts: str = ""  # names the API answers under, beside addresses and localhost; joined by commas
    alive_file: str = ""  # touched every few seconds by the worker, tracker or scheduler; empty: none
    failpoints: str = ""  # directory in which fault tests arm failpoints; empty: none

    def hosts(self) -> tuple[str, ...]:
        """The names of `allowed_hosts`, each as a Host header has it: in lower case, without port."""
        return tuple(name for name in (part.strip().lower() for part in self.allowed_hosts.split(",")) if name)

    def cache(self) -> Path:
        """The directory for what may be measured again."""
        if self.cache_directory:
            return Path(self.cache_directory)
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backsweep"

    def kernel_cache(self) -> Path:
        """The file that keeps which BLAS kernel is the fastest, and whether it gives the same bits."""
        return self.cache() / "blas-kernel.json"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; raises `SettingsError` naming the variable at fault."""
    found: dict[str, Any] = {}
    for entry in fields(Settings):
        variable = PREFIX + entry.name.upper()
        text = _text(variable, environment)
        if text:  # empty means not set, as Compose leaves it
            found[entry.name] = _parsed(variable, text, type(entry.default))
    return Settings(**found)


def to_environment(settings: Settings) -> dict[str, str]:
    """The variables from which `from_environment` reads the same settings: how a program hands them to its children."""
    return {PREFIX + entry.name.upper(): str(getattr(settings, entry.name)) for entry in fields(Settings)}


def _text(variable: str, environment: Mapping[str, str]) -> str | None:
    path = environment.get(variable + "_FILE")
    if path is None:
        return environment.get(variable)
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}_FILE: cannot read {path}: {error}") from error


def _parsed(variable: str, text: str, kind: type) -> Any:
    """Text as a value; numbers must be positive and finite, for each is a duration or a bound."""
    try:
        value = kind(text)
    except ValueError:
        raise SettingsError(f"{variable} must be {_KINDS[kind]}, not {text!r}") from None
    if kind is not str and not (value > 0 and math.isfinite(value)):
        raise SettingsError(f"{variable} must be {_KINDS[kind]}, not {text!r}")
    return value


_KINDS: dict[type, str] = {int: "a positive whole number", float: "a positive number", str: "text"}
