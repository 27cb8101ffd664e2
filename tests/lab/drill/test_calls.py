"""System calls on a simulated host, where scripts do not reach."""

from __future__ import annotations

import pytest

from dissect.lab.drill.reader import read_script
from dissect.lab.drill.simulated import SimulatedSide
from dissect.lab.drill.timeline import run_script

DATAGRAMS = "0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n"
SOCKET = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"


@pytest.mark.parametrize(
    "text",
    [
        SOCKET + "+0 listen(3, 1) = 0\n+0 connect(3, ..., ...) = -1 EISCONN (Already)",
        SOCKET + "+0 accept(3, ..., ...) = -1 EINVAL (Invalid argument)",
        SOCKET + "+0 fcntl(3, F_GETFL) = 0x2\n+0 fcntl(3, F_SETFL, O_NONBLOCK) = 0\n+0 fcntl(3, F_GETFL) = 0x802",
        SOCKET + "+0 fcntl(3, 99) = -1 EINVAL",
        SOCKET + "+0 setsockopt(3, SOL_TCP, 999, [1], 4) = -1 ENOPROTOOPT",
        SOCKET + "+0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [5000], 4) = 0\n"
        "+0 getsockopt(3, SOL_SOCKET, SO_SNDBUF, [10000], [4]) = 0",
        SOCKET + "+0 ioctl(3, SIOCINQ, [0]) = 0\n+0 ioctl(3, 5, [0]) = -1 EINVAL",
        SOCKET + "+0 poll([{fd=9, events=POLLIN, revents=POLLNVAL}], 1, 0) = 1",
        SOCKET + "+0...0 poll([{fd=3, events=POLLIN, revents=POLLHUP}], 1, 50) = 1",
        SOCKET + "+0 bind(3, ..., ...) = 0\n+0 bind(3, ..., ...) = -1 EINVAL",
        SOCKET + "+0 close(3) = 0\n+0 close(3) = -1 EBADF\n+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
        "0 socket(..., 77, IPPROTO_TCP) = -1 EPROTONOSUPPORT",
        DATAGRAMS + "+0 listen(3, 1) = -1 EOPNOTSUPP\n+0 shutdown(3, SHUT_WR) = -1 ENOTCONN",
        DATAGRAMS + "+0 write(3, ..., 5) = -1 EDESTADDRREQ",
        DATAGRAMS + "+0 connect(3, ..., ...) = 0\n+0 write(3, ..., 70000) = -1 EMSGSIZE",
        DATAGRAMS + "+0 sendto(3, ..., 9, 0, {sa_family=AF_INET, sin_port=htons(53)}, ...) = 9\n"
        "+0 > udp (9)",
    ],
)  # fmt: skip
def test_calls_return_what_linux_says(text: str) -> None:
    outcome = run_script(read_script(text), SimulatedSide())
    assert outcome.failure is None, str(outcome.failure)


def test_arguments_that_are_none_are_told() -> None:
    outcome = run_script(read_script(SOCKET + '+0 listen(3, "many") = 0'), SimulatedSide())
    assert outcome.failure is not None
    assert "EOPNOTSUPP" in str(outcome.failure)
    outcome = run_script(read_script(SOCKET + "+0 write(3) = 0"), SimulatedSide())
    assert "the arguments of write are not those of its manual page" in str(outcome.failure)
