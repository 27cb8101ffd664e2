"""Frames as they come: from the call on, in their order, to the end that was asked for."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import warnings
from typing import Any

import pytest

import dissect
from capture_samples.recorder.laboratory import Host, Laboratory
from dissect import (
    TCP,
    UDP,
    CaptureFilterError,
    DissectError,
    Ethernet,
    FilterError,
    InterfaceError,
    IPv4,
    Listener,
    NetworkInterface,
    Packet,
    Tap,
    listen,
    read,
    with_context,
    write,
)
from dissect.edges import network_interface

LEFT, RIGHT = "02:00:00:00:00:aa", "02:00:00:00:00:bb"


def datagram(number: int) -> Ethernet:
    return Ethernet(src=LEFT, dst=RIGHT) / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=number, dport=9)


def segment(seq: int, flags: str = "A") -> Ethernet:
    return (
        Ethernet(src=LEFT, dst=RIGHT)
        / IPv4(src="10.0.0.1", dst="10.0.0.2")
        / TCP(sport=1000, dport=80, seq=seq, ack=1, flags=flags)
    )


def listening(host: Host, interfaces: Any = "eth0", **options: Any) -> Listener:
    with host.entered():
        return listen(interfaces, **{"timeout": 20, **options})


def await_received(frames: Listener, count: int) -> None:
    """Wait until the kernel has so many frames for it: a busy machine takes its time between two interfaces."""
    until = time.monotonic() + 20
    while sum(edge._opened.statistics()[0] for edge in frames.edges if isinstance(edge, NetworkInterface)) < count:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_what_comes_after_the_call_is_heard_before_anybody_asks(
    cable: tuple[Host, Host], sender: NetworkInterface
) -> None:
    with listening(cable[1], count=3) as frames:
        for number in (1, 2, 3, 4):
            sender.send(datagram(number))
        seen = list(frames)
        assert [(packet.number, packet[UDP].sport) for packet in seen] == [(1, 1), (2, 2), (3, 3)]
        assert {packet.interface_name for packet in seen} == {"eth0"}
        assert frames.dropped == 0
        # It is over, whatever comes.
        assert list(frames) == []


def test_filters_of_both_kinds(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    """Numbers count what passes the capture filter, and a display filter knows what came before."""
    with listening(cable[1], capture_filter="tcp", display_filter="tcp.seq == 101", count=1) as frames:
        sender.send(datagram(1))
        sender.send(segment(1000, "S"))
        sender.send(segment(1101))
        (packet,) = frames
        assert packet.number == 2
        assert packet["tcp.stream"] == 0


def test_context_is_told_as_for_files(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    with listening(cable[1], count=2) as frames:
        sender.send(segment(1000, "S"))
        sender.send(segment(1001))
        assert [packet["tcp.seq"] for packet in with_context(frames)] == [0, 1]


def test_it_ends_in_time_and_no_later(cable: tuple[Host, Host]) -> None:
    begin = time.monotonic()
    assert list(listening(cable[1], timeout=0.05)) == []
    assert time.monotonic() - begin >= 0.05


def test_another_thread_ends_it_at_once(cable: tuple[Host, Host]) -> None:
    frames = listening(cable[1], timeout=None)
    other = threading.Timer(0.05, frames.stop)
    other.start()
    assert list(frames) == []
    other.join()
    frames.stop()
    frames.close()


def test_what_is_stopped_before_it_begins_is_empty(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    frames = listening(cable[1])
    sender.send(datagram(1))
    frames.stop()
    assert list(frames) == []


def test_several_interfaces_are_heard_in_the_order_of_time(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    laboratory.cable(left, right)
    with left.entered():
        first, second = NetworkInterface("eth0"), NetworkInterface("eth1")
    with listening(right, ["eth0", "eth1"], count=5) as frames:
        for number, sending in enumerate((first, second, second, first, second), 1):
            sending.send(datagram(number))
        await_received(frames, 5)
        seen = list(frames)
    times = [packet.time_ns or 0 for packet in seen]
    assert times == sorted(times)
    by_name = {
        name: [packet[UDP].sport for packet in seen if packet.interface_name == name] for name in ("eth0", "eth1")
    }
    assert by_name == {"eth0": [1, 4], "eth1": [2, 3, 5]}
    for sending in (first, second):
        sending.close()


def test_a_tap_device_is_heard_and_stays_open(laboratory: Laboratory, tun: None) -> None:
    host = laboratory.host("left")
    with host.entered():
        tap = Tap("tap0", address="192.168.0.1/24")
    host.ip("neigh", "add", "192.168.0.2", "lladdr", RIGHT, "dev", "tap0")
    speaker = host.udp(port=5000)
    with tap:
        with listen(tap, capture_filter="udp dst port 53", count=1, timeout=20) as frames:
            speaker.sendto(b"other", ("192.168.0.2", 9))
            speaker.sendto(b"hello", ("192.168.0.2", 53))
            (packet,) = frames
            assert packet[UDP].dport == 53
            assert frames.dropped == 0
        assert tap.fileno() >= 0


def test_an_event_loop_does_other_work_meanwhile(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    async def heard() -> list[Packet]:
        frames = listening(cable[1], count=2)

        async def speak() -> None:
            sender.send(datagram(1))
            await asyncio.sleep(0.02)
            sender.send(datagram(2))

        speaking = asyncio.create_task(speak())
        found = [packet async for packet in frames]
        await speaking
        return found

    assert [packet[UDP].sport for packet in asyncio.run(heard())] == [1, 2]


def test_an_event_loop_is_not_kept_from_ending_it(cable: tuple[Host, Host]) -> None:
    async def heard() -> int:
        frames = listening(cable[1], timeout=None)
        asyncio.get_running_loop().call_later(0.02, frames.stop)
        stopped = len([packet async for packet in frames])
        frames = listening(cable[1], timeout=0.02)
        ended = len([packet async for packet in frames])
        frames = listening(cable[1], timeout=None)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(frames), 0.02)
        frames.close()
        return stopped + ended

    assert asyncio.run(heard()) == 0


def test_what_comes_too_fast_is_counted_and_told(
    cable: tuple[Host, Host], sender: NetworkInterface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_interface, "_BUFFER", 5000)
    frames = listening(cable[1], timeout=0.05)
    for number in range(1, 51):
        sender.send(datagram(number))
    with pytest.warns(RuntimeWarning, match=r"^\d+ frames of eth0 came faster than they were taken"):
        seen = list(frames)
    assert 0 < frames.dropped < 50
    assert len(seen) + frames.dropped == 50


def test_an_interface_that_goes_down_and_comes_back_is_heard_again(
    cable: tuple[Host, Host], sender: NetworkInterface
) -> None:
    right = cable[1]
    with listening(right, count=1) as frames:
        right.ip("link", "set", "eth0", "down")

        def bring_up() -> None:
            right.ip("link", "set", "eth0", "up")
            cable[0].await_up("eth0")
            sender.send(datagram(7))

        other = threading.Timer(0.05, bring_up)
        other.start()
        with pytest.warns(RuntimeWarning, match="eth0 went down: frames pass again when it is up"):
            (packet,) = frames
        other.join()
        assert packet[UDP].sport == 7


def test_a_removed_interface_ends_it_with_a_sentence(cable: tuple[Host, Host]) -> None:
    frames = listening(cable[1])
    cable[1].ip("link", "delete", "eth0")
    with pytest.raises(InterfaceError, match="eth0 is gone: its device was removed"):
        list(frames)


def test_of_several_interfaces_the_others_go_on(cable: tuple[Host, Host]) -> None:
    frames = listening(cable[1], ["eth0", "lo"], count=1)
    cable[1].ip("link", "delete", "eth0")

    def speak() -> None:
        with cable[1].entered(), NetworkInterface("lo") as loopback:
            loopback.send(datagram(3))

    other = threading.Timer(0.3, speak)
    other.start()
    with pytest.warns(RuntimeWarning, match="eth0 is gone: its device was removed"):
        assert [packet[UDP].sport for packet in frames] == [3]
    other.join()
    frames.close()


def test_what_was_heard_is_written_with_the_interface(
    cable: tuple[Host, Host], sender: NetworkInterface, tmp_path: Any
) -> None:
    with listening(cable[1], count=2, capture_filter="udp") as frames:
        sender.send(datagram(1))
        sender.send(datagram(2))
        times = []

        def noted() -> Any:
            for packet in frames:
                times.append(packet.time_ns)
                yield packet

        write(tmp_path / "a.pcapng", noted())
    again = list(read(tmp_path / "a.pcapng"))
    assert [packet.time_ns for packet in again] == times
    assert {(packet.interface_name, packet.capture_interface.filter) for packet in again} == {("eth0", "udp")}  # type: ignore[attr-defined]


def test_who_leaves_the_loop_needs_no_end(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    """Interfaces are closed when nobody holds the listener any more, without a warning."""
    frames = listening(cable[1])
    descriptors = [edge.fileno() for edge in frames.edges]
    sender.send(datagram(1))
    for packet in frames:
        assert packet[UDP].sport == 1
        break
    del frames
    for descriptor in descriptors:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_wrong_wishes_are_told_and_nothing_stays_open(laboratory: Laboratory) -> None:
    host = laboratory.host("left")
    wishes: list[tuple[Any, dict[str, Any], type[DissectError]]] = [
        ("nowhere0", {}, InterfaceError),
        (["lo", "nowhere0"], {}, InterfaceError),
        ("lo", {"capture_filter": "tcp port"}, CaptureFilterError),
        ("lo", {"display_filter": "tcp port"}, FilterError),
        ([], {}, DissectError),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for interfaces, options, error in wishes:
            with pytest.raises(error):
                listening(host, interfaces, **options)


def test_they_are_public() -> None:
    assert dissect.listen is listen
    assert dissect.Listener is Listener
