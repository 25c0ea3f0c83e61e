"""A proxy that passes every request on and holds every answer back: the server has acted, the client has left."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from tests.services.ports import free_port


class LateProxy:
    """Between a client and a server on loopback; `late` seconds until answers come back, changed at will."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self.late, self.held_back = 0.0, 0
        self.port = free_port()
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:  # the server is down: its client is told by a closed connection
                client.close()
                continue
            threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        try:
            while data := source.recv(65536):
                if answers and self.late:
                    self.held_back += 1
                    time.sleep(self.late)
                target.sendall(data)
        except OSError:
            pass  # one of the two has left
        finally:
            for one in (source, target):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
