"""A database that is away or not this version's: 503 with the mend, alive all the same, and well again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from results.schema import upgrade
from settings import Settings

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
