"""A ring gives every frame as it was on the link, and counts what nobody took."""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from dissect import UDP, VLAN, Ethernet, InterfaceError, IPv4, NetworkInterface, ServiceTag
from dissect.edges import ring as under_test
from dissect.edges.ring import Ring

LEFT, RIGHT = "02:00:00:00:00:aa", "02:00:00:00:00:04"
FRAME = Ethernet(src=LEFT, dst=RIGHT) / IPv4(src="10.0.0.1", dst="10.0.0.3") / UDP(sport=1, dport=2) / b"hello"
_SHAPE = struct.Struct("=QII")


def shaped(time_ns: int, data: bytes, original: int, flags: int) -> bytes:
    return _SHAPE.pack(time_ns, original, flags) + data


def heard(ring: Ring, count: int) -> tuple[list[int], list[tuple[bytes, int, int]]]:
    """Return the times of so many frames, and their bytes, original lengths and flags."""
    waiting = select.poll()
    waiting.register(ring.fileno(), select.POLLIN)
    times: list[int] = []
    frames: list[tuple[bytes, int, int]] = []
    until = time.monotonic() + 20
    while len(frames) < count and time.monotonic() < until:
        waiting.poll(1000)
        some, records = ring.take(shaped)
        times += some
        for each, record in zip(some, records, strict=True):
            time_ns, original, flags = _SHAPE.unpack_from(record)
            assert time_ns == each
            frames.append((record[_SHAPE.size :], original, flags))
    assert len(frames) == count
    return times, frames


def opened(host: Host, name: str = "eth0", **options: Any) -> Ring:
    with host.entered():
        return Ring(name, **options)


def sender(host: Host) -> NetworkInterface:
    with host.entered():
        return NetworkInterface("eth0")


def test_frames_come_in_order_with_the_time_of_the_kernel(cable: tuple[Host, Host]) -> None:
    ring = opened(cable[1])
    frames = [bytes(FRAME) + bytes(size) for size in range(0, 1400, 7)]
    before = time.time_ns()
    with sender(cable[0]) as sending:
        for frame in frames:
            sending.send(frame)
    after = time.time_ns()
    times, found = heard(ring, len(frames))
    assert found == [(frame, len(frame), 0) for frame in frames]
    assert times == sorted(times)
    assert before <= times[0] <= times[-1] <= after
    assert ring.statistics() == (len(frames), 0)
    assert (ring.link, ring.name) == (1, "eth0")
    ring.close()
    ring.close()
    assert ring.statistics() == (len(frames), 0)


def test_tags_are_put_back_and_frames_cut(cable: tuple[Host, Host]) -> None:
    tagged = bytes(Ethernet(src=LEFT, dst=RIGHT) / VLAN(id=7, priority=3) / FRAME[IPv4])
    twice = bytes(Ethernet(src=LEFT, dst=RIGHT) / ServiceTag(id=9) / VLAN(id=7) / FRAME[IPv4])
    whole, cut = opened(cable[1]), opened(cable[1], snap_length=20)
    with sender(cable[0]) as sending:
        for frame in (tagged, twice, bytes(FRAME)):
            sending.send(frame)
    expected = [(frame, len(frame), 0) for frame in (tagged, twice, bytes(FRAME))]
    assert heard(whole, 3)[1] == expected
    assert heard(cut, 3)[1] == [(data[:20], length, 0) for data, length, _ in expected]
    whole.close()
    cut.close()


def test_a_checksum_that_was_left_to_the_hardware_is_told(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    left.ask("ethtool", "-K", "eth0", "tx", "on")
    left.ip("addr", "add", "10.0.0.1/24", "dev", "eth0")
    left.ip("neigh", "add", "10.0.0.2", "lladdr", RIGHT, "dev", "eth0")
    ring = opened(right)
    left.open_socket(socket.SOCK_DGRAM).sendto(b"hello", ("10.0.0.2", 7))
    ((_, _, flags),) = heard(ring, 1)[1]
    assert flags == 1 << 9 | 0b101
    ring.close()


def test_a_filter_that_the_kernel_refuses_is_asked_here(cable: tuple[Host, Host]) -> None:
    ring = opened(cable[1], capture_filter="ip protochain 17")
    with sender(cable[0]) as sending:
        sending.send(bytes(FRAME)[:14] + bytes(46))
        sending.send(FRAME)
    assert [data for data, _, _ in heard(ring, 1)[1]] == [bytes(FRAME)]
    ring.close()


def test_it_is_asked_as_the_kernel_would_ask_before_the_tag_is_put_back(cable: tuple[Host, Host]) -> None:
    """So that a filter passes the same frames, whoever runs it."""
    ring = opened(cable[1], capture_filter="ip protochain 17")
    tagged = bytes(Ethernet(src=LEFT, dst=RIGHT) / VLAN(id=7) / FRAME[IPv4])
    with sender(cable[0]) as sending:
        sending.send(tagged)
    assert [data for data, _, _ in heard(ring, 1)[1]] == [tagged]
    ring.close()


def test_the_ring_goes_round_and_what_does_not_fit_is_counted(cable: tuple[Host, Host]) -> None:
    ring = opened(cable[1], buffer=1)
    assert ring.size == 2 << 20
    long = bytes(FRAME) + bytes(1400)
    with sender(cable[0]) as sending:
        for _ in range(3):
            for _ in range(1000):
                sending.send(long)
            assert len(heard(ring, 1000)[1]) == 1000
        for _ in range(2000):
            sending.send(long)
    received, dropped = ring.statistics()
    assert received == 5000
    assert 0 < dropped < 2000
    assert len(heard(ring, 2000 - dropped)[1]) == 2000 - dropped
    assert ring.statistics() == (5000, dropped)
    ring.close()


def test_an_interface_that_goes_down_tells_it_once(cable: tuple[Host, Host]) -> None:
    ring = opened(cable[1])
    assert not ring.has_gone_down
    cable[1].ip("link", "set", "eth0", "down")
    assert ring.has_gone_down
    assert not ring.has_gone_down
    assert not ring.is_gone
    cable[1].ip("link", "delete", "eth0")
    assert ring.is_gone
    ring.close()


def test_a_machine_without_memory_makes_a_smaller_one(
    cable: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Poor(socket.socket):
        """A socket of a machine that has three megabytes."""

        def setsockopt(self, level: int, option: int, value: Any) -> None:  # type: ignore[override]
            if (level, option) == (263, 5) and len(value) == 28:
                size, count, *_ = struct.unpack("=7I", value)
                if size * count > 3 << 20:
                    raise OSError(12, "Cannot allocate memory")
            super().setsockopt(level, option, value)

    with monkeypatch.context() as poor:
        poor.setattr(socket, "socket", Poor)
        ring = opened(cable[1])
    assert ring.size == 2 << 20
    ring.close()


def test_no_memory_at_all_is_told(cable: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_REQUEST", struct.Struct("=7I"))
    monkeypatch.setattr(under_test, "_BLOCK", 1000)
    with pytest.raises(InterfaceError, match=r"^there is no ring of \d+ bytes for eth0: Invalid argument"):
        opened(cable[1])
