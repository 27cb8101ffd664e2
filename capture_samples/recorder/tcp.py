"""Scenarios of TCP connections: opened, closed, refused, waited for, kept alive."""

from __future__ import annotations

import socket
import struct
import time

from .connections import CLIENT_PORT, SERVER_ADDRESS, accepted, connected, receive_exactly
from .laboratory import Laboratory
from .relay import slow_cable
from .sample import recorded
from .topologies import two_hosts

PAUSE_SECONDS = 0.1
DELAY_SECONDS = 0.05

DROP_INPUT = """
    table ip filter {
        chain input {
            type filter hook input priority 0;
            drop
        }
    }
"""


def _say(speaker: socket.socket, listener: socket.socket, words: bytes) -> None:
    speaker.sendall(words)
    receive_exactly(listener, len(words))
    time.sleep(0.05)


def _quick_acknowledgement(connection: socket.socket, on: bool) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, int(on))


@recorded(
    shows="a connection opened, and closed in four segments: FIN, ACK, FIN, ACK",
    how="Request and answer; the client closes, the server a tenth of a second later.",
)
def tcp_close_four(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _say(near, far, b"request\n")
        _say(far, near, b"answer\n")
        near.shutdown(socket.SHUT_WR)
        far.recv(1)
        _quick_acknowledgement(far, True)
        time.sleep(PAUSE_SECONDS)
        far.close()
        near.recv(1)
        near.close()


@recorded(
    shows="data from the side that still may send, after the other side's FIN (half-closed)",
    how="The client closes its direction after its request; the server answers for a while and then closes.",
)
def tcp_half_close(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _say(near, far, b"all of it, please\n")
        near.shutdown(socket.SHUT_WR)
        far.recv(1)
        for number in range(3):
            _say(far, near, b"part %d\n" % number)
        far.close()
        near.recv(1)
        near.close()


@recorded(
    shows="a connection opened, and closed in three segments: FIN, FIN with ACK, ACK",
    how="Request and answer; the client closes, and the server does before its kernel acknowledged that.",
)
def tcp_close_three(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _say(near, far, b"request\n")
        _say(far, near, b"answer\n")
        _quick_acknowledgement(far, False)
        near.close()
        far.recv(1)
        far.close()


@recorded(
    shows="a connection ended by RST",
    how="Request and answer; the client closes with SO_LINGER of 0 seconds.",
)
def tcp_close_reset(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _say(near, far, b"request\n")
        _say(far, near, b"answer\n")
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        near.close()
        far.close()


@recorded(
    shows="a connection opened by both sides at once: two SYNs that cross, then SYN with ACK both ways",
    how="Client and server connect to each other's port while the box between them holds every frame for 50 ms.",
)
def tcp_simultaneous_open(laboratory: Laboratory) -> None:
    client, server = slow_cable(laboratory, DELAY_SECONDS)
    near, far = client.tcp(port=CLIENT_PORT), server.tcp(port=SERVER_ADDRESS[1])
    with laboratory.capture(client):
        for end, other in ((near, SERVER_ADDRESS), (far, ("10.0.0.1", CLIENT_PORT))):
            end.setblocking(False)
            end.connect_ex(other)
        time.sleep(4 * DELAY_SECONDS)
        near.settimeout(20)
        far.settimeout(20)
        _say(near, far, b"both of us called\n")
        near.close()
        far.recv(1)
        far.close()
        time.sleep(2 * DELAY_SECONDS)


@recorded(
    shows="a connection closed by both sides at once: two FINs that cross (CLOSING), each acknowledged",
    how="Both sides close while the box between them holds every frame for 50 ms.",
)
def tcp_simultaneous_close(laboratory: Laboratory) -> None:
    client, server = slow_cable(laboratory, DELAY_SECONDS)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _say(near, far, b"request\n")
        _say(far, near, b"answer\n")
        time.sleep(2 * DELAY_SECONDS)
        near.close()
        far.close()
        time.sleep(3 * DELAY_SECONDS)


@recorded(
    shows="a closed port: SYN, and RST with ACK",
    how="The client connects to a port where nobody listens.",
)
def tcp_closed_port(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    near = client.tcp(port=CLIENT_PORT)
    with laboratory.capture(client):
        near.connect_ex(SERVER_ADDRESS)


@recorded(
    shows="a filtered port: one SYN and its retransmissions after 1, 2 and 4 seconds, never answered",
    how="The client connects to a port that the server's firewall drops, and gives up after eight seconds.",
    tools=("nft",),
)
def tcp_filtered_port(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    # Newer kernels repeat a SYN four times a second apart before they double the pause; older ones lack the setting.
    client.configure_where_known(tcp_syn_linear_timeouts=0)
    server.rules(DROP_INPUT.replace("drop", "tcp dport 8000 drop"))
    near = client.tcp(port=CLIENT_PORT)
    near.settimeout(8)
    with laboratory.capture(client):
        near.connect_ex(SERVER_ADDRESS)


@recorded(
    shows="keep-alive probes a second apart: three are answered, then the peer is silent and the connection is reset",
    how=(
        "An idle connection with TCP_KEEPIDLE 1, TCP_KEEPINTVL 1 and TCP_KEEPCNT 3; after 3.5 seconds the server's "
        "firewall drops everything."
    ),
    tools=("nft",),
)
def tcp_keep_alive(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _say(near, far, b"are you there?\n")
        for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 3)):
            near.setsockopt(socket.IPPROTO_TCP, option, value)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        time.sleep(3.5)
        server.rules(DROP_INPUT)
        time.sleep(4.5)


@recorded(
    shows=(
        "a busy accept queue: of four connections two fill it; a third is completed only when the server accepts one"
    ),
    how=(
        "A listener with a backlog of 1, which Linux fills with two connections; four clients connect at once, and "
        "the server accepts all of them after 2.5 seconds."
    ),
)
def accept_queue(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    client.configure_where_known(tcp_syn_linear_timeouts=0)
    listener = server.tcp(port=8000)
    listener.listen(1)
    callers = [client.tcp(port=CLIENT_PORT + number) for number in range(4)]
    with laboratory.capture(client):
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(SERVER_ADDRESS)
            time.sleep(0.05)
        time.sleep(2.5)
        answered = [accepted(listener) for _ in callers]
        for caller in callers:
            caller.close()
        for connection in answered:
            connection.close()


@recorded(
    shows="urgent data: the URG flag and an urgent pointer",
    how="The client sends a line, one byte out of band (MSG_OOB), and another line.",
)
def tcp_urgent(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _say(near, far, b"a line\n")
        near.send(b"!", socket.MSG_OOB)
        _say(near, far, b"another line\n")
        near.close()
        far.recv(1)
        far.close()


@recorded(
    shows="TCP fast open (RFC 7413): a cookie asked for and given, then data in the SYN",
    how="Two connections with MSG_FASTOPEN: the first gets a cookie, the second uses it.",
)
def tcp_fast_open(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    client.configure(tcp_fastopen=1)
    server.configure(tcp_fastopen=2)
    listener = server.tcp(port=8000)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    listener.listen(5)
    with laboratory.capture(client):
        for number in range(2):
            near = client.tcp(port=CLIENT_PORT + number)
            # A socket with a timeout would not wait for the cookie.
            near.settimeout(None)
            near.sendto(b"request %d\n" % number, socket.MSG_FASTOPEN, SERVER_ADDRESS)
            far = accepted(listener)
            receive_exactly(far, 10)
            near.close()
            far.recv(1)
            far.close()
            time.sleep(0.05)
