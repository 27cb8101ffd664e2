from __future__ import annotations

import errno
import os

import pytest

from dissect import SLL, UDP, Ethernet, Header, InterfaceError, IPv4, Packet, ask
from dissect.edges import edge as under_test
from dissect.edges.edge import Edge, wait_readable


class Pipe(Edge):
    """A device whose frames are the reads of a pipe."""

    name, link = "pipe", 1

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.writing = os.pipe2(os.O_NONBLOCK)
        self.refusals: list[int] = []
        self.sent: list[bytes] = []

    def fileno(self) -> int:
        return self.reading

    def close(self) -> None:
        for descriptor in (self.reading, self.writing):
            os.close(descriptor)

    def _put(self, frame: bytes) -> None:
        if self.refusals:
            raise OSError(self.refusals.pop(0), "refused")
        self.sent.append(frame)

    def _take(self) -> Packet | None:
        try:
            data = os.read(self.reading, 100)
        except BlockingIOError:
            return None
        self.received += 1
        return Packet(data, number=self.received)


def test_bytes_headers_and_packets_are_sent_as_they_are() -> None:
    frame = Ethernet(type=0x88CC) / b"x"
    with Pipe() as pipe:
        for each in (frame, bytes(frame), Packet(bytes(frame)), bytearray(bytes(frame))):
            pipe.send(each)
        assert pipe.sent == [bytes(frame)] * 4


@pytest.mark.parametrize("frame", [IPv4() / UDP(), SLL() / IPv4(), Packet(bytes(IPv4()), link=101)])
def test_a_frame_of_another_link_is_refused(frame: Header | Packet) -> None:
    with Pipe() as pipe:
        with pytest.raises(InterfaceError, match="put its link header in front"):
            pipe.send(frame)
        with pytest.raises(InterfaceError, match="takes frames of Ethernet"):
            ask(frame, pipe, 0)
        assert pipe.sent == []


def test_a_frame_that_waits_comes_and_none_is_waited_for_in_vain() -> None:
    with Pipe() as pipe:
        assert pipe.receive(0) is None
        assert pipe.receive(0.01) is None
        os.write(pipe.writing, b"frame")
        packet = pipe.receive()
        assert packet is not None
        assert (packet.data, packet.number) == (b"frame", 1)


def test_a_full_queue_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with Pipe() as pipe:
        pipe.refusals = [errno.ENOBUFS, errno.ENOBUFS, errno.EAGAIN]
        pipe.send(b"frame")
        assert pipe.sent == [b"frame"]
        monkeypatch.setattr(under_test, "_PATIENCE", 0)
        pipe.refusals = [errno.ENOBUFS] * 100
        with pytest.raises(InterfaceError, match="the queue of pipe stayed full for 0 seconds: send more slowly"):
            pipe.send(b"frame")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENETDOWN, "pipe is down, so no frame passes: 'ip link set pipe up' brings it up"),
        (errno.ENODEV, "pipe is gone: its device was removed"),
        (errno.EMSGSIZE, "pipe does not take a frame of 5 bytes, which is longer than its MTU allows"),
        (errno.EPERM, "pipe: refused"),
    ],
)
def test_what_the_kernel_says_is_one_sentence(number: int, sentence: str) -> None:
    with Pipe() as pipe:
        pipe.refusals = [number]
        with pytest.raises(InterfaceError) as raised:
            pipe.send(b"frame")
    assert str(raised.value).startswith(sentence)


def test_descriptors_of_any_number_are_waited_for() -> None:
    resource = pytest.importorskip("resource", reason="Only Unix has descriptors of many numbers.")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1100:
        pytest.skip("This machine allows no descriptor above 1024.")
    import fcntl

    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1100), hard))
    try:
        with Pipe() as pipe:
            high = fcntl.fcntl(pipe.reading, fcntl.F_DUPFD, 1050)
            try:
                os.write(pipe.writing, b"x")
                wait_readable(high, 20)
                os.read(high, 1)
                wait_readable(high, 0.001)
            finally:
                os.close(high)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
