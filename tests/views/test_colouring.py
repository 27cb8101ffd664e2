"""Colours: the first of Wireshark's rules that fits."""

from __future__ import annotations

import pytest

import dissect
from dissect import ARP, TCP, UDP, Ethernet, Header, IPv4, Packet
from dissect.views.colouring import rule_for

UNICAST = Ethernet(dst="02:00:00:00:00:01")
IP = IPv4(src="10.0.0.1", dst="10.0.0.2")


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        (UNICAST / ARP(), "ARP"),
        (UNICAST / IP / dissect.EchoRequest(), "ICMP"),
        (UNICAST / IP / dissect.TimeExceeded() / IP / UDP(), "ICMP errors"),
        (UNICAST / IP / TCP(flags="RA"), "TCP RST"),
        (UNICAST / IP.replace(ttl=3) / UDP(), "TTL low or unexpected"),
        (UNICAST / IP.replace(dst="224.0.0.5", ttl=2) / UDP(), "TTL low or unexpected"),
        (UNICAST / IP.replace(dst="224.0.0.5", ttl=1) / UDP(), "UDP"),
        (UNICAST / IP / UDP(checksum=1), "Checksum Errors"),
        (UNICAST / IP / TCP(dport=80, flags="A"), "HTTP"),
        (UNICAST / IP / TCP(dport=8000, flags="S"), "TCP SYN/FIN"),
        (UNICAST / IP / TCP(dport=8000, flags="FA"), "TCP SYN/FIN"),
        (UNICAST / IP / TCP(dport=8000, flags="A"), "TCP"),
        (UNICAST / IP / UDP(), "UDP"),
        (Ethernet(dst="ff:ff:ff:ff:ff:ff", type=0x88B5) / b"x", "Broadcast"),
        (UNICAST.replace(type=0x88B5) / b"x", None),
    ],
)
def test_rules(frame: Header, rule: str | None) -> None:
    found = rule_for(Packet(bytes(frame)))
    assert (found and found.name) == rule
