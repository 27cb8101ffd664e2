from __future__ import annotations

import socket
import sys
import time
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from dissect import UDP, VLAN, Ethernet, InterfaceError, IPv4, NetworkInterface, ServiceTag
from dissect.edges import network_interface as under_test
from dissect.edges import packet_socket

LEFT, RIGHT = "02:00:00:00:00:aa", "02:00:00:00:00:bb"
FRAME = Ethernet(src=LEFT, dst=RIGHT) / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"hello"


def open_interface(host: Host, name: str = "eth0", **options: Any) -> NetworkInterface:
    with host.entered():
        return NetworkInterface(name, **options)


def test_frames_pass_byte_for_byte_with_the_time_of_the_kernel(cable: tuple[Host, Host]) -> None:
    with open_interface(cable[0]) as sender, open_interface(cable[1]) as receiver:
        assert (receiver.name, receiver.link, receiver.mac) == ("eth0", 1, "02:00:00:00:00:04")
        before = time.time_ns()
        sender.send(FRAME)
        sender.send(bytes(FRAME) + bytes(1000))
        first, second = receiver.receive(20), receiver.receive(20)
        after = time.time_ns()
        assert first is not None
        assert second is not None
        assert (first.number, second.number, receiver.received) == (1, 2, 2)
        assert (first.data, second.data) == (bytes(FRAME), bytes(FRAME) + bytes(1000))
        assert before <= (first.time_ns or 0) <= (second.time_ns or 0) <= after
        assert receiver.receive(0) is None
        assert sender.receive(0.01) is None
        assert receiver.dropped == 0


def test_what_the_machine_sends_itself_comes_when_asked_for(cable: tuple[Host, Host]) -> None:
    with open_interface(cable[0], outgoing=True) as watcher, open_interface(cable[0]) as sender:
        sender.send(FRAME)
        seen = watcher.receive(20)
        assert seen is not None
        assert seen.data == bytes(FRAME)
        assert sender.receive(0) is None


def test_tags_that_the_kernel_takes_out_are_put_back(cable: tuple[Host, Host]) -> None:
    tagged = Ethernet(src=LEFT, dst=RIGHT) / VLAN(id=7, priority=3) / FRAME[IPv4]
    twice = Ethernet(src=LEFT, dst=RIGHT) / ServiceTag(id=9) / VLAN(id=7) / FRAME[IPv4]
    with open_interface(cable[0]) as sender, open_interface(cable[1]) as receiver:
        for frame in (tagged, twice):
            sender.send(frame)
            seen = receiver.receive(20)
            assert seen is not None
            assert seen.data == bytes(frame)


