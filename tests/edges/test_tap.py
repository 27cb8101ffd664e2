from __future__ import annotations

import os
import socket
import sys

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from dissect import ARP, UDP, Ethernet, InterfaceError, IPv4, Tap, edges

pytestmark = pytest.mark.usefixtures("tun")
MAC = "00:05:5d:a1:b8:40"


@pytest.fixture
def host(laboratory: Laboratory) -> Host:
    return laboratory.host("left")


def open_tap(host: Host, name: str = "tap0", address: str | None = "192.168.0.1/24", mtu: int | None = None) -> Tap:
    with host.entered():
        return Tap(name, address=address, mtu=mtu)


def test_what_the_kernel_sends_comes_out_and_what_goes_in_it_receives(host: Host) -> None:
    with open_tap(host) as tap:
        assert isinstance(tap, edges.Edge)
        assert (tap.name, tap.link) == ("tap0", 1)
        speaker = host.udp(port=5000)
        speaker.sendto(b"hello", ("192.168.0.2", 7))
        asked = tap.receive(20)
        assert asked is not None
        assert asked[ARP].target_ip == "192.168.0.2"
        tap.send(
            Ethernet(src=MAC, dst=asked[ARP].sender_mac)
            / ARP(
                opcode=2,
                sender_mac=MAC,
                sender_ip="192.168.0.2",
                target_mac=asked[ARP].sender_mac,
                target_ip="192.168.0.1",
            )
        )
        said = tap.receive(20)
        assert said is not None
        assert (said[IPv4].dst, said[UDP].dport, said.data[-5:]) == ("192.168.0.2", 7, b"hello")
        assert said.problems() == []
        answer = Ethernet(src=MAC, dst=said[Ethernet].src) / IPv4(src="192.168.0.2", dst="192.168.0.1")
        tap.send(answer / UDP(sport=7, dport=5000) / b"and you")
        assert speaker.recvfrom(100) == (b"and you", ("192.168.0.2", 7))
        assert (asked.number, said.number, tap.received) == (1, 2, 2)


def test_the_device_goes_when_it_is_closed_unless_it_was_there(host: Host) -> None:
    host.ip("tuntap", "add", "dev", "tap1", "mode", "tap")
    with open_tap(host, "tap0", None), open_tap(host, "tap1", None):
        with host.entered():
            there = {name for _, name in socket.if_nameindex()}
        assert {"tap0", "tap1"} <= there
    with host.entered():
        there = {name for _, name in socket.if_nameindex()}
    assert "tap0" not in there
    assert "tap1" in there


def test_address_and_mtu_are_the_kernels(host: Host) -> None:
    with open_tap(host, address="10.1.2.3/20", mtu=1000):
        said = host.ask("ip", "-4", "-o", "addr", "show", "dev", "tap0")
        assert "10.1.2.3/20" in said
        assert "mtu 1000" in host.ask("ip", "link", "show", "dev", "tap0")


def test_a_name_that_another_has_is_refused(host: Host) -> None:
    with (
        open_tap(host),
        pytest.raises(InterfaceError, match="tap0 cannot be opened: another program has it"),
    ):
        open_tap(host)
    host.ip("link", "add", "dummy0", "type", "veth", "peer", "name", "dummy1")
    with pytest.raises(InterfaceError, match="dummy0 cannot be opened: an interface of that name is no TAP device"):
        open_tap(host, "dummy0")


def test_a_closed_device_says_so(host: Host) -> None:
    tap = open_tap(host)
    tap.close()
    tap.close()
    assert tap.fileno() == -1
    with pytest.raises(InterfaceError, match="tap0 is closed"):
        tap.send(bytes(60))


def test_a_device_that_was_taken_down_says_so(host: Host) -> None:
    with open_tap(host) as tap:
        host.ip("link", "set", "tap0", "down")
        with pytest.raises(InterfaceError, match="tap0 is down"):
            tap.send(bytes(60))


@pytest.mark.parametrize("name", ["", "a-name-that-is-too-long", "a b", "a/b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InterfaceError, match="is no name of a device"):
        Tap(name)


@pytest.mark.parametrize("address", ["192.168.0.256", "here", "192.168.0.1/33"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InterfaceError, match=f"the kernel's address is '{address}', expected one as in"):
        Tap("tap0", address=address)


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(InterfaceError, match="TAP devices are opened on Linux alone"):
        Tap("tap0")


def test_without_the_driver_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "open", absent)
    with pytest.raises(InterfaceError, match="/dev/net/tun cannot be opened"):
        Tap("tap0")
