"""Colours: the first of Wireshark's rules that fits."""

from __future__ import annotations

import pytest

import dissect
from dissect import ARP, IGMP, TCP, UDP, Ethernet, Header, IPv4, Packet
from dissect.views.colouring import rule_for
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark

UNICAST = Ethernet(dst="02:00:00:00:00:01")
IP = IPv4(src="10.0.0.1", dst="10.0.0.2")


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        (UNICAST / ARP(), "ARP"),
        (UNICAST / IP / dissect.EchoRequest(), "ICMP"),
        (UNICAST / IP / dissect.TimeExceeded() / IP / UDP(), "ICMP errors"),
        (UNICAST / IP / dissect.ParameterProblem() / IP / UDP(), "ICMP"),
        (UNICAST / dissect.IPv6() / dissect.ICMPv6EchoRequest(), "ICMP"),
        (UNICAST / dissect.IPv6() / dissect.PacketTooBig(), "ICMP errors"),
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
        (UNICAST / IP.replace(dst="224.0.0.18", ttl=255, protocol=112) / b"x", None),
        (UNICAST / IP / IGMP(), "Routing"),
        (UNICAST.replace(type=0x88B5) / b"x", None),
    ],
)
def test_rules(frame: Header, rule: str | None) -> None:
    found = rule_for(Packet(bytes(frame)))
    assert (found and found.name) == rule


@pytest.mark.parametrize(
    "name",
    "tcp_close_reset redirect traceroute host_unreachable arp_unicast tcp_deadlock tcp_loss dhcp tcp_urgent".split(),
)
def test_rules_are_those_of_tshark(tshark: Tshark, name: str) -> None:
    path = SAMPLES / f"{name}.pcap"
    if not path.exists():
        pytest.skip(f"capture_samples/ lacks {path.name}: record it with 'make samples'.")
    theirs = tshark.colours(path)
    ours = [rule.name if (rule := rule_for(packet)) else "" for packet in dissect.with_context(dissect.read(path))]
    assert ours == theirs


def test_what_went_wrong_in_a_connection_comes_first() -> None:
    frames = [bytes(UNICAST / IP / TCP(sport=4000, dport=80, seq=seq, flags="A") / bytes(10)) for seq in (1, 100)]
    packets = [Packet(data, number=number) for number, data in enumerate(frames, 1)]
    assert [rule.name for packet in packets if (rule := rule_for(packet))] == ["HTTP", "HTTP"]
    assert [rule.name for packet in dissect.with_context(packets) if (rule := rule_for(packet))] == ["HTTP", "Bad TCP"]
