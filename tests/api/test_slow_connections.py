"""The API's server as it is run, over real sockets of clients that are slow, silent or gone."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import psutil
import pytest
import requests

from results.schema import upgrade
from settings import Settings, to_environment
from tests.services.ports import free_port
from tests.services.waiting import eventually

PATIENCE = 30  # seconds; a request that is held up by slow ones waits for as long as they like
HOST = "Host: 127.0.0.1\r\n"
POST = f"POST /api/v1/sweeps HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n"
SLOW = {
    "nothing": "",
    "half a request line": "GET /heal",
    "request line and Host": f"GET /healthz HTTP/1.1\r\n{HOST}",
    "a header without an end": f"GET /healthz HTTP/1.1\r\n{HOST}X-Slow: ",
    "a body that never comes": f"{POST}Content-Length: 1000\r\n\r\n",
    "half a body": f'{POST}Content-Length: 1000\r\n\r\n{{"name": ',
    "half a chunk": f"{POST}Transfer-Encoding: chunked\r\n\r\n40\r\n{{",
    "a body after 100 Continue": f"{POST}Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
}
TRICKLING = ("half a request line", "a header without an end", "half a body")


class Server:
    """gunicorn with the API, on a port of its own."""

    def __init__(self, settings: Settings, *options: str) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "python:api.server"]
        command += ["--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen([*command, *options], env=os.environ | to_environment(settings))
        eventually(self.answers)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)

    def answers(self) -> bool:
        try:
            return self.get("/healthz").status_code == 200
        except requests.ConnectionError:
            assert self.process.poll() is None
            return False

    def get(self, path: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE)

    def connections(self) -> int:
        """How many clients its processes hold."""
        processes = psutil.Process(self.process.pid).children()
        held = [entry for process in processes for entry in process.net_connections("tcp")]
        return sum(entry.status == psutil.CONN_ESTABLISHED for entry in held)

    def connect(self, text: str = "") -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        connection.sendall(text.encode())
        return connection


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    url = f"sqlite:///{tmp_path_factory.mktemp('results') / 'results.db'}"
    upgrade(url)
    return Settings(database_url=url, broker_url="redis://127.0.0.1:1/0")


@pytest.fixture(scope="module")
def server(settings) -> Iterator[Server]:
    """A server as it is run, for tests that leave it as it was."""
    started = Server(settings)
    yield started
    started.stop()


@pytest.fixture
def serve(settings) -> Iterator[Callable[..., Server]]:
    """Starts servers with other settings or options."""
    started: list[Server] = []

    def start(*options: str, **changed: float) -> Server:
        started.append(Server(replace(settings, **changed), *options))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def closed(connection: socket.socket, seconds: float = 10 * PATIENCE) -> bytes:
    """What the server said before it closed; raises TimeoutError where it does not."""
    connection.settimeout(seconds)
    said = b""
    try:
        while part := connection.recv(65_536):
            said += part
    except ConnectionResetError:
        pass
    return said


def answer_on(connection: socket.socket) -> int:
    """The status of one answer, read whole from a connection that stays open."""
    connection.settimeout(PATIENCE)
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    answer.read()
    return answer.status


def status(answer: bytes) -> int:
    return int(answer.split()[1])


@pytest.mark.parametrize("kind", SLOW)
def test_200_slow_sockets_delay_nobody(server, kind):
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect(SLOW[kind])) for _ in range(200)]
        for _ in range(20):
            assert server.get("/healthz").status_code == 200
        assert server.get("/api/v1/sweeps").status_code == 200
        if kind in TRICKLING:
            for _ in range(3):
                for connection in slow:
                    connection.sendall(b"x")
                assert server.get("/healthz").status_code == 200


@pytest.mark.parametrize("kind", ["half a request line", "request line and Host", "half a body", "half a chunk"])
def test_what_does_not_arrive_in_time_is_a_408_and_the_connection_ends(serve, kind):
    with serve(header_seconds=1.0, body_seconds=1.0).connect(SLOW[kind]) as connection:
        said = closed(connection)
    assert status(said) == 408
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 408


@pytest.mark.parametrize("kind", TRICKLING)
def test_bytes_that_trickle_in_do_not_move_the_deadline(serve, kind):
    server = serve(header_seconds=2.0, body_seconds=2.0)
    with server.connect(SLOW[kind]) as connection:
        ended = threading.Event()

        def trickle() -> None:
            while not ended.wait(0.2):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            assert closed(connection) is not None
        finally:
            ended.set()
            thread.join()


def test_a_silent_connection_is_closed_without_a_word(serve):
    with serve(idle_seconds=1.0).connect() as connection:
        assert closed(connection) == b""


def test_more_connections_than_a_process_holds_replace_the_ones_that_wait(serve):
    server = serve("--workers", "1")
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect(SLOW["half a body"])) for _ in range(1_500)]
        assert server.get("/healthz").status_code == 200
        assert status(closed(slow[0])) == 408


def test_the_end_of_slow_connections_is_not_that_of_others(serve):
    server = serve("--workers", "1", header_seconds=1.0)
    ended = threading.Event()

    def open_slow_ones() -> None:
        with ExitStack() as stack:
            while not ended.wait(0.02):
                stack.enter_context(server.connect(SLOW["half a request line"]))

    def ask() -> list[int]:
        until = time.monotonic() + 6  # the slow ones are ended once a second
        found = []
        while time.monotonic() < until:
            found.append(server.get("/healthz").status_code)
        return found

    with ThreadPoolExecutor(9) as pool:
        slow = pool.submit(open_slow_ones)
        try:
            for asked in [pool.submit(ask) for _ in range(8)]:
                assert set(asked.result()) == {200}
        finally:
            ended.set()
        slow.result()


def test_readers_that_take_nothing_hold_no_thread_and_are_closed(serve):
    server = serve("--workers", "1", "--threads", "2", answer_seconds=5.0)
    times = 100
    whole = times * len(server.get("/openapi.json").content)  # more than the sockets' buffers hold
    request = f"GET /openapi.json HTTP/1.1\r\n{HOST}\r\n" * times
    with ExitStack() as stack:
        readers = [stack.enter_context(socket.socket()) for _ in range(10)]
        for reader in readers:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            reader.connect(("127.0.0.1", server.port))
            reader.sendall(request.encode())
        for _ in range(10):
            assert server.get("/healthz").status_code == 200
        eventually(lambda: server.connections() == 0)
        for reader in readers:
            assert len(closed(reader)) < whole


def test_a_request_in_time_is_answered_however_it_is_cut(server):
    whole = f"GET /healthz HTTP/1.1\r\n{HOST}X: y\r\n\r\n".encode()
    with server.connect() as connection:
        for byte in whole:
            connection.sendall(bytes([byte]))
        assert answer_on(connection) == 200
        connection.sendall(whole)  # and the connection serves the next one
        assert answer_on(connection) == 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET / HTTP/1.1\r\nnonsense\r\n\r\n", 400),
        (f"GET /{'x' * 70_000} HTTP/1.1\r\n{HOST}\r\n", 431),
        (f"GET http://[::1 HTTP/1.1\r\n{HOST}\r\n", 400),
        (f"{POST}Content-Length: 99999999\r\n\r\n", 413),
        (f"{POST}Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n", 413),
        (f"{POST}Content-Length: {'9' * 5_000}\r\n\r\n", 400),
        (f"{POST}Content-Length: -1\r\n\r\n", 400),
        (f"{POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}", 400),
        (f"{POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (f"{POST.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (f"{POST}Transfer-Encoding: other\r\n\r\n", 501),
        (f"{POST}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n", 400),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_what_is_not_http_is_refused_as_a_problem(server, text, expected):
    with server.connect(text) as connection:
        said = closed(connection, PATIENCE)
    assert status(said) == expected
    assert json.loads(said.partition(b"\r\n\r\n")[2])["status"] == expected


@pytest.mark.parametrize("megabytes", [3, 50])
def test_a_body_that_is_too_large_is_told_its_limit_though_its_client_sends_on(server, megabytes):
    url = f"http://127.0.0.1:{server.port}/api/v1/sweeps"
    answer = requests.post(url, data=b" " * (megabytes * 1_000_000), timeout=PATIENCE)
    assert answer.status_code == 413
    assert "longer than the 2000000 bytes" in answer.json()["detail"]


def test_a_request_whose_body_is_chunked_is_read_whole(server):
    url = f"http://127.0.0.1:{server.port}/api/v1/sweeps"
    answer = requests.post(url, data=iter([b'{"na', b'me": 1}']), timeout=PATIENCE)
    assert answer.status_code == 422


@pytest.mark.parametrize("ending", ["Content-Length: 0\r\n\r\n", "\r\n", "Content-Length: 2\r\n\r\n"])
def test_100_continue_is_said_before_a_body_and_only_there(server, ending):
    with server.connect(f"{POST}Expect: 100-continue\r\n{ending}") as connection:
        connection.settimeout(PATIENCE)
        if "2" in ending:
            assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(b"{}")
        assert answer_on(connection) in (400, 415, 422)
        connection.sendall(f"GET /healthz HTTP/1.1\r\n{HOST}\r\n".encode())  # which is the next request
        assert answer_on(connection) == 200


def test_requests_in_one_go_are_answered_in_their_order(server):
    paths = ["/healthz", "/nowhere", "/api/v1/sweeps", "/api/v1/sweeps/1"]
    text = "".join(f"GET {path} HTTP/1.1\r\n{HOST}\r\n" for path in paths)
    with server.connect(text.removesuffix("\r\n") + "Connection: close\r\n\r\n") as connection:
        said = closed(connection)
    assert [int(part.split()[0]) for part in said.split(b"HTTP/1.1")[1:]] == [200, 404, 200, 404]


def test_head_is_answered_as_get_without_a_body(server):
    request = f"HEAD /openapi.json HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"
    with server.connect(request) as connection:
        head, _, body = closed(connection).partition(b"\r\n\r\n")
    assert body == b""
    assert f"Content-Length: {len(server.get('/openapi.json').content)}".encode() in head


def test_processes_are_replaced_and_no_request_is_lost(serve):
    server = serve("--workers", "1", "--max-requests", "20", "--max-requests-jitter", "5")
    for _ in range(60):
        assert server.get("/healthz").status_code == 200


def test_sigterm_answers_what_was_begun_and_ends_soon(serve):
    server = serve("--workers", "1")
    with server.connect() as idle, server.connect(f"{POST}Content-Length: 2\r\n\r\n{{") as begun:
        server.get("/healthz")  # both were accepted before
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        begun.sendall(b"}")
        assert status(closed(begun)) == 422
        assert closed(idle) == b""
    assert server.process.wait(PATIENCE) == 0


def test_a_request_without_a_host_is_one_for_the_address_it_came_to(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.putrequest("GET", "/healthz", skip_host=True)
    connection.endheaders()
    assert connection.getresponse().status == 200
    connection.close()
