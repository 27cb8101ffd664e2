"""Interfaces in bulk: in the order of times, to the moment of the stop, with what went wrong told."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from dissect import UDP, Ethernet, InterfaceError, IPv4, NetworkInterface, Packet
from dissect.captures import read
from dissect.captures.live_file import LivePcapng
from dissect.edges import capturing
from dissect.edges.capturing import Capture, LiveStream

LEFT, RIGHT = "02:00:00:00:00:aa", "02:00:00:00:00:04"


def datagram(number: int) -> bytes:
    return bytes(Ethernet(src=LEFT, dst=RIGHT) / IPv4(src="10.0.0.1", dst="10.0.0.3") / UDP(sport=number, dport=9))


@pytest.fixture
def cables(laboratory: Laboratory) -> tuple[Host, Host]:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    laboratory.cable(left, right)
    return left, right


def opened(host: Host, *names: str, **options: Any) -> Capture:
    with host.entered():
        return Capture(names or ("eth0",), **options)


def sent(host: Host, *numbers: int) -> None:
    """Send datagrams, those with even numbers by the second cable."""
    with host.entered(), NetworkInterface("eth0") as first, NetworkInterface("eth1") as second:
        for number in numbers:
            (first, second)[number % 2 == 0].send(datagram(number))


def await_received(capture: Capture, count: int) -> None:
    """Wait until the kernel has so many frames."""
    until = time.monotonic() + 20
    while sum(each.received for each in capture.statistics()) < count:
        assert time.monotonic() < until
        time.sleep(0.001)


def taken(capture: Capture, **options: Any) -> list[Packet]:
    """Read to the end."""
    return list(read(LiveStream(capture, LivePcapng(capture.interfaces), **{"timeout": 20, **options})))


def ports(packets: list[Packet]) -> list[int]:
    return [packet[UDP].sport for packet in packets]


def test_frames_of_several_interfaces_come_by_their_times(cables: tuple[Host, Host]) -> None:
    with opened(cables[1], "eth0", "eth1", capture_filter="udp") as capture:
        sent(cables[0], 1, 2, 3, 5, 4, 6, 7)
        await_received(capture, 7)
        capture.stop()
        packets = taken(capture)
        times = [packet.time_ns or 0 for packet in packets]
        assert times == sorted(times)
        for name, expected in (("eth0", [1, 3, 5, 7]), ("eth1", [2, 4, 6])):
            assert ports([packet for packet in packets if packet.interface_name == name]) == expected
        assert [each.received for each in capture.statistics()] == [4, 3]
        (interface, _) = capture.interfaces
        assert (interface.name, interface.filter, interface.digits) == ("eth0", "udp", 9)
    assert [each.received for each in capture.statistics()] == [4, 3]


def test_what_comes_before_the_stop_is_there_and_nothing_behind_it(cables: tuple[Host, Host]) -> None:
    with opened(cables[1]) as capture:
        sent(cables[0], 1, 3)
        await_received(capture, 2)
        form = LivePcapng(capture.interfaces)
        stream = LiveStream(capture, form, timeout=20)
        reader = read(stream)
        assert next(reader)[UDP].sport == 1
        capture.stop()
        sent(cables[0], 5)
        assert ports(list(reader)) in ([3], [])
        assert stream.packets == 2


def test_a_stream_ends_in_time_with_a_count_or_at_once(cables: tuple[Host, Host]) -> None:
    with opened(cables[1]) as capture:
        sent(cables[0], 1, 3)
        await_received(capture, 2)
        assert ports(taken(capture, timeout=0.05)) == [1, 3]
    with opened(cables[1]) as capture:
        sent(cables[0], 1, 3, 5)
        assert ports(taken(capture, count=2)) == [1, 3]
    with opened(cables[1]) as capture:
        sent(cables[0], 1, 3)
        stream = LiveStream(capture, LivePcapng(capture.interfaces))
        reader = read(stream)
        stream.stop()
        assert list(reader) == []
        assert stream.read(100) == b""


def test_who_waits_is_woken(cables: tuple[Host, Host]) -> None:
    with opened(cables[1]) as capture:
        other = threading.Timer(0.05, capture.stop)
        other.start()
        assert taken(capture) == []
        other.join()


def test_statistics_stand_at_the_end(cables: tuple[Host, Host]) -> None:
    with opened(cables[1]) as capture:
        before = time.time_ns()
        sent(cables[0], 1, 3)
        reader: Any = read(LiveStream(capture, LivePcapng(capture.interfaces), count=2, timeout=20))
        assert len(list(reader)) == 2
        told = {option.name: option.value for option in reader.interfaces[0].statistics}
    assert (told["received"], told["dropped"], told["delivered"]) == (2, 0, 2)
    assert told["start_time"] <= before <= told["end_time"] <= time.time_ns()


def test_an_interface_that_goes_down_is_told_and_heard_again(cables: tuple[Host, Host]) -> None:
    said: list[str] = []
    right = cables[1]
    with opened(right, "eth0", "eth1", tell=said.append) as capture:
        right.ip("link", "set", "eth0", "down")

        def bring_up() -> None:
            while not said:
                time.sleep(0.01)
            right.ip("link", "set", "eth0", "up")
            cables[0].await_up("eth0")
            sent(cables[0], 1)

        other = threading.Thread(target=bring_up)
        other.start()
        assert ports(taken(capture, count=1)) == [1]
        other.join()
    assert said == ["eth0 went down: frames pass again when it is up ('ip link set eth0 up')"]


def test_removed_interfaces_are_told_and_the_last_one_ends_it(cables: tuple[Host, Host]) -> None:
    said: list[str] = []
    right = cables[1]
    with opened(right, "eth0", "eth1", tell=said.append) as capture:
        right.ip("link", "delete", "eth0")
        other = threading.Timer(0.6, right.ip, ("link", "delete", "eth1"))
        other.start()
        with pytest.raises(InterfaceError, match="eth1 is gone: its device was removed"):
            taken(capture)
        other.join()
    assert said == ["eth0 is gone: its device was removed"]


def test_interfaces_that_come_up_later_are_followed(cables: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capturing, "_LOOKED_FOR", 0.0)
    said: list[str] = []
    left, right = cables
    right.ip("link", "set", "eth1", "down")
    with right.entered(), Capture(["eth0"], follows=True, tell=said.append) as capture:
        reader = read(LiveStream(capture, LivePcapng(capture.interfaces), count=2, timeout=20))

        def come_up() -> None:
            right.ip("link", "set", "eth1", "up")
            left.await_up("eth1")
            until = time.monotonic() + 20
            while not any("eth1" in sentence for sentence in said) and time.monotonic() < until:
                time.sleep(0.01)
            sent(left, 2, 1)

        other = threading.Thread(target=come_up)
        other.start()
        found = {(packet[UDP].sport, packet.interface_name) for packet in reader}
        other.join()
    assert found == {(2, "eth1"), (1, "eth0")}
    # The loopback was up from the beginning, but nobody had named it.
    assert sorted(said) == ["eth1 came up and is captured, too", "lo came up and is captured, too"]


def test_one_that_cannot_be_opened_is_told_once(cables: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capturing, "_LOOKED_FOR", 0.0)
    said: list[str] = []
    with cables[1].entered(), Capture(["eth0"], follows=True, tell=said.append) as capture:

        def refuse(name: str) -> None:
            raise InterfaceError(f"{name} is not for you")

        monkeypatch.setattr(capture, "_opened", refuse)
        assert capture.newcomers() == capture.newcomers() == []
    assert sorted(said) == ["eth1 is not for you", "lo is not for you"]


def test_nothing_stays_open_where_one_cannot_be_opened(cables: tuple[Host, Host]) -> None:
    with pytest.raises(InterfaceError, match="there is no interface 'nowhere0'"):
        opened(cables[1], "eth0", "nowhere0")
