"""UDP sockets of a simulated host beside those of this machine's kernel: the same calls give the same."""

from __future__ import annotations

import pytest

from dissect.lab.drill.reader import read_script
from dissect.lab.drill.script import Call, Structure
from dissect.lab.drill.simulated import SimulatedSide
from dissect.lab.drill.timeline import run_script
from dissect.protocols.icmp_errors import DestinationUnreachable
from dissect.protocols.ipv4 import IPv4
from tests.lab.drill.test_streams import both

SOCKET = "socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3"


@pytest.mark.parametrize(
    "lines",
    [
        f"{SOCKET}; write(3, ..., 5) = -1 EDESTADDRREQ",
        f"{SOCKET}; listen(3, 1) = -1 EOPNOTSUPP",
        f"{SOCKET}; shutdown(3, SHUT_WR) = -1 ENOTCONN",
        f"{SOCKET}; fcntl(3, F_SETFL, O_NONBLOCK) = 0; read(3, ..., 5) = -1 EAGAIN",
        f"{SOCKET}; poll([{{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT}}], 1, 0) = 1",
        f"{SOCKET}; getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0",
        f"{SOCKET}; ioctl(3, SIOCINQ, [0]) = 0",
        # 65507 bytes are the most: RFC 791's total length of 65535, without two headers.
        f"{SOCKET}; sendto(3, ..., 65508, 0, {{sa_family=AF_INET, sin_port=htons(9)}}, ...) = -1 EMSGSIZE",
        f"{SOCKET}; bind(3, {{sa_family=AF_INET, sin_port=htons(0)}}, ...) = 0",
    ],
)
def test_calls_give_what_they_give_in_the_kernel(lines: str) -> None:
    ours, theirs = both(lines)
    assert (ours.value, ours.error, ours.filled) == (theirs.value, theirs.error, theirs.filled)


BOUND = f"0 {SOCKET}\n+0 bind(3, ..., ...) = 0\n+0 fcntl(3, F_SETFL, O_NONBLOCK) = 0\n"
CONNECTED = f"0 {SOCKET}\n+0 connect(3, ..., ...) = 0\n+0 fcntl(3, F_SETFL, O_NONBLOCK) = 0\n"


@pytest.mark.parametrize(
    "lines",
    [
        # What of a datagram does not fit is lost (udp(7)); one that was looked at stays.
        BOUND + "+0 < udp (9)\n+0 < udp (4)\n+0 recv(3, ..., 20, MSG_PEEK) = 9\n+0 read(3, ..., 5) = 5\n"
        "+0 read(3, ..., 5) = 4\n+0 read(3, ..., 5) = -1 EAGAIN",
        BOUND + "+0 < udp (9)\n+0 < udp (4)\n+0 ioctl(3, SIOCINQ, [9]) = 0",
        CONNECTED + "+0 write(3, ..., 7) = 7\n+0 > udp (7)\n+0 < udp (9)\n+0 read(3, ..., 20) = 9",
        BOUND + "+0 bind(3, ..., ...) = -1 EINVAL\n+0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 4\n"
        "+0 bind(4, ..., ...) = -1 EADDRINUSE\n+0 close(3) = 0\n+0 bind(4, ..., ...) = 0",
    ],
)
def test_datagrams_that_come_and_go(lines: str) -> None:
    outcome = run_script(read_script(lines), SimulatedSide())
    assert outcome.failure is None, str(outcome.failure)


@pytest.mark.parametrize("is_connected", [True, False])
def test_an_error_that_came_back_is_told_once_to_a_socket_that_is_connected(is_connected: bool) -> None:
    """As udp(7) has it, "Error handling"."""
    side = SimulatedSide()
    where = "{sa_family=AF_INET, sin_port=htons(9)}"
    begin = f"connect(3, {where}, ...) = 0" if is_connected else "bind(3, ..., ...) = 0"
    calls = [
        SOCKET,
        begin,
        f"sendto(3, ..., 7, 0, {where}, ...) = 7",
        "poll([{fd=3, events=POLLOUT, revents=POLLOUT}], 1, 0) = 1",
        f"sendto(3, ..., 7, 0, {where}, ...) = -1 ECONNREFUSED",
        f"sendto(3, ..., 7, 0, {where}, ...) = 7",
    ]
    answers = []
    for event in read_script("\n+0 ".join(["0 " + calls[0], *calls[1:]])).events:
        assert isinstance(event.what, Call)
        side.call(event.what, may_block=False)
        answers.append(side.answer)
        if len(answers) == 3:
            sent = side.sent[-1].datagram
            error = DestinationUnreachable(code=3, payload=bytes(sent)[:28])
            side.inject(bytes(IPv4(src=str(sent.dst), dst=str(sent.src)) / error))
    polled, first, second = answers[3:]
    assert polled is not None
    assert first is not None
    assert second is not None
    entries = polled.filled[0]
    assert isinstance(entries, list)
    (entry,) = entries
    assert isinstance(entry, Structure)
    assert entry.members["revents"] == (0xC if is_connected else 0x4)
    assert (first.error, second.error) == ("ECONNREFUSED" if is_connected else None, None)
