"""Capture filters on frames that are there pass what `tcpdump -r` passes."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from dissect import TCP, UDP, VLAN, CaptureFilter, CaptureFilterError, Ethernet, IPv4, Packet, write
from dissect.filters import libpcap

pytestmark = pytest.mark.skipif(
    not libpcap.is_installed(), reason="libpcap is not installed: 'apt-get install libpcap0.8'."
)
FRAMES = [
    Ethernet() / IPv4(dst="10.0.0.1") / TCP(dport=80, flags="S"),
    Ethernet() / IPv4(dst="10.0.0.1") / TCP(dport=443, flags="SA"),
    Ethernet() / VLAN(id=5) / IPv4(dst="10.0.0.2") / UDP(dport=53),
    Ethernet() / VLAN(id=5) / VLAN(id=6) / IPv4(dst="10.0.0.2") / UDP(dport=53) / bytes(100),
    Ethernet() / IPv4(dst="10.0.0.255") / UDP(dport=53),
]
FILTERS = ["", "tcp", "vlan", "vlan 5 and vlan 6", "udp or vlan", "vlan and udp", "tcp[13] & 2 != 0", "greater 100",
           "ip broadcast", "len >= 60", "not vlan", "ip protochain 6"]  # fmt: skip


def packets() -> list[Packet]:
    cut = Packet(bytes(FRAMES[3])[:60], original_length=len(bytes(FRAMES[3])))
    return [Packet(bytes(frame)) for frame in FRAMES] + [cut]


def test_they_pass_what_they_pass_for_tcpdump(tmp_path: Path) -> None:
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed, so nothing is held against it: 'apt-get install tcpdump'.")
    path = tmp_path / "a.pcap"
    for number, packet in enumerate(packets(), 1):
        packet.time_ns = number * 1_000_000_000
    timed = packets()
    for number, packet in enumerate(timed, 1):
        packet.time_ns = number * 1_000_000_000
    write(path, timed)
    for text in FILTERS:
        command = ["tcpdump", "-r", str(path), "-w", "-", text]
        stream = subprocess.run(command, capture_output=True, check=True).stdout
        theirs, at = [], 24
        while at < len(stream):
            second, _, size, _ = struct.unpack_from("<IIII", stream, at)
            theirs.append(second)
            at += 16 + size
        passes = CaptureFilter(text)
        assert [number for number, packet in enumerate(timed, 1) if passes(packet)] == theirs, text


def test_each_link_type_has_its_program() -> None:
    passes = CaptureFilter("udp")
    datagram = IPv4() / UDP()
    assert passes(Packet(bytes(Ethernet() / datagram)))
    assert passes(Packet(bytes(datagram), link=101))
    assert not passes(Packet(bytes(datagram), link=1))
    assert repr(passes) == "CaptureFilter('udp')"


def test_a_wrong_one_is_told_at_once_where_the_link_type_is_known() -> None:
    with pytest.raises(CaptureFilterError, match="syntax error"):
        CaptureFilter("tcp port", link=1)
    with pytest.raises(CaptureFilterError, match="syntax error"):
        CaptureFilter("tcp port")(packets()[0])
