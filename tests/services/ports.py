"""Ports for servers that are started by number."""

from __future__ import annotations

import random
import socket

# Below the range from which systems take the ports of outgoing connections: nobody who merely connects gets one of
# these, not even while its server is down between two starts.
_PORTS = range(20_000, 32_000)
_given: set[int] = set()
_choose = random.Random()  # not the shared one, which a test may have seeded


def free_port() -> int:
    """A port on loopback that nobody listens on, and that this process has not been given before."""
    while True:
        port = _choose.choice(_PORTS)
        if port in _given:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
