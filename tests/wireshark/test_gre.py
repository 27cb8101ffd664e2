"""GRE in the eyes of Wireshark."""

from __future__ import annotations

import pytest

import dissect
from dissect import GRE, PPP, Ethernet, Header, IPv4, Packet, WCCPRedirect
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from tests.wireshark.carried import in_ipv4


@pytest.mark.parametrize(
    ("tunnel", "name", "expected"),
    [
        (GRE(key=7, protocol=0x0800), "gre.key", ["0x00000007"]),
        (GRE(version=1, key=7, protocol=0x880B), "gre.key", []),
        (GRE(version=1, key=7, protocol=0x880B), "gre.key.call_id", ["7"]),
        (GRE(protocol=0x0800), "gre.flags.ack", []),
        (GRE(protocol=0x880B), "gre.flags.ack", ["0"]),
        (GRE(protocol=0x0800, reserved=1), "gre.flags.reserved", ["1"]),
        (GRE(protocol=0x0800), "gre", ["Generic Routing Encapsulation (IP)"]),
        (GRE(protocol=0x1234), "gre", ["Generic Routing Encapsulation (0x1234 - unknown)"]),
    ],
)
def test_fields_go_by_what_is_carried(tunnel: Header, name: str, expected: list[str]) -> None:
    assert texts(in_ipv4(47, bytes(tunnel)), name) == expected


def test_the_header_of_a_redirect_is_a_part_of_it() -> None:
    frame = Ethernet() / IPv4() / GRE() / WCCPRedirect(service_id=3) / IPv4()
    assert texts(Packet(bytes(frame)), "frame.protocols") == ["eth:ethertype:ip:gre:ip"]


def test_where_a_tunnel_ends_nothing_was_to_come() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / GRE(protocol=0x0800)))
    assert summarize(frame).info == "Encapsulated IP"
    assert summarize(dissect.parse(bytes(Ethernet() / IPv4() / GRE() / PPP()))).protocol == "0x0000"
