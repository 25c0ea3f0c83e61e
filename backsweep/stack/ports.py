"""Whether a port can be listened on, asked before anything starts so that the answer is one clear line."""

from __future__ import annotations

import socket

from backsweep.stack.errors import PortTaken


def require_free(host: str, port: int, option: str) -> None:
    """Raise `PortTaken` unless a server could listen there now."""
    reason = refusal(host, port)
    if reason is not None:
        raise PortTaken(host, port, option, reason)


def refusal(host: str, port: int) -> str | None:
    """Why nobody can listen there now, or None."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None
