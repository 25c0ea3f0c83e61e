"""A machine is measured once, and the planner makes its jobs by that."""

from results.reads.machines import slowness
from results.tables.machines import machines
from results.writes.machines import store_machine
from tests.worker.stored import rows
from worker import calibration


def test_a_machine_is_measured_once_and_its_slowness_stored(database, monkeypatch):
    found = calibration.calibrate(database)
    [row] = rows(database, machines)
    assert row["name"] == calibration.machine_name()
    assert row["slowness"] == found > 0

    def again(together):
        raise AssertionError("measured again")

    monkeypatch.setattr(calibration, "slowness", again)
    assert calibration.calibrate(database) is None


def test_machines_whose_blas_names_no_kernel_are_told_apart_by_the_blas(monkeypatch):
    names = set()
    for blas in ("blas/libblas.so.3.12.1 f587c9b8", "blis-serial/libblas.so.3 a1a7ece8"):
        monkeypatch.setattr(calibration, "machine", lambda blas=blas: {"cpu": "CPU", "kernel": "", "blas": blas})
        names.add(calibration.machine_name())
    assert len(names) == 2


def test_the_planner_goes_by_the_machine_in_the_middle(database):
    with database.read() as connection:
        assert slowness(connection) == 1.0
    with database.write() as connection:
        for name, value in (("fast", 0.5), ("slow", 3.0), ("usual", 1.2), ("usual", 9.9)):
            store_machine(connection, name, value)
        assert slowness(connection) == 1.2


def test_a_database_that_is_away_does_not_keep_a_worker_from_starting(tmp_path):
    from results.database import open_database

    empty = open_database(f"sqlite:///{tmp_path / 'without-tables.db'}")
    assert calibration.calibrate(empty) is None
    empty.dispose()
