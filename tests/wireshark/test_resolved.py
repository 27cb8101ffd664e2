"""Names of addresses, which are the addresses, and makers of devices: printed, filtered, and listed."""

from __future__ import annotations

import pytest

from dissect import Ethernet, IPv4, IPv6, Packet, compile_filter
from dissect.filters.catalogue import facts_of
from dissect.protocols.ipv4_options import RecordRoute
from dissect.wireshark.fields import names, texts, values
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.types import field_names, field_type

LINK = Ethernet(src="00:05:5d:61:58:a8", dst="02:00:00:00:00:01")
PACKET = Packet(bytes(LINK / IPv4(src="10.0.0.1", dst="10.0.0.2")))
NEWER = Packet(bytes(LINK / IPv6(src="2001:db8::1", dst="fe80::2")))


@pytest.mark.parametrize(
    ("name", "packet", "expected"),
    [
        ("eth.src_resolved", PACKET, ["00:05:5d:61:58:a8"]),
        ("eth.addr_resolved", PACKET, ["02:00:00:00:00:01", "00:05:5d:61:58:a8"]),
        ("eth.src.oui", PACKET, ["1373"]),
        ("eth.addr.oui", PACKET, ["131072", "1373"]),
        ("ip.src_host", PACKET, ["10.0.0.1"]),
        ("ip.dst_host", NEWER, []),
        ("ip.host", PACKET, ["10.0.0.1", "10.0.0.2"]),
        ("ipv6.dst_host", NEWER, ["fe80::2"]),
        ("ipv6.host", NEWER, ["2001:db8::1", "fe80::2"]),
    ],
)
def test_what_is_printed(name: str, packet: Packet, expected: list[str]) -> None:
    assert texts(packet, name) == expected
    assert [str(value) for value in values(packet, name)] == expected


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ('ip.host == "10.0.0.2"', True),
        ('ip.src_host == "10.0.0.2"', False),
        ('ip.host contains "0.0.1"', True),
        ('eth.src_resolved matches "^00:05"', True),
        ("eth.src.oui == 0x00055d", True),
        ("eth.dst.oui == 0x00055d", False),
        ("ip.host#1", True),
        ("ipv6.host", False),
    ],
)
def test_what_passes(text: str, passes: bool) -> None:
    assert compile_filter(text)(PACKET) is passes


def test_routes_have_hosts_too() -> None:
    frame = LINK / IPv4(options=[RecordRoute(pointer=8, route=["10.0.0.9", "0.0.0.0"])])
    packet = Packet(bytes(frame))
    for name in ("ip.rec_rt", "ip.empty_rt"):
        assert texts(packet, f"{name}_host") == texts(packet, name) != []


@pytest.mark.parametrize("name", sorted(RESOLVED))
def test_all_are_listed(name: str) -> None:
    assert name in names()
    assert name in field_names()
    assert field_type(name) is RESOLVED[name].type
    assert facts_of(name).meaning
