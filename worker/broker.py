"""The broker by its address: Redis, or a folder of this machine where no Redis is to be had.

`folder:///path` is a Kombu transport of our own. A message is a file in the folder of its queue. Sending writes the
file elsewhere and renames it into place, so nobody reads half a message; taking reads the file and unlinks it, and only
the one whose unlink succeeds has the message. A listing is used up before the next one is made, so that n waiting
messages cost n steps, not n squared. Kombu's own `filesystem` transport lists the folder for every message and shows
messages while they are written.

Messages only wake up: one lost to a killed process, an emptied folder or a power failure is sent again by recovery.
For the processes of one machine; several machines need Redis.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from kombu.transport import TRANSPORT_ALIASES, virtual

SCHEME = "folder"
POLLING_SECONDS = 0.05  # between two looks while nothing comes
QUICKEST_SECONDS = 0.001  # and after a message
DRAINING_SECONDS = 0.5
_INCOMING = "incoming"  # messages that are being written
TRANSPORT_ALIASES[SCHEME] = "worker.broker:Transport"


def is_folder(address: str) -> bool:
    """Whether the address names a folder, not Redis."""
    return urlsplit(address).scheme == SCHEME


def folder_address(folder: Path) -> str:
    """The address of an absolute path, whatever characters are in it."""
    return f"{SCHEME}://{quote(str(folder))}"


def folder_of(address: str) -> Path:
    """The path in an address that `is_folder`."""
    return Path(unquote(urlsplit(address).path))


def celery_settings(address: str, options: dict[str, Any]) -> dict[str, Any]:
    """Celery's settings of the broker at this address; `options` are the transport's (a folder has no time-outs)."""
    if is_folder(address):
        options = options | {"folder": str(folder_of(address))}
        return {"broker_url": f"{SCHEME}://", "broker_transport_options": options}
    return {"broker_url": address, "broker_transport_options": options}


def prepare_folder(folder: Path) -> None:
    """Make the folder, empty, for this user alone: messages of a stack that was killed wake nobody.

    Raises:
        OSError: it cannot be written.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def answers(connection: Any) -> bool:
    """Whether the broker behind a Kombu connection takes messages now."""
    channel = connection.default_channel
    if isinstance(channel, Channel):
        return channel.is_writable()
    return bool(channel.client.ping())


def waiting(connection: Any, queue: str) -> int:
    """Count the messages of a queue that nobody has taken; linear in their number for a folder."""
    channel = connection.default_channel
    if isinstance(channel, Channel):
        return channel._size(queue)
    return int(channel.client.llen(queue))


class Channel(virtual.Channel):
    """Queues as folders; the methods are those that Kombu's virtual channel asks of a transport."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.folder = Path(self.connection.client.transport_options["folder"])
        self._listings: dict[str, deque[str]] = {}

    def is_writable(self) -> bool:
        """Whether messages can be left here."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder.is_dir() and os.access(self.folder, os.R_OK | os.W_OK | os.X_OK)

    def _put(self, queue: str, message: Any, **_: Any) -> None:
        # The monotonic clock orders the messages of all processes since the machine started.
        name = f"{time.monotonic_ns():020d}-{uuid.uuid4().hex}"
        body = json.dumps(message).encode()
        try:
            self._write(queue, name, body)
        except FileNotFoundError:  # the first message, or somebody emptied the folder
            for folder in (self.folder / _INCOMING, self.folder / queue):
                folder.mkdir(parents=True, exist_ok=True)
            self._write(queue, name, body)

    def _write(self, queue: str, name: str, body: bytes) -> None:
        incoming = self.folder / _INCOMING / name
        try:
            incoming.write_bytes(body)
            incoming.rename(self.folder / queue / name)
        except OSError:
            with suppress(OSError):
                incoming.unlink()
            raise

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        listing = self._listings.get(queue) or self._list(queue)
        while listing:
            with suppress(FileNotFoundError, ValueError):  # taken by another; torn by a power failure
                return self._take(self.folder / queue / listing.popleft())
        raise Empty

    def _list(self, queue: str) -> deque[str]:
        with suppress(FileNotFoundError):
            self._listings[queue] = deque(sorted(os.listdir(self.folder / queue)))
            return self._listings[queue]
        return deque()

    def _take(self, path: Path) -> Any:
        body = path.read_bytes()
        path.unlink()
        return json.loads(body)

    def _size(self, queue: str) -> int:
        with suppress(FileNotFoundError), os.scandir(self.folder / queue) as entries:
            return sum(1 for _ in entries)
        return 0

    def _purge(self, queue: str) -> int:
        count = self._size(queue)
        shutil.rmtree(self.folder / queue, ignore_errors=True)
        return count


class Transport(virtual.Transport):
    """Kombu's transport `folder://`; its transport option `folder` is the absolute path."""

    Channel = Channel
    global_state = virtual.BrokerState()  # what one connection of a process declares holds for all of them
    # OSError too: the worker then connects again, as it does with Redis.
    connection_errors = (*virtual.Transport.connection_errors, OSError)  # type: ignore[assignment]
    driver_type = driver_name = SCHEME

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        self.state = self.global_state
        self._pause = QUICKEST_SECONDS

    def driver_version(self) -> str:
        """Kombu asks for one."""
        return "1"

    def establish_connection(self) -> Any:
        """Connect; raises OSError where the folder cannot be written, so that a worker waits until it can."""
        channel = self.create_channel(self)
        self._avail_channels.append(channel)
        if not channel.is_writable():
            raise OSError(f"the broker's folder {channel.folder} cannot be written")
        return self

    def drain_events(self, connection: Any, timeout: float | None = None, **options: Any) -> None:
        """Deliver the next message, or raise `TimeoutError` after half a second: a worker looks then whether it stops.

        The pause between two looks grows from a millisecond: where many messages wait, the next one is taken as soon as
        the worker has room for it.
        """
        cycle = self.cycle
        assert cycle is not None
        deadline = time.monotonic() + min(timeout or DRAINING_SECONDS, DRAINING_SECONDS)
        while True:
            try:
                cycle.get(self._deliver)
            except Empty:
                if time.monotonic() >= deadline:
                    raise TimeoutError from None
                time.sleep(self._pause)
                self._pause = min(2 * self._pause, POLLING_SECONDS)
            else:
                self._pause = QUICKEST_SECONDS
                return
