"""IPv6 and its extension headers in the eyes of Wireshark."""

from __future__ import annotations

import pytest

import dissect
from dissect import Data, DestinationOptions, Ethernet, FragmentHeader, Header, HopByHopOptions, IPv6, RoutingHeader
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values
from dissect.wireshark.names import value_names
from dissect.wireshark.sight import seen_layers


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (IPv6(), "IPv6 no next header"),
        (IPv6(next_header=200), "Unknown IP Protocol: Unassigned (200)"),
        (IPv6(next_header=253), "Unknown IP Protocol: Unknown (253)"),
        (IPv6.cut(b"\x60" + bytes(6)), "Invalid IPv6 header (7 bytes, need exactly 40)[Malformed Packet]"),
        (IPv6() / HopByHopOptions(next_header=200), "Unknown IP Protocol: Unassigned (200)"),
        (
            IPv6() / FragmentHeader(next_header=17, fragment_offset=2, id=7) / bytes(16),
            "IPv6 fragment (off=16 more=n ident=0x00000007 nxt=17)",
        ),
    ],
)
def test_words(frame: Header, words: str) -> None:
    assert summarize(frame).info == words
    assert summarize(frame).protocol == "IPv6"


def test_extension_headers_up_to_the_one_that_is_cut() -> None:
    whole = bytes(IPv6() / HopByHopOptions() / RoutingHeader() / DestinationOptions(next_header=6))
    frame = IPv6.decode(whole[:-4], 0, len(whole) - 4, 0)
    assert summarize(frame).info == (
        "IPv6 hop-by-hop options , IPv6 routing , IPv6 destination options[Malformed Packet]"
    )


def test_classes_of_service_are_those_of_ipv4() -> None:
    assert value_names("ipv6.tclass.dscp") == value_names("ip.dsfield.dscp")


@pytest.mark.parametrize(("length", "is_inside"), [(6, True), (7, False)])
def test_nothing_is_read_behind_an_option_that_leaves_the_packet(length: int, is_inside: bool) -> None:
    options = HopByHopOptions(options=bytes([1, 2, 0, 0, 0x1E, length]), next_header=253)
    header = dissect.parse(bytes(IPv6(next_header=0) / options / bytes(6)), "ipv6")
    assert [type(layer) for layer in seen_layers(header)] == [IPv6, HopByHopOptions, *([Data] if is_inside else [])]
    assert summarize(header).info.endswith("[Malformed Packet]") is not is_inside


@pytest.mark.parametrize(
    ("there", "names"),
    [(3, []), (4, ["ipv6.tclass.dscp"]), (6, ["ipv6.tclass.dscp"]), (7, ["ipv6.tclass.dscp", "ipv6.plen"])],
)
def test_what_is_read_together_of_a_header_that_is_cut(there: int, names: list[str]) -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv6())[: 14 + there])
    assert [name for name in ("ipv6.tclass.dscp", "ipv6.plen") if values(frame, name)] == names
