"""TCP sockets of a simulated host beside those of this machine's kernel: the same calls give the same."""

from __future__ import annotations

import pytest

from dissect.lab.drill.kernel_calls import KernelCalls
from dissect.lab.drill.reader import read_script
from dissect.lab.drill.script import Call
from dissect.lab.drill.simulated import SimulatedSide
from dissect.lab.drill.tested import Answer, Side
from dissect.lab.drill.timeline import run_script

SOCKET = "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3"
BOUND = f"{SOCKET}; bind(3, ..., ...) = 0"
LISTENING = f"{BOUND}; listen(3, 1) = 0"
LOOPBACK = Side("127.0.0.1", "127.0.0.1", 0)


def both(lines: str) -> tuple[Answer, Answer]:
    """What the last of the calls gives on a simulated host, and in the kernel."""
    script = read_script("0 " + lines.replace("; ", "\n+0 "))
    side, kernel = SimulatedSide(), KernelCalls(LOOPBACK)
    try:
        for event in script.events:
            assert isinstance(event.what, Call)
            side.call(event.what, may_block=False)
            theirs = kernel.make(event.what)
    finally:
        kernel.close()
    assert side.answer is not None
    return side.answer, theirs


@pytest.mark.parametrize(
    "lines",
    [
        f"{SOCKET}; read(3, ..., 5) = -1 ENOTCONN",
        f"{SOCKET}; write(3, ..., 5) = -1 EPIPE",
        f"{SOCKET}; shutdown(3, SHUT_RDWR) = -1 ENOTCONN",
        f"{SOCKET}; accept(3, ..., ...) = -1 EINVAL",
        f"{BOUND}; bind(3, ..., ...) = -1 EINVAL",
        f"{LISTENING}; listen(3, 7) = 0",
        f"{LISTENING}; connect(3, ..., ...) = -1 EISCONN",
        f"{LISTENING}; read(3, ..., 5) = -1 ENOTCONN",
        f"{LISTENING}; write(3, ..., 5) = -1 EPIPE",
        f"{LISTENING}; fcntl(3, F_SETFL, O_NONBLOCK) = 0; accept(3, ..., ...) = -1 EAGAIN",
        f"{SOCKET}; poll([{{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT|POLLHUP}}], 1, 0) = 1",
        f"{LISTENING}; poll([{{fd=3, events=POLLIN|POLLOUT, revents=0}}], 1, 0) = 0",
        f"{SOCKET}; setsockopt(3, SOL_TCP, 999, [1], 4) = -1 ENOPROTOOPT",
        f"{SOCKET}; getsockopt(3, SOL_TCP, 999, [1], [4]) = -1 ENOPROTOOPT",
        f"{SOCKET}; setsockopt(3, SOL_TCP, TCP_NODELAY, [7], 4) = 0; getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4]) = 0",
        f"{SOCKET}; setsockopt(3, SOL_TCP, TCP_USER_TIMEOUT, [1500], 4) = 0; "
        "getsockopt(3, SOL_TCP, TCP_USER_TIMEOUT, [1500], [4]) = 0",
        f"{SOCKET}; setsockopt(3, SOL_SOCKET, SO_SNDBUF, [50000], 4) = 0; "
        "getsockopt(3, SOL_SOCKET, SO_SNDBUF, [100000], [4]) = 0",
        f"{SOCKET}; setsockopt(3, SOL_SOCKET, SO_RCVBUF, [50000], 4) = 0; "
        "getsockopt(3, SOL_SOCKET, SO_RCVBUF, [100000], [4]) = 0",
        f"{LISTENING}; getsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [1], [4]) = 0",
        f"{SOCKET}; getsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [0], [4]) = 0",
        f"{SOCKET}; getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0",
        f"{SOCKET}; setsockopt(3, SOL_SOCKET, SO_LINGER, {{onoff=1, linger=0}}, 8) = 0",
        f"{SOCKET}; ioctl(3, SIOCINQ, [0]) = 0",
        f"{SOCKET}; close(3) = 0",
    ],
)
def test_calls_give_what_they_give_in_the_kernel(lines: str) -> None:
    ours, theirs = both(lines)
    assert (ours.value, ours.error, ours.filled) == (theirs.value, theirs.error, theirs.filled)


@pytest.mark.parametrize("value", [-1, 0, 1, 87, 88, 127, 128, 32767, 32768])
@pytest.mark.parametrize(
    "name", "TCP_MAXSEG TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT TCP_USER_TIMEOUT".split()
)
def test_values_that_an_option_takes(name: str, value: int) -> None:
    ours, theirs = both(f"{SOCKET}; setsockopt(3, SOL_TCP, {name}, [{value}], 4) = 0")
    assert ours.error == theirs.error


OPEN = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
   +0 bind(3, ..., ...) = 0
   +0 listen(3, 1) = 0
   +0 < S 0:0(0) win 32768 <mss 1000>
   +0 > S. 0:0(0) ack 1 <mss 1460>
  +.1 < . 1:1(0) ack 1 win 32768
   +0 accept(3, ..., ...) = 4
   +0 fcntl(4, F_SETFL, O_NONBLOCK) = 0
"""


@pytest.mark.parametrize(
    "lines",
    [
        # The error of a connection is told once (socket(7), SO_ERROR); what comes behind it is the end.
        "+0 < R. 1:1(0) ack 1 win 0\n+0 read(4, ..., 9) = -1 ECONNRESET\n+0 read(4, ..., 9) = 0",
        "+0 < R. 1:1(0) ack 1 win 0\n+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [104], [4]) = 0\n+0 read(4, ..., 9) = 0",
        "+0 < R. 1:1(0) ack 1 win 0\n+0 poll([{fd=4, events=POLLIN, revents=POLLIN|POLLERR|POLLHUP}], 1, 0) = 1",
        "+0 < P. 1:6(5) ack 1 win 9\n+0 > . 1:1(0) ack 6\n+0 recv(4, ..., 9, MSG_PEEK) = 5\n+0 read(4, ..., 9) = 5\n"
        "+0 read(4, ..., 9) = -1 EAGAIN",
        "+0 < P. 1:6(5) ack 1 win 9\n+0 > . 1:1(0) ack 6\n+0 ioctl(4, SIOCINQ, [5]) = 0",
        "+0 write(4, ..., 7) = 7\n+0 > P. 1:8(7) ack 1\n+0 ioctl(4, SIOCOUTQ, [7]) = 0",
        "+0 shutdown(4, SHUT_WR) = 0\n+0 > F. 1:1(0) ack 1\n+0 write(4, ..., 7) = -1 EPIPE",
        "+0 shutdown(4, 9) = -1 EINVAL",
        # SO_LINGER of zero seconds: an RST in place of the FIN.
        "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0\n+0 close(4) = 0\n+0 > R. 1:1(0) ack 1",
    ],
)
def test_an_open_connection(lines: str) -> None:
    outcome = run_script(read_script(OPEN + lines), SimulatedSide())
    assert outcome.failure is None, str(outcome.failure)
