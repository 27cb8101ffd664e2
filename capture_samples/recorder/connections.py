"""Connections between two hosts of the laboratory, both ends in the scenario's hands."""

from __future__ import annotations

import socket

from .laboratory import Host

CLIENT_PORT = 40000
SERVER_ADDRESS = ("10.0.0.2", 8000)


def connected(client: Host, server: Host, *, port: int = CLIENT_PORT) -> tuple[socket.socket, socket.socket]:
    """Open a connection from `port` of the client to port 8000 of the server; return the client's and server's ends."""
    listener = server.tcp(port=SERVER_ADDRESS[1])
    listener.listen(5)
    near = client.tcp(port=port)
    near.connect(SERVER_ADDRESS)
    far = accepted(listener)
    listener.close()
    return near, far


def accepted(listener: socket.socket) -> socket.socket:
    """Accept a connection; the new socket waits 20 seconds at most, as the others do."""
    connection, _ = listener.accept()
    connection.settimeout(20)
    return connection


def receive_exactly(connection: socket.socket, length: int) -> bytes:
    """Receive `length` bytes; EOFError when the other side closes before."""
    parts = []
    while length:
        part = connection.recv(min(length, 65536))
        if not part:
            raise EOFError(f"the connection ended {length} bytes too early")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
