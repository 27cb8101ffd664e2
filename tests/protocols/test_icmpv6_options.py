from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    ICMPv6RouterSolicitation,
    LinkMTU,
    MalformedNeighborOption,
    NeighborOption,
    Nonce,
    Option,
    PrefixInformation,
    RecursiveDNSServers,
    RedirectedHeader,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    UnknownNeighborOption,
)
from dissect.errors import FieldError
from dissect.protocols.icmpv6_options import DNSSearchList, RouteInformation
from tests.declared import again


def options_in(data: bytes) -> tuple[Option, ...]:
    return ICMPv6RouterSolicitation(options=data).options


@pytest.mark.parametrize(
    ("option", "data"),
    [
        (SourceLinkLayerAddress("00:05:5d:61:58:a8"), "0101 00055d6158a8"),
        (TargetLinkLayerAddress("00:05:5d:61:58:a8"), "0201 00055d6158a8"),
        (SourceLinkLayerAddress("01:02:03:04:05:06:07:08"), "0102 0102030405060708 000000000000"),
        (
            PrefixInformation(prefix="2001:db8::", valid_lifetime=10, preferred_lifetime=5),
            "030440c0 0000000a 00000005 00000000 20010db8000000000000000000000000",
        ),
        (RedirectedHeader(data=b"packet"), "0402 000000000000 7061636b6574 0000"),
        (LinkMTU(1500), "0501 0000 000005dc"),
        (Nonce(), "0e01 000000000000"),
        (
            RecursiveDNSServers(lifetime=10, addresses=["2001:db8::1"]),
            "1903 0000 0000000a" + "20010db8" + "0" * 23 + "1",
        ),
        (
            RouteInformation(preference=1, lifetime=3600, octets=bytes.fromhex("20010db800010002")),
            "1802 40 08 00000e10 20010db800010002",
        ),
        (RouteInformation(prefix_length=0, octets=b""), "1801 00 00 00000708"),
        (DNSSearchList(lifetime=10, names=b"\x03lan\x00"), "1f02 0000 0000000a 03 6c616e 00 000000"),
        (UnknownNeighborOption(type=200, data=b"ab"), "c801 6162 00000000"),
    ],
)
def test_construct_and_deconstruct(option: NeighborOption, data: str) -> None:
    raw = bytes.fromhex(data)
    assert bytes(option) == raw
    read = options_in(raw)[0]
    assert (type(read), read) == (type(option), option)
    assert again(read) == option


def test_flags_of_a_prefix_read_as_a_whole() -> None:
    assert PrefixInformation().flags == 0xC0
    assert PrefixInformation(flags=0x20).router_address


def test_a_route_has_a_prefix_of_as_many_bytes_as_it_needs() -> None:
    assert RouteInformation(octets=bytes.fromhex("20010db800010002")).prefix == "2001:db8:1:2::"
    assert RouteInformation(octets=b"").prefix is None
    assert RouteInformation(preference=3).flags == 0x18


@pytest.mark.parametrize(
    ("names", "domains"),
    [
        (b"", []),
        (bytes(8), []),
        (b"\x03lan\x00", ["lan"]),
        (b"\x03lan\x00\x07example\x03org\x00\x00", ["lan", "example.org"]),
        (b"\x03lan\x00\x3fexam", ["lan"]),
        (b"\xc0\x0c\x00", []),
    ],
)
def test_a_search_list_is_read_as_far_as_its_names_are_whole(names: bytes, domains: list[str]) -> None:
    assert DNSSearchList(names=names).domains == domains


@pytest.mark.parametrize("length", [0, 2, 255])
def test_impossible_lengths(length: int) -> None:
    data = bytes((1, length)) + bytes(6)
    (option,) = options_in(data)
    assert type(option) is MalformedNeighborOption
    assert list(option.problems()) == ["is no well-formed option"]


def test_a_length_that_the_class_does_not_have() -> None:
    (option,) = options_in(bytes((5, 2)) + bytes(14))
    assert type(option) is UnknownNeighborOption
    assert list(option.problems()) == ["of type 5 (MTU) has 16 bytes, which that option cannot have"]


@given(st.binary(max_size=80))
def test_every_byte_belongs_to_an_option(data: bytes) -> None:
    options = options_in(data)
    assert b"".join(map(bytes, options)) == data
    assert all(again(option) == option for option in options)


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"LinkMTU.mtu is -1, expected 0 to 4294967295"):
        LinkMTU(-1)
    with pytest.raises(FieldError, match=r"would be 256, expected at most 255"):
        RedirectedHeader(data=bytes(2040))