def test_a_checksum_that_was_left_to_the_hardware_is_filled_in(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    left.ask("ethtool", "-K", "eth0", "tx", "on")
    left.ip("addr", "add", "10.0.0.1/24", "dev", "eth0")
    left.ip("neigh", "add", "10.0.0.2", "lladdr", RIGHT, "dev", "eth0")
    with open_interface(right) as receiver:
        left.open_socket(socket.SOCK_DGRAM).sendto(b"hello", ("10.0.0.2", 7))
        seen = receiver.receive(20)
        assert seen is not None
        assert seen[UDP].checksum_state().value == "good"
        assert seen.problems() == []


def test_an_interface_that_is_down_or_gone_says_so(cable: tuple[Host, Host]) -> None:
    with open_interface(cable[0]) as sender:
        assert (sender.mtu, sender.longest) == (1500, 1514)
        sender.send(bytes(FRAME) + bytes(1514 - len(FRAME)))
        with pytest.raises(InterfaceError, match=r"^eth0 does not take a frame of 1600 bytes, which is longer"):
            sender.send(bytes(FRAME) + bytes(1600 - len(FRAME)))
        with pytest.raises(InterfaceError, match=r"^eth0 does not take a frame of 3 bytes: expected a whole"):
            sender.send(b"abc")
        cable[0].ip("link", "set", "eth0", "down")
        with pytest.raises(InterfaceError, match=r"^eth0 is down, so no frame passes: 'ip link set eth0 up'"):
            sender.send(FRAME)
        cable[0].ip("link", "delete", "eth0")
        with pytest.raises(InterfaceError, match=r"^eth0 is (down|gone)"):
            sender.send(FRAME)


def test_a_closed_interface_says_so(cable: tuple[Host, Host]) -> None:
    opened = open_interface(cable[0])
    opened.close()
    opened.close()
    assert (opened.fileno(), opened.dropped) == (-1, 0)
    with pytest.raises(InterfaceError, match="eth0 is closed"):
        opened.send(FRAME)


def test_the_loopback_is_an_interface_too(laboratory: Laboratory) -> None:
    host = laboratory.host("left")
    with open_interface(host, "lo") as opened:
        opened.send(FRAME)
        seen = opened.receive(20)
        assert seen is not None
        assert seen.data == bytes(FRAME)
        assert opened.receive(0.01) is None


def test_an_unknown_interface_is_told_with_those_that_are_there(laboratory: Laboratory) -> None:
    host = laboratory.host("left")
    for name in ("nowhere0", "", "a-name-that-is-too-long"):
        with pytest.raises(InterfaceError, match=f"there is no interface '{name}', expected one of those .*: lo$"):
            open_interface(host, name)


def test_without_the_right_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(InterfaceError, match=r"^lo cannot be opened: that takes the right CAP_NET_RAW, expected root"):
        NetworkInterface("lo")


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(InterfaceError, match="eth0 cannot be opened: frames are sent and received on Linux alone"):
        NetworkInterface("eth0")


def test_tunnels_of_ip_have_no_link_header(laboratory: Laboratory, tun: None) -> None:
    host = laboratory.host("left")
    host.ip("tuntap", "add", "dev", "tun0", "mode", "tun")
    with pytest.raises(InterfaceError, match=r"^tun0 is down, so no frame passes: 'ip link set tun0 up'"):
        open_interface(host, "tun0")
    host.ip("link", "set", "tun0", "up")
    with open_interface(host, "tun0") as opened:
        assert opened.link == 101


def test_a_link_without_a_declaration_is_refused(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback stands for the rare links that have none."""
    monkeypatch.setattr(packet_socket, "LINKS", {1: 1})
    host = laboratory.host("left")
    with pytest.raises(InterfaceError, match="lo has links of the kernel's type 772, expected Ethernet, raw IP"):
        open_interface(host, "lo")


def test_packets_know_their_interface_and_direction(cable: tuple[Host, Host]) -> None:
    with (
        open_interface(cable[0]) as sender,
        open_interface(cable[0], direction="inout") as watcher,
        open_interface(cable[1]) as receiver,
    ):
        sender.send(FRAME)
        for interface, direction in ((watcher, 2), (receiver, 1)):
            packet = interface.receive(20)
            assert packet is not None
            assert packet.interface_name == "eth0"
            assert packet["frame.packet_flags_direction"] == direction


def test_a_snap_length_cuts_frames_and_keeps_their_length(cable: tuple[Host, Host]) -> None:
    with open_interface(cable[0]) as sender, open_interface(cable[1], snap_length=20) as receiver:
        tagged = bytes(Ethernet(src=LEFT, dst=RIGHT) / VLAN(id=7) / FRAME[IPv4])
        for frame in (bytes(FRAME), tagged):
            sender.send(frame)
            packet = receiver.receive(20)
            assert packet is not None
            assert (packet.data, packet.original_length) == (frame[:20], len(frame))


def test_a_checksum_may_stay_as_it_was_left(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    left.ask("ethtool", "-K", "eth0", "tx", "on")
    left.ip("addr", "add", "10.0.0.1/24", "dev", "eth0")
    left.ip("neigh", "add", "10.0.0.2", "lladdr", RIGHT, "dev", "eth0")
    with open_interface(right, complete=False) as receiver:
        left.open_socket(socket.SOCK_DGRAM).sendto(b"hello", ("10.0.0.2", 7))
        seen = receiver.receive(20)
        assert seen is not None
        assert seen[UDP].checksum_state().value == "offloaded"
        flags = seen.option("flags")
        assert isinstance(flags, int)
        assert flags & 1 << 9


def test_what_nobody_takes_is_counted(cable: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_BUFFER", 5000)
    with open_interface(cable[0]) as sender, open_interface(cable[1]) as receiver:
        for _ in range(50):
            sender.send(FRAME)
        first = receiver.dropped
        assert 0 < first < 50
        assert receiver.dropped == first
        while receiver.receive(0) is not None:
            pass
        assert receiver.received + first == 50
    assert receiver.dropped == first
