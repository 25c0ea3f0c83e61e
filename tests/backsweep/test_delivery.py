"""The client sends again what was not answered, and it is done once."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.request import Request, urlopen

import pytest

from backsweep import Client
from backsweep.errors import Conflict, InvalidInput

SWEEP = {"name": "one", "method": "grid", "parameters": {"dataset": {"value": "xor"}, "epochs": {"value": 2}}}


class Lossy(BaseHTTPRequestHandler):
    """Passes requests on and loses the answers of the first two."""

    service = ""
    keys: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Idempotency-Key"])
        headers = {name: self.headers[name] for name in ("Content-Type", "Idempotency-Key")}
        with urlopen(Request(self.service + self.path, body, headers, method="POST")) as answer:
            text = answer.read()
        if len(self.keys) <= 2:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(201)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Busy(BaseHTTPRequestHandler):
    """Says twice that the key is in use, then answers."""

    asked = 0

    def do_POST(self) -> None:
        Busy.asked += 1
        done = Busy.asked > 2
        problem = {"type": "urn:backsweep:problem:idempotency-key-in-use", "status": 409}
        self.send_response(202 if done else 409)
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(json.dumps({"id": 1} if done else problem).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def serving() -> Iterator[Any]:
    servers = []

    def start(handler: type[BaseHTTPRequestHandler]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_submission_whose_answer_is_lost_is_sent_again_under_its_key_and_stored_once(live: Any, serving: Any) -> None:
    Lossy.service, Lossy.keys = live.url, []
    before = len(list(live.client.sweeps()))
    sweep = Client(serving(Lossy)).submit(SWEEP)
    assert len(Lossy.keys) == 3
    assert len(set(Lossy.keys)) == 1
    stored = list(live.client.sweeps())
    assert (len(stored) - before, stored[0]["id"]) == (1, sweep["id"])


def test_every_call_has_a_key_of_its_own(live: Any) -> None:
    assert live.client.submit(SWEEP)["id"] != live.client.submit(SWEEP)["id"]


def test_a_key_of_ones_own_holds_across_calls_and_clients(live: Any) -> None:
    key = 'nightly "one" \\ 1'
    first = live.client.submit(SWEEP, idempotency_key=key)
    assert live.client.submit(SWEEP, idempotency_key=key) == first
    with pytest.raises(InvalidInput, match="used for another"):
        live.client.submit({**SWEEP, "name": "two"}, idempotency_key=key)


def test_a_first_try_that_is_still_being_done_is_waited_for(serving: Any) -> None:
    assert Client(serving(Busy)).pause(1) == {"id": 1}


def test_other_conflicts_are_told_at_once(live: Any) -> None:
    sweep = live.client.submit(SWEEP)
    live.client.cancel(sweep["id"])
    with pytest.raises(Conflict):
        live.client.pause(sweep["id"])
