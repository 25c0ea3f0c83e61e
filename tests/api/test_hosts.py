"""No web site's own name can stand for the service: DNS rebinding ends at the Host header."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from api.application import create_app
from api.services import EXTENSION
from settings import Settings
from tests.api.test_problems import SWEEP, problem

FOREIGN = [
    "evil.example",
    "evil.example:8700",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "1.2.3",
    "x@127.0.0.1",
]


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/api/v1/sweeps", "/static/page.css", "/nowhere"])
def test_nothing_is_answered_under_the_name_of_another_site(shared_http: FlaskClient, host: str, path: str) -> None:
    found = problem(shared_http.get(path, headers={"Host": host}), 421)
    assert "BACKSWEEP_ALLOWED_HOSTS" in found["detail"]


def test_a_rebound_page_cannot_submit_though_it_seems_to_be_of_the_same_site(shared_http: FlaskClient) -> None:
    headers = {"Host": "evil.example:8700", "Origin": "http://evil.example:8700", "Sec-Fetch-Site": "same-origin"}
    problem(shared_http.post("/api/v1/sweeps", json=SWEEP, headers=headers), 421)
    assert shared_http.get("/api/v1/sweeps").get_json()["sweeps"] == []


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:9000",
        "sweeps.localhost:1",
        "127.0.0.1",
        "127.0.0.9:18700",
        "[::1]:8700",
        "192.168.0.7:80",
    ],
)
def test_addresses_and_localhost_are_answered_with_any_port(shared_http: FlaskClient, host: str) -> None:
    assert shared_http.get("/api/v1/sweeps", headers={"Host": host}).status_code == 200


@pytest.fixture(scope="module")
def named_http(module_settings: Settings) -> Iterator[FlaskClient]:
    """A service that is told two names of its own."""
    app = create_app(replace(module_settings, allowed_hosts=" API, .Example.org "))
    yield app.test_client()
    app.extensions[EXTENSION].close()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("api:8700", 200),
        ("Api", 200),
        ("example.org", 200),
        ("a.b.example.org:1", 200),
        ("anexample.org", 421),
        ("apis", 421),
    ],
)
def test_names_of_the_setting_are_answered_and_no_others(named_http: FlaskClient, host: str, status: int) -> None:
    assert named_http.get("/healthz", headers={"Host": host}).status_code == status


def test_a_request_without_a_host_is_one_for_the_address_it_came_to(module_settings: Settings) -> None:
    app = create_app(module_settings)
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=100)
        connection.putrequest("GET", "/healthz", skip_host=True)
        connection.endheaders()
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions[EXTENSION].close()
