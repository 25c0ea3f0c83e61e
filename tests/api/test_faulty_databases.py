"""A database that is away or not this version's: 503 with the mend, alive all the same, and well again by itself."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from results.schema import upgrade
from settings import Settings
from tests.services.missing import missing
from tests.services.postgresql import running_postgresql
from worker.broker import folder_address

SWEEP = {"method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}
NO_REDIS = "redis://127.0.0.1:1/0"


def served(database_url: str) -> FlaskClient:
    return create_app(Settings(database_url=database_url, broker_url=NO_REDIS)).test_client()


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////no/such/directory/results.db"])
def test_a_database_that_is_away_is_a_503_problem_and_the_service_is_alive(url: str) -> None:
    http = served(url)
    assert http.get("/healthz").status_code == 200
    assert http.get("/").status_code == 200
    assert http.get("/api/v1/datasets").status_code == 200
    for response in (
        http.get("/readyz"),
        http.get("/api/v1/sweeps"),
        http.get("/api/v1/sweeps/1"),
        http.get("/api/v1/trials/1"),
        http.post("/api/v1/sweeps", json=SWEEP),
        http.post("/api/v1/sweeps/1/cancel"),
    ):
        assert response.status_code == 503, response.text
        assert response.content_type == "application/problem+json"
        assert int(response.headers["Retry-After"]) > 0
        assert "Traceback" not in response.text


def test_a_password_is_never_shown() -> None:
    assert "secret" not in served("postgresql://nobody:secret@127.0.0.1:1/none").get("/readyz").text


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/results.db"
    else:
        server = request.getfixturevalue("postgresql_server")
        url = server.empty_database()
        yield url
        server.drop(url)


def test_a_database_without_tables_makes_the_service_unready_until_it_is_upgraded(empty_url: str) -> None:
    url = empty_url
    http = served(url)
    assert http.get("/").status_code == 200
    for response in (http.get("/api/v1/sweeps"), http.get("/api/v1/trials/1"), http.post("/api/v1/sweeps/1/cancel")):
        assert response.status_code == 503
        assert "backsweep database upgrade" in response.get_json(force=True)["detail"]
    unready = http.get("/readyz")
    assert unready.status_code == 503
    assert "backsweep database upgrade" in unready.get_json(force=True)["detail"]
    assert http.post("/api/v1/sweeps", json=SWEEP).status_code == 503
    upgrade(url)
    assert http.get("/readyz").status_code == 200
    assert http.post("/api/v1/sweeps", json=SWEEP).status_code == 201


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 40 MB of the test's own, where every account may look."""
    folder = Path(tempfile.mkdtemp(prefix="backsweep-disk-"))
    folder.chmod(0o755)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        folder.rmdir()
        missing("a file system of its own: this account may not mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """Write until nothing more goes there."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return filler


@pytest.mark.parametrize("what", ["database", "artifacts", "broker"])
def test_a_full_disk_makes_the_service_unready_and_is_named_until_there_is_room(
    what: str, small_disk: Path, tmp_path: Path
) -> None:
    places = {"database": tmp_path, "artifacts": tmp_path, "broker": tmp_path} | {what: small_disk}
    url = f"sqlite:///{places['database']}/results.db"
    upgrade(url)
    broker = folder_address(places["broker"] / "broker")
    (places["broker"] / "broker").mkdir()
    settings = Settings(database_url=url, broker_url=broker, mlflow_artifacts_root=str(places["artifacts"]))
    http = create_app(settings).test_client()
    assert http.get("/readyz").status_code == 200
    filler = fill(small_disk)
    unready = http.get("/readyz")
    assert unready.status_code == 503
    detail = unready.get_json(force=True)["detail"]
    assert str(small_disk) in detail
    assert "full" in detail
    assert "delete" in detail
    filler.unlink()
    assert http.get("/readyz").status_code == 200


def test_a_full_disk_of_postgresql_makes_the_service_unready_until_there_is_room(small_disk: Path) -> None:
    with running_postgresql() as server:
        tablespace = small_disk / "space"
        tablespace.mkdir(mode=0o700)
        shutil.chown(tablespace, server._wheel.system_user)
        server._execute(f"CREATE TABLESPACE small LOCATION '{tablespace}'")
        url = server.migrated_database()
        server._execute("ALTER SYSTEM SET temp_tablespaces = small", "SELECT pg_reload_conf()")
        http = served(url)
        assert http.get("/readyz").status_code == 200
        filler = fill(small_disk)
        unready = http.get("/readyz")
        assert unready.status_code == 503
        assert "PostgreSQL's data folder" in unready.get_json(force=True)["detail"]
        filler.unlink()
        assert http.get("/readyz").status_code == 200
