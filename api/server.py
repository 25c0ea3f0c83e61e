"""The API's HTTP server: gunicorn's processes, in each of which waitress reads requests and writes answers.

`gunicorn --config python:api.server` reads the lower-case names below. One thread of a process holds all connections
and hands a request to a thread only when it is there whole; an answer is buffered, on disk beyond a megabyte, and its
thread is free. So a slow client keeps a socket and nothing else, for as long as the settings' deadlines allow. Neither
program does this alone: gunicorn's threads wait for each byte, waitress has no deadlines and one process.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from api.problems import PROBLEM_TYPE, Problem
from api.services import EXTENSION
from settings import Settings

# gunicorn's settings
wsgi_app = "api.wsgi:app"
worker_class = "api.server.BufferingWorker"
workers = 2
threads = 8
max_requests = 10_000
max_requests_jitter = 1_000
graceful_timeout = 5
control_socket_disable = True

IDLE, HEADERS, BODY, WORKING, ANSWER, ENDING = "idle", "headers", "body", "working", "answer", "ending"
ENDING_SECONDS = 2.0  # how long what a client still sends is thrown away, so that it reads why it was refused
LEAST_TAKEN = 65_536  # bytes that a client must take of an answer within its deadline, or all that is left
MOST_CONNECTIONS = 1_000  # of one process; beyond it the connection that has been waiting longest is closed
LOOK_SECONDS = 1.0  # how often deadlines are looked at, and the longest pause of a process


class Request(HTTPRequestParser):
    """A request as it is read; refuses what another server on its way could have read differently."""

    def received(self, data: bytes) -> int:
        """Read on; a request that is complete waits for no `100 Continue`, which waitress would begin it anew for."""
        consumed: int = super().received(data)
        if self.completed:
            self.expect_continue = False
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read request line and headers; raises `ParsingError`."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # an address or a length that Python cannot read
            raise ParsingError(str(error)) from error
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding exclude each other")
        if "TRANSFER_ENCODING" in self.headers:  # waitress reads, and removes, those of HTTP/1.1 alone
            raise ParsingError("Transfer-Encoding needs HTTP/1.1")


class ProblemTask(ErrorTask):
    """Answers a request that is not HTTP, or too large to be read, with a problem as the API does."""

    def execute(self) -> None:
        """Write the problem; the connection ends after it."""
        error = self.request.error
        detail = f"{error.body[:1].upper()}{error.body[1:]}."
        if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            detail = f"The body is longer than the {self.channel.server.max_content_length} bytes that are taken."
        body = _problem(error.code, detail)
        self.status = f"{error.code} {HTTPStatus(error.code).phrase}"
        self.response_headers.append(("Content-Type", PROBLEM_TYPE))
        self.set_close_on_finish()
        self.channel.refused = True
        self.content_length = len(body)
        self.write(body)


class Connection(HTTPChannel):
    """A client's connection; `since` is when it began to wait for what it waits for now."""

    parser_class = Request
    error_task_class = ProblemTask
    refused = False  # a request was refused whose rest may still be on its way
    ending = False  # and its answer was sent

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.taken = 0
        self._state: tuple[str, int] = (IDLE, 0)
        self.since = time.monotonic()
        super().__init__(*arguments, **options)

    def readable(self) -> bool:
        """Whether to read: also what is thrown away before the end."""
        return self.ending or bool(super().readable())

    def writable(self) -> bool:
        """Whether there is anything to write or to end."""
        return not self.ending and bool(super().writable())

    def handle_write(self) -> None:
        """Write what the client takes; after a refusal close only our side, for closing both loses the answer."""
        if not (self.refused and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif self.connected and not self.total_outbufs_len:
            self.ending = True
            self.socket.shutdown(socket.SHUT_WR)

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what the client takes now, and count it."""
        sent: int = super().send(data, do_close=do_close)
        self.taken += sent
        return sent

    @property
    def waits_for(self) -> str:
        """What the connection waits for, by which its deadline is chosen."""
        if self.ending:
            return ENDING
        if self.total_outbufs_len:
            return ANSWER
        if self.requests:
            return WORKING
        if self.request is None:
            return IDLE
        return BODY if self.request.headers_finished else HEADERS

    def is_late(self, now: float) -> bool:
        """Whether it has waited too long; bytes that trickle in are no progress, a request that is complete is."""
        waits_for = self.waits_for
        state = (waits_for, self.taken // LEAST_TAKEN if waits_for == ANSWER else self.taken)
        if state != self._state:
            self._state, self.since = state, now
        deadline: float = self.server.deadlines.get(waits_for, float("inf"))
        return now - self.since > deadline

    def give_up(self) -> None:
        """Close it, with status 408 where a request had begun."""
        waits_for = self.waits_for
        if waits_for in (HEADERS, BODY):
            seconds = f"{self.server.deadlines[waits_for]:g}"
            body = _problem(408, f"The {waits_for} of the request did not arrive within {seconds} seconds.")
            head = f"HTTP/1.1 408 Request Timeout\r\nContent-Type: {PROBLEM_TYPE}\r\nConnection: close\r\n"
            with suppress(OSError):  # the client's network may be gone
                self.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body, do_close=False)
        self.handle_close()


class Listener(TcpWSGIServer):
    """A listening socket that all processes share; it accepts only while a thread of this process is free."""

    channel_class = Connection

    def __init__(self, worker: BufferingWorker, sock: Any, dispatcher: Any, limits: Adjustments) -> None:
        self._worker, self._next_look = worker, 0.0
        self.deadlines, self.max_content_length = worker.deadlines, worker.max_content_length
        address = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(
            worker.wsgi,
            map=worker.map,
            _sock=sock,
            dispatcher=dispatcher,
            adj=limits,
            sockinfo=address,
            bind_socket=False,
        )
        self.server_name = self.effective_host  # for requests without a Host

    def readable(self) -> bool:
        """Whether to accept."""
        return self.accepting and not self.task_dispatcher.queue and not self._is_full()

    def close_late(self) -> None:
        """Close what has waited too long, and one more where there is no room; never while sockets are polled.

        What was polled before is told of by its number, which the next connection may have by then.
        """
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            for connection in list(self.active_channels.values()):
                if connection.is_late(now):
                    connection.give_up()
        if self._is_full():
            waiting = [each for each in self.active_channels.values() if each.waits_for != WORKING]
            if waiting:
                min(waiting, key=lambda each: each.since).give_up()

    def _is_full(self) -> bool:
        return len(self.active_channels) >= self._worker.most_connections

    def add_task(self, task: Any) -> None:
        """Hand a request to the threads, and let the process end after its last one."""
        self._worker.count()
        super().add_task(task)


class BufferingWorker(Worker):
    """A process of gunicorn's."""

    map: dict[int, Any]
    most_connections: int
    deadlines: dict[str, float]
    max_content_length: int

    def run(self) -> None:
        """Serve until told to end, then finish what was begun, within gunicorn's graceful timeout."""
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # waiting for a thread is nothing to report
        settings: Settings = self.wsgi.extensions[EXTENSION].settings
        self.map = {}
        self.most_connections = _most_connections()
        self.deadlines = _deadlines(settings)
        self.max_content_length = settings.max_content_length
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        limits = _limits(self.max_content_length)
        self._listeners = [Listener(self, each.sock, dispatcher, limits) for each in self.sockets]
        while self.alive and self.ppid == os.getppid():
            self._step(LOOK_SECONDS)
        self._finish()
        dispatcher.shutdown(timeout=1)

    def _step(self, seconds: float) -> None:
        """Do what can be done at once, or wait so long for more."""
        self.notify()
        for listener in self._listeners:
            listener.close_late()
        wasyncore.poll2(seconds, self.map)

    def _finish(self) -> None:
        for listener in self._listeners:
            listener.accepting = False
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < deadline:
            self._step(0.1)  # first of all what has arrived already
            connections = [each for listener in self._listeners for each in listener.active_channels.values()]
            if all(each.waits_for in (IDLE, ENDING) for each in connections):
                return

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End soon: wake the loop that may be waiting for sockets."""
        super().handle_exit(sig, frame)
        self._wake()

    def count(self) -> None:
        """Note one more request; the last one ends the process, and gunicorn starts another."""
        self.nr += 1
        if self.nr == self.max_requests:
            self.log.info("%d requests were answered: the process is replaced", self.nr)
            self.alive = False

    def _wake(self) -> None:
        for listener in getattr(self, "_listeners", ()):
            listener.pull_trigger()


def _problem(status: int, detail: str) -> bytes:
    return json.dumps(Problem(status, detail, title=HTTPStatus(status).phrase).members()).encode() + b"\n"


def _deadlines(settings: Settings) -> dict[str, float]:
    """Seconds by what a connection waits for; a request that is being answered has none."""
    return {
        IDLE: settings.idle_seconds,
        HEADERS: settings.header_seconds,
        BODY: settings.body_seconds,
        ANSWER: settings.answer_seconds,
        ENDING: ENDING_SECONDS,
    }


def _limits(max_content_length: int) -> Adjustments:
    """What waitress reads and buffers. A body somewhat too large is read, so that its sender sees why it is refused."""
    return Adjustments(
        ident=None,
        backlog=2048,
        max_request_header_size=65_536,
        max_request_body_size=2 * max_content_length,
        outbuf_high_watermark=256_000_000,
    )


def _most_connections() -> int:
    """Raise the limit of open files where that is allowed; half of it is for connections, the rest for files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MOST_CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft // 2)
