from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, TCP, UDP, VLAN, Data, Ethernet, IPProtocol, IPv4
from dissect.declaration.automatic import HeaderLength, Selector, TotalLength
from dissect.declaration.decoder import LINKS, NETWORKS, UNPARSED, field_of_role, network_at
from dissect.declaration.header import Header
from dissect.declaration.specifiers import octets, u8, u16
from tests.declared import A_FEW_OF_EACH, HEADERS, damaged_frames, of_each


@of_each(HEADERS)
def test_a_decoder_takes_any_part_of_any_buffer(cls: type[Any]) -> None:
    @given(st.binary(max_size=80), st.integers(0, 80), st.integers(0, 80))
    @A_FEW_OF_EACH
    def check(buffer: bytes, start: int, end: int) -> None:
        end = min(end, len(buffer))
        start = min(start, end)
        header = cls.decode(buffer, start, end, 0)
        # What has the place of a header and is none of it is a form that bears its name, or text.
        assert isinstance(header, (cls, Data)) or header.name == cls.name
        assert header.offset == start
        assert start <= start + header._body - header._start <= header._end <= end
        list(header.layers())
        assert bytes(header) == buffer[start : header._end]

    check()


@given(damaged_frames())
def test_the_usual_chain_is_decoded_as_any_other(data: bytes) -> None:
    """Layers that are made on the spot equal those that each class's own decoder makes."""
    for header in dissect.parse(data).layers():
        if len(header._buffer) >= header._end and header.payload is not None:
            alone = type(header).decode(header._buffer, header._start, header._end, header._outer)
            assert alone == header
            assert (alone._body, alone._end, alone._outer) == (header._body, header._end, header._outer)
            payload, again = header.payload, alone.payload
            assert (payload._start, payload._body, payload._end) == (again._start, again._body, again._end)
            assert payload._outer == again._outer


@given(damaged_frames())
def test_the_usual_chain_finds_what_decoders_one_by_one_find(data: bytes) -> None:
    """A frame of which the capture cut a byte off never takes the short way, and its layers lie where they lay.

    But what a stream carries may say another thing where it breaks off, as a message of HTTP does.
    """
    quickly, one_by_one = dissect.parse(data), dissect.parse(data, original_length=len(data) + 1)
    places: list[list[tuple[Any, ...]]] = []
    for frame in (quickly, one_by_one):
        places.append([])
        for header in frame.layers():
            places[-1].append((type(header), header.offset, header._body - header._start, header._end))
            if header.carries_stream:
                break
    assert places[0] == places[1]


def test_nothing_is_parsed_before_somebody_looks() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / UDP() / b"x"))
    assert frame._payload is UNPARSED
    assert len(frame) == 43
    assert frame._payload is UNPARSED
    assert frame.payload is not UNPARSED


def test_fields_by_role() -> None:
    assert field_of_role(IPv4, HeaderLength) is IPv4.field("ihl")
    assert field_of_role(IPv4, TotalLength) is IPv4.field("total_length")
    assert field_of_role(IPv4, Selector) is IPv4.field("protocol")
    assert field_of_role(ARP, Selector) is None


def test_the_network_header_around_a_segment_is_found_again() -> None:
    frame = dissect.parse(bytes(Ethernet() / VLAN() / IPv4(src="10.0.0.1") / IPv4(src="10.0.0.2") / TCP()))
    segment = frame[TCP]
    network = network_at(segment._buffer, segment._outer)
    assert isinstance(network, IPv4)
    assert network.src == "10.0.0.2"
    assert network_at(frame._buffer, frame._outer) is None


def test_a_fragment_is_not_looked_into() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4(fragment_offset=1, protocol=IPProtocol.UDP) / bytes(8)))
    assert type(frame[IPv4].payload) is Data


def test_a_version_that_is_not_its_own_is_not_looked_into() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4(version=6, protocol=IPProtocol.UDP) / bytes(8)))
    assert type(frame[IPv4].payload) is Data
    assert next(problem.field for problem in frame.problems()) == "version"


def test_tables() -> None:
    assert LINKS[1] is Ethernet.decode
    assert NETWORKS[4] is IPv4.decode
    assert all(callable(decode) for decode in LINKS.values())


def test_what_a_cut_header_lacks_is_not_taken_from_behind_it() -> None:
    data = bytes(Ethernet() / IPv4(total_length=24) / UDP()) + b"trailer"
    frame = dissect.parse(data)
    header: Header = frame[UDP]
    assert header.is_cut
    assert len(header) == 4
    assert not hasattr(header, "checksum")
    assert frame.trailer.endswith(b"trailer")


class Counted(Header, name="countedhead"):
    """A header that tells its own length in two bytes."""

    kind: int = u8("kind", default=0)
    size: int = u16("size", factory=HeaderLength(1, uncounted=3))
    rest: bytes = octets("rest", length="rest")


class Whole(Header, name="countedwhole"):
    """A header that tells the length of all, of which its last field takes what there is in some cases."""

    kind: int = u8("kind", default=0)
    size: int = u16("size", factory=TotalLength())
    rest: bytes | None = octets("rest", length="rest", when="kind")


def test_a_length_of_the_header_may_take_several_bytes() -> None:
    header = Counted.decode(b"\1\0\2abcd", 0, 7, 0)
    assert (header.rest, bytes(header.payload)) == (b"ab", b"cd")
    assert Counted.decode(b"\1\1\2abcd", 0, 7, 0).is_cut
    assert Counted(rest=bytes(300)).size == 300


def test_the_total_length_ends_what_takes_the_rest() -> None:
    around = Whole.decode(b"\1\0\5abcd", 0, 7, 0)
    assert (around.rest, around.payload, around.carried_end) == (b"ab", None, 5)
    carrying = Whole.decode(b"\0\0\5abcd", 0, 7, 0)
    assert (carrying.rest, bytes(carrying.payload)) == (None, b"ab")
    assert Whole.decode(b"\1\0\x09abcd", 0, 7, 0).rest == b"abcd"
    assert Whole.decode(b"\1\0\1abcd", 0, 7, 0).rest == b""
    assert Whole(kind=1, rest=b"ab").copy() == around.copy().replace()
    assert bytes(Whole(kind=1, rest=b"ab"))[:3] == b"\1\0\5"
