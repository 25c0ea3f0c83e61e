"""A client that froze, or whose host vanished, in the middle of a transaction: the others go on without it."""

from __future__ import annotations

import threading

from results.database import open_database
from results.errors import DatabaseUnusable
from results.writes.locking import lock_sweep
from tests.results.samples import claim, recover, store


def test_a_worker_that_falls_silent_while_it_holds_a_sweep_does_not_stop_recovery(postgresql_server, monkeypatch):
    url = postgresql_server.migrated_database()
    database = open_database(url)
    created = store(database)
    claim(database, created.job_ids[0], lease_seconds=-1)
    # For the silent one alone, and only now: what the others do may take longer on a busy machine. Their pool keeps the
    # connection that was opened above, under the usual limit.
    monkeypatch.setattr("results.postgresql.IDLE_SECONDS", 0.5)
    silent = open_database(url)
    held, woken, given_up = threading.Event(), threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def fall_silent() -> None:
        while True:
            try:
                with silent.write() as connection:
                    lock_sweep(connection, created.sweep_id)
                    held.set()
                    woken.wait(150)
                    lock_sweep(connection, created.sweep_id)
                return
            except DatabaseUnusable as error:
                if held.is_set():
                    errors.append(error)
                    return
                # A stall of this machine was taken for silence before it held anything: once more.

    thread = threading.Thread(target=fall_silent, daemon=True)
    thread.start()
    assert held.wait(100)
    found: list[object] = []

    def run_recovery() -> None:
        while not found and not given_up.wait(0.05):  # as often as it takes: it waits for nobody
            with database.write() as connection:
                found.extend(recover(connection, 30).requeued)

    recovery = threading.Thread(target=run_recovery, daemon=True)
    recovery.start()
    recovery.join(100)
    given_up.set()
    woken.set()
    thread.join(100)
    assert found == [created.job_ids[0]]
    assert len(errors) == 1
    for one in (database, silent):
        one.dispose()
    postgresql_server.drop(url)
