"""IPv4 in the eyes of Wireshark: how far it reads, and what it says of headers that are wrong."""

from __future__ import annotations

import pytest

import dissect
from dissect import UDP, Ethernet, IPv4, LooseSourceRoute, StrictSourceRoute
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values

FIELDS = ("ip.version", "ip.hdr_len", "ip.dsfield", "ip.len", "ip.ttl", "ip.src")


def changed(place: int, value: int) -> IPv4:
    data = bytearray(bytes(IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP() / b"data"))
    data[place] = value
    datagram: IPv4 = IPv4.decode(bytes(data), 0, len(data), 0)
    return datagram


@pytest.mark.parametrize(
    ("place", "value", "seen", "words"),
    [
        (0, 0x55, 1, "Bogus IPv4 version (5, must be 4)"),
        (0, 0x44, 2, "Bogus IP header length (16, must be at least 20)"),
        (3, 19, 4, "Bogus IP length (19, less than header length 20)"),
        (8, 1, 6, "0 → 0 Len=4"),
    ],
)
def test_nothing_is_read_behind_what_is_wrong(place: int, value: int, seen: int, words: str) -> None:
    frame = changed(place, value)
    assert [bool(values(frame, name)) for name in FIELDS] == [True] * seen + [False] * (len(FIELDS) - seen)
    assert summarize(frame).info == words


@pytest.mark.parametrize(("there", "seen"), [(0, 0), (1, 2), (2, 3), (4, 4), (9, 5), (16, 6)])
def test_a_header_that_is_cut(there: int, seen: int) -> None:
    frame = IPv4.cut(bytes(IPv4(ttl=9))[:there])
    assert [bool(values(frame, name)) for name in FIELDS] == [True] * seen + [False] * (len(FIELDS) - seen)
    assert summarize(frame).info == "[Malformed Packet]"


def test_a_source_route_has_two_destinations() -> None:
    routed = IPv4(dst="10.0.0.9", options=[LooseSourceRoute(route=["10.0.0.5", "10.0.0.2"])])
    assert values(routed, "ip.dst") == ["10.0.0.2"]
    assert values(routed, "ip.cur_rt") == ["10.0.0.9"]
    assert values(IPv4(dst="10.0.0.9"), "ip.dst") == ["10.0.0.9"]
    assert values(IPv4(dst="10.0.0.9"), "ip.cur_rt") == []


def test_a_large_segment_has_no_length_of_its_own() -> None:
    data = bytes(Ethernet() / IPv4(total_length=0) / UDP() / bytes(100))
    assert values(dissect.parse(data), "ip.len") == [128]


@pytest.mark.parametrize(
    ("datagram", "small", "local"),
    [
        (IPv4(ttl=4), 1, 0),
        (IPv4(ttl=5), 0, 0),
        (IPv4(ttl=1, dst="224.0.0.1"), 0, 0),
        (IPv4(ttl=2, dst="224.0.0.1"), 0, 1),
        (IPv4(ttl=255, dst="224.0.0.251"), 0, 0),
        (IPv4(ttl=9, dst="224.0.0.252"), 0, 0),
        (IPv4(ttl=1, protocol="ospf"), 0, 0),
    ],
)
def test_times_to_live_that_are_worth_a_look(datagram: IPv4, small: int, local: int) -> None:
    assert (len(values(datagram, "ip.ttl.too_small")), len(values(datagram, "ip.ttl.lncb"))) == (small, local)


def test_what_is_carried_is_told_where_no_header_stands_for_it() -> None:
    assert summarize(IPv4(protocol=200) / b"data").info == "Unassigned (200)"
    assert summarize(IPv4(protocol=17, fragment_offset=185, id=7) / bytes(8)).info == (
        "Fragmented IP protocol (proto=UDP 17, off=1480, ID=0007)"
    )


@pytest.mark.parametrize(
    ("pointer", "route", "destination"),
    [
        (4, ["10.0.0.9", "192.168.1.2"], "192.168.1.2"),
        (8, ["10.0.0.9", "192.168.1.2"], "192.168.1.2"),
        (12, ["10.0.0.9", "192.168.1.2"], "10.0.0.2"),
        (4, [], "10.0.0.2"),
    ],
)
@pytest.mark.parametrize("cls", [LooseSourceRoute, StrictSourceRoute])
def test_the_list_has_the_last_address_of_a_source_route(
    cls: type[LooseSourceRoute | StrictSourceRoute], pointer: int, route: list[str], destination: str
) -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", options=[cls(route=route, pointer=pointer)]) / UDP()
    assert summarize(datagram).destination == destination


@pytest.mark.parametrize(("there", "names"), [(6, []), (7, []), (8, ["ip.flags.df", "ip.frag_offset"])])
def test_flags_and_offset_are_read_together(there: int, names: list[str]) -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4(dont_fragment=True))[: 14 + there])
    assert [name for name in ("ip.flags.df", "ip.frag_offset") if values(frame, name)] == names
