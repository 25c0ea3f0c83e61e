"""Errors of the worker; those derived from `HopelessJob` say that another attempt would end the same way."""

from __future__ import annotations


class WorkerError(Exception):
    """Base of all errors the worker raises on purpose."""


class HopelessJob(WorkerError):
    """A job that no attempt can finish."""


class DatasetChanged(HopelessJob):
    """The data set here is not the one the sweep was planned on.

    Attributes: `name` of the data set, the `expected` digest and the one `found`.
    """

    def __init__(self, name: str, expected: str, found: str) -> None:
        self.name, self.expected, self.found = name, expected, found
        super().__init__(
            f"the data set {name!r} differs from the one this sweep was submitted for "
            f"(SHA-256 {found[:12]} here, {expected[:12]} then); submit the sweep again"
        )
