"""System calls made for real, at the loopback interface, which takes no rights: what they give, and what they leave."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect.lab.drill.kernel_calls import KernelCalls
from dissect.lab.drill.reader import read_script
from dissect.lab.drill.script import Call, Structure
from dissect.lab.drill.tested import Answer, Side

LOOPBACK = Side("127.0.0.1", "127.0.0.1", 0)


@pytest.fixture
def calls() -> Iterator[KernelCalls]:
    made = KernelCalls(LOOPBACK)
    yield made
    made.close()


def answers(calls: KernelCalls, *lines: str) -> list[Answer]:
    """Make the calls of these lines of a script, one behind the other."""
    script = read_script("\n".join(f"{'0' if place == 0 else '+0'} {line}" for place, line in enumerate(lines)))
    found = []
    for event in script.events:
        assert isinstance(event.what, Call)
        found.append(calls.make(event.what))
    return found


def connected(calls: KernelCalls) -> None:
    """Connect 4 with 5, by way of 3, which listens."""
    answers(calls, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", "bind(3, ..., ...) = 0", "listen(3, 1) = 0")
    assert calls.latest is not None
    port = calls.latest.getsockname()[1]
    address = f'{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr("127.0.0.1")}}'
    made = answers(
        calls,
        "socket(..., SOCK_STREAM, IPPROTO_TCP) = 4",
        f"connect(4, {address}, ...) = 0",
        "accept(3, ..., ...) = 5",
    )
    assert [(answer.value, answer.error) for answer in made] == [(4, None), (0, None), (5, None)]


def test_bytes_go_through_every_call_that_moves_them(calls: KernelCalls) -> None:
    connected(calls)
    sent = answers(
        calls,
        "write(4, ..., 10) = 10",
        "send(4, ..., 20, 0) = 20",
        "writev(4, [{..., 15}, {..., 15}], 2) = 30",
        "sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 40}], msg_flags=0}, 0) = 40",
    )
    assert [answer.value for answer in sent] == [10, 20, 30, 40]
    received = answers(
        calls,
        "ioctl(5, SIOCINQ, [100]) = 0",
        "read(5, ..., 5) = 5",
        "recv(5, ..., 25, MSG_PEEK) = 25",
        "recv(5, ..., 25, 0) = 25",
        "readv(5, [{..., 20}, {..., 10}], 2) = 30",
        "recvmsg(5, {msg_name(...)=..., msg_iov(1)=[{..., 100}], msg_flags=0}, 0) = 40",
        "recv(5, ..., 1, MSG_DONTWAIT) = -1 EAGAIN",
    )
    assert received[0].filled == {2: [100]}
    assert [answer.value for answer in received[1:]] == [5, 25, 25, 30, 40, -1]
    assert received[-1].error == "EAGAIN"


def test_options_are_set_and_got(calls: KernelCalls) -> None:
    connected(calls)
    found = answers(
        calls,
        "setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0",
        "getsockopt(4, SOL_TCP, TCP_NODELAY, [1], [4]) = 0",
        "setsockopt(4, SOL_TCP, 9999, [1], 4) = -1 ENOPROTOOPT",
        "setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0",
        "fcntl(4, F_SETFL, O_NONBLOCK) = 0",
        "fcntl(4, F_GETFL) = 0x802",
    )
    assert found[1].filled == {3: [1]}
    assert [answer.error for answer in found] == [None, None, "ENOPROTOOPT", None, None, None]
    assert found[5].value == os.O_RDWR | os.O_NONBLOCK


def test_what_is_polled_is_told(calls: KernelCalls) -> None:
    connected(calls)
    answers(calls, "write(4, ..., 1) = 1")
    (answer,) = answers(calls, "poll([{fd=5, events=POLLIN|POLLOUT, revents=POLLIN|POLLOUT}], 1, 0) = 1")
    entries = answer.filled[0]
    assert isinstance(entries, list)
    (entry,) = entries
    assert isinstance(entry, Structure)
    assert (answer.value, entry.members["revents"]) == (1, 0x5)


def test_nothing_that_was_opened_stays_open(calls: KernelCalls) -> None:
    before = {each.name for each in Path("/proc/self/fd").iterdir()}
    connected(calls)
    answers(calls, "close(3) = 0", "socket(..., SOCK_DGRAM, IPPROTO_UDP) = 6")
    calls.close()
    assert {each.name for each in Path("/proc/self/fd").iterdir()} == before
    assert [answer.error for answer in answers(calls, "close(3) = 0")] == ["EBADF"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("fork() = 0", "fork is not made here; there are accept, bind, close"),
        ("write(4) = 0", "the arguments of write are not those of its manual page"),
        ("write(7, ..., 5) = 5", "the arguments of write"),
        ("read(4, ..., -1) = 0", "the arguments of read"),
        ("readv(4, [{..., -5}], 1) = 0", "the arguments of readv"),
        ("bind(4, {sa_family=AF_INET, sin_port=70000}, ...) = 0", "the arguments of bind"),
        ("poll(4, 1, 0) = 0", "the arguments of poll"),
    ],
)
def test_calls_that_cannot_be_made_say_so(calls: KernelCalls, line: str, told: str) -> None:
    connected(calls)
    (answer,) = answers(calls, line)
    assert answer.value == -1
    assert told in (answer.error or "")
