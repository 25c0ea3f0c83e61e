"""Sending a request until it is answered once: used by `backsweep.client`.

Everything it is used for may be sent again: reading changes nothing, and what changes something carries an
Idempotency-Key, under which the service does it once. Gives up after a few broken connections; never on a refusal.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import requests

KEY_HEADER = "Idempotency-Key"
IN_USE = "urn:backsweep:problem:idempotency-key-in-use"
PAUSES = (0.0, 0.3, 1.0)  # seconds before each further try after a broken connection
MOST_WAITS = 60  # seconds for a first try that the service is still at


def new_key() -> str:
    """A key that no other request has."""
    return str(uuid.uuid4())


def quoted(key: str) -> str:
    """The key as a header's value: a string of RFC 8941."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def send_safely(send: Callable[[], requests.Response]) -> requests.Response:
    """The answer; raises what the last try raised. A time-out is not repeated: nobody would wait for the sum."""
    response = _connected(send)
    for _ in range(MOST_WAITS):
        if not _in_use(response):
            break
        time.sleep(float(response.headers.get("Retry-After", "1")))
        response = _connected(send)
    return response


def _connected(send: Callable[[], requests.Response]) -> requests.Response:
    for pause in PAUSES:
        try:
            return send()
        except requests.ConnectionError as error:
            if isinstance(error, requests.Timeout):
                raise
            time.sleep(pause)
    return send()


def _in_use(response: requests.Response) -> bool:
    return response.status_code == 409 and IN_USE in response.text
