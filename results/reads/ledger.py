"""The ledger: which planned trials were trained before. Called by `results.writes.sweeps` and by the API's preview.

A trial was trained before where another one has its digest (`sweeps.digests`), did all its epochs or diverged, and was
computed as workers compute now: same version of the numerics, NumPy, BLAS, kernel and threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from engine.blas import SameBits
from engine.version import NUMERICS
from results.tables.sweeps import configurations
from results.tables.trials import trials
from sweeps.reuse import TrainedBefore
from sweeps.states import State

_CHUNK = 2000  # digests in one IN (...)
ARITHMETIC = ("numerics", "numpy", "blas", "kernel", "threads")  # what of a machine the bits depend on


def trained_before(connection: Connection, digests: Mapping[int, str]) -> TrainedBefore:
    """Of planned trials (number -> digest) those that were trained before; the oldest donor of each."""
    present = _present(connection)
    if present is None:
        return TrainedBefore()
    oldest: dict[str, Row[Any]] = {}
    for row in _candidates(connection, sorted(set(digests.values())), present):
        if arithmetic(row.machine) == present and repeats(row.machine):
            known = oldest.get(row.digest)
            if known is None or row.id < known.id:
                oldest[row.digest] = row
    donors = {number: oldest[digest].id for number, digest in digests.items() if digest in oldest}
    return TrainedBefore(donors, tuple(sorted({row.sweep_id for row in oldest.values()})))


def any_trained(connection: Connection) -> bool:
    """Whether there may be any trial that was trained before."""
    return _present(connection) is not None


def whole() -> ColumnElement[bool]:
    """Trained to the end; asked of `trials` joined with `configurations`."""
    planned = configurations.c.epochs
    all_epochs = (trials.c.completed_epochs == planned) & (trials.c.epochs_recorded == planned)
    complete = or_(trials.c.diverged_epoch.is_not(None), all_epochs)
    return (trials.c.state == State.FINISHED) & complete


def _present(connection: Connection) -> tuple[object, ...] | None:
    """How the newest training here was computed.

    None before the first, where this program computes otherwise, and where results do not come out the same twice.
    """
    trained = trials.c.blas_kernel.is_not(None) & trials.c.reused_from.is_(None)
    newest = select(trials.c.machine).where(trained).order_by(trials.c.id.desc()).limit(1)
    machine = connection.execute(newest).scalar_one_or_none()
    if machine is None or machine.get("numerics") != NUMERICS or not repeats(machine):
        return None
    return arithmetic(machine)


def arithmetic(machine: Mapping[str, object] | None) -> tuple[object, ...]:
    """What of a machine the bits depend on."""
    return tuple((machine or {}).get(name) for name in ARITHMETIC)


def repeats(machine: Mapping[str, object] | None) -> bool:
    """Whether a training comes out the same again there; records older than that question say nothing against it."""
    return (machine or {}).get("same_bits") != SameBits.NO


def _candidates(connection: Connection, digests: list[str], present: tuple[object, ...]) -> Iterator[Row[Any]]:
    query: Select[Any] = select(trials.c.digest, trials.c.id, trials.c.sweep_id, trials.c.machine)
    query = query.select_from(trials.join(configurations)).where(whole())
    query = query.where(trials.c.blas_kernel == str(present[ARITHMETIC.index("kernel")]))
    for first in range(0, len(digests), _CHUNK):
        these = query.where(trials.c.digest.in_(digests[first : first + _CHUNK]))
        yield from connection.execute(these).all()
