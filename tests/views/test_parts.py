"""Texts are put together of parts whose headers stand apart; the others are told together."""

from __future__ import annotations

from dissect import (
    TCP,
    UDP,
    DestinationOptions,
    DestinationUnreachable,
    Ethernet,
    Header,
    HopByHopOptions,
    IPv4,
    IPv6,
    Packet,
    parse,
)
from dissect.views.details import Details, details
from dissect.views.parts import ends_of_groups, groups, standing

__all__: list[str] = []


def groups_of(frame: Header) -> tuple[int, ...]:
    return groups(tuple(type(layer) for layer in frame.layers()))


def test_headers_stand_apart() -> None:
    assert groups_of(Ethernet() / IPv4() / UDP(sport=5, dport=6, payload=b"x")) == (1, 2, 3, 4)


def test_what_is_quoted_stands_below_the_quotation() -> None:
    quoted = IPv4() / TCP(sport=5, dport=6)
    assert groups_of(Ethernet() / IPv4() / DestinationUnreachable() / quoted) == (1, 2, 5)


def test_extension_headers_stand_below_their_header() -> None:
    frame = Ethernet() / IPv6() / HopByHopOptions() / DestinationOptions() / UDP(sport=5, dport=6)
    assert groups_of(frame) == (1, 4, 5)


def test_headers_of_a_parsed_frame_stand_one_behind_the_other() -> None:
    layers = list(parse(bytes(Ethernet() / IPv4() / UDP(sport=5, dport=6, payload=b"x"))).layers())
    assert standing(layers) == 4
    assert ends_of_groups(layers, 4) == [1, 2, 3, 4]


def test_what_does_not_stand_on_the_frame_is_told_with_what_does() -> None:
    frame = parse(bytes(Ethernet() / IPv4() / UDP(sport=5, dport=6, payload=b"x")))
    frame[UDP].sport = 7
    layers = list(frame.layers())
    assert standing(layers) == 2
    assert ends_of_groups(layers, 2) == [1, 4]


def test_parts_make_the_whole() -> None:
    packet = Packet(bytes(Ethernet() / IPv6() / HopByHopOptions() / UDP(sport=5, dport=6) / bytes(20)), number=1)
    assert Details()(packet) == details(packet) + "\n"
