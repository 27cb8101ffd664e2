"""A capture that is the same every time, for views that are compared to the letter; texts compiled at once."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import ARP, MSS, TCP, UDP, VLAN, Ethernet, IPv4, Packet, TCPNoOperation, WindowScale
from dissect.flows import chains
from dissect.views import compiled, part_forms

GOLDENS = Path(__file__).parent / "goldens"
_LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
_IP = IPv4(src="10.0.0.1", dst="10.0.0.2")
_TIME = 1_700_000_000_123_456_000


def frames() -> list[dissect.Header]:
    """An ARP request with padding, a wrong UDP checksum, options of TCP, a tag, an ICMP error, and a cut header."""
    datagram = _IP.replace(id=0x1234, ttl=1) / UDP(sport=40000, dport=5003) / b"hello"
    return [
        (Ethernet(src="02:00:00:00:00:01") / ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2")).padded(),
        _LINK / _IP.replace(flags="DF") / UDP(sport=40000, dport=5003, checksum=0x1111) / b"hi",
        _LINK
        / VLAN(id=5, priority=3)
        / _IP.replace(dscp=46, ecn=1, checksum=0)
        / TCP(sport=40000, dport=80, seq=1, flags="S", options=[MSS(1460), TCPNoOperation(), WindowScale(7)]),
        _LINK / IPv4(src="10.0.0.9", dst="10.0.0.1") / dissect.TimeExceeded() / datagram,
        dissect.parse(bytes(_LINK / datagram)[:30]),
    ]


@pytest.fixture
def packets() -> list[Packet]:
    """The frames, a millisecond apart."""
    return [
        Packet(bytes(frame), number=number, time_ns=_TIME + 1_000_000 * (number - 1))
        for number, frame in enumerate(frames(), 1)
    ]


def golden(name: str) -> str:
    """Return what a golden file holds; goldens/README says where each comes from."""
    return (GOLDENS / name).read_text(encoding="utf-8")


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile what comes for the first time."""
    monkeypatch.setattr(chains, "_RARE", 0)
    monkeypatch.setattr(chains, "_FRAMES_PER_TRACE", 0)
    monkeypatch.setattr(compiled, "_RARE", 0)
    monkeypatch.setattr(compiled, "_PACKETS_PER_TRACE", 0)
    monkeypatch.setattr(part_forms, "_PARTS_PER_TRACE", 1)
