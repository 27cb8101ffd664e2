"""Scenarios of programs that talk over TCP: echo, connections short and long, files, chat."""

from __future__ import annotations

import socket
import struct
import time

from .connections import CLIENT_PORT, SERVER_ADDRESS, accepted, connected, receive_exactly
from .laboratory import Laboratory
from .sample import recorded
from .topologies import bridged, two_hosts


@recorded(
    shows="TCP echo: lines and the same lines back",
    how="A client sends three lines one after the other; the server at port 8000 returns each.",
)
def tcp_echo(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        for line in (b"hello\n", b"are you an echo?\n", b"good bye\n"):
            near.sendall(line)
            far.sendall(receive_exactly(far, len(line)))
            receive_exactly(near, len(line))
        near.close()
        far.recv(1)
        far.close()


@recorded(
    shows="short connections: one for each of three requests",
    how="Three requests of a line, each over a connection of its own, from ports 40000 to 40002.",
)
def tcp_short_connections(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        for number in range(3):
            near, far = connected(client, server, port=CLIENT_PORT + number)
            near.sendall(b"request %d\n" % number)
            far.sendall(b"answer to " + receive_exactly(far, 10))
            receive_exactly(near, 20)
            near.close()
            far.recv(1)
            far.close()
            time.sleep(0.05)


@recorded(
    shows="a long connection: one for all of three requests",
    how="Three requests of a line over one connection.",
)
def tcp_long_connection(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        for number in range(3):
            near.sendall(b"request %d\n" % number)
            far.sendall(b"answer to " + receive_exactly(far, 10))
            receive_exactly(near, 20)
            time.sleep(0.05)
        near.close()
        far.recv(1)
        far.close()


FILES = (
    ("poem.txt", "".join(f"line {number} of a long poem\n" for number in range(1, 201)).encode()),
    ("empty.txt", b""),
    ("numbers.bin", bytes(range(256)) * 20),
    ("你好.txt", b"hello in another script\n"),
)


@recorded(
    shows="several files over one connection, each after its length: messages cut out of a stream",
    how=(
        "For each of four files: the length of its name (2 bytes, big-endian), the name in UTF-8, the length of "
        "its content (4 bytes, big-endian), the content; each sent by itself. The server reads everything and "
        "closes."
    ),
)
def tcp_length_prefixed(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        for name, content in FILES:
            encoded = name.encode()
            for part in (struct.pack(">H", len(encoded)), encoded, struct.pack(">I", len(content)), content):
                near.sendall(part)
        near.close()
        while far.recv(65536):
            pass
        far.close()


@recorded(
    shows="messages without boundaries: many small sends arrive in few segments",
    how="The client sends 20 messages of a few bytes at once; the kernel (Nagle) joins them.",
)
def tcp_sticky_messages(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        for number in range(20):
            near.sendall(b"message %d;" % number)
        near.close()
        while far.recv(65536):
            pass
        far.close()


@recorded(
    shows="a file downloaded: a name asked for, its length, 40,000 bytes of content, closed by the server",
    how=(
        "The client asks with a line `GET report.txt`; the server answers with a line `LENGTH 40000` and the content."
    ),
)
def file_download(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    content = b"".join(b"%05d: this is a line of the report\n" % number for number in range(1200))[:40000]
    with laboratory.capture(client):
        near, far = connected(client, server)
        near.sendall(b"GET report.txt\n")
        receive_exactly(far, 15)
        far.sendall(b"LENGTH 40000\n")
        far.sendall(content)
        receive_exactly(near, 13 + len(content))
        far.close()
        near.recv(1)
        near.close()


@recorded(
    shows="a chat room of three clients: what one says, the server tells the others",
    how=(
        "Three hosts on a bridge connect to the server 10.0.0.2, give their names, speak in turn and leave; "
        "captured at the server."
    ),
)
def tcp_chat(laboratory: Laboratory) -> None:
    ann, server, ben, eve = bridged(laboratory, "ann", "server", "ben", "eve")
    listener = server.tcp(port=8000)
    listener.listen(5)
    with laboratory.capture(server):
        clients: dict[str, socket.socket] = {}
        connections: dict[str, socket.socket] = {}

        def tell(speaker: str, line: bytes) -> None:
            for name in clients:
                if name != speaker:
                    connections[name].sendall(line)
                    receive_exactly(clients[name], len(line))

        for host in (ann, ben, eve):
            clients[host.name] = host.tcp(port=CLIENT_PORT)
            clients[host.name].connect(SERVER_ADDRESS)
            connections[host.name] = accepted(listener)
            clients[host.name].sendall(f"NAME {host}\n".encode())
            receive_exactly(connections[host.name], len(f"NAME {host}\n"))
            tell(host.name, f"* {host} joins\n".encode())
        for name, words in (("ann", "hello"), ("ben", "hi ann"), ("eve", "what did I miss?"), ("ann", "nothing")):
            line = words.encode() + b"\n"
            clients[name].sendall(line)
            receive_exactly(connections[name], len(line))
            tell(name, f"{name}: ".encode() + line)
            time.sleep(0.05)
        for name in list(clients):
            clients.pop(name).close()
            connections[name].recv(1)
            connections.pop(name).close()
            tell(name, f"* {name} leaves\n".encode())
