"""Strips of fragments: what each brought, what came twice, what is missing."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import UDP, EchoRequest, FragmentHeader, IPv4, IPv6, fragment, fragment_strips
from tests.declared import SAMPLES, any_bytes

_PIECES = fragment(IPv4(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP() / bytes(2000), mtu=800)


def test_a_real_ping_is_three_fragments_each_way() -> None:
    strips = fragment_strips(dissect.read(SAMPLES / "ping_4000.pcap"))
    assert [each.length for each in strips.datagrams] == [4008] * len(strips.datagrams)
    assert [(each.start, each.end) for each in strips.datagrams[0].fragments] == [
        (0, 1480),
        (1480, 2960),
        (2960, 4008),
    ]
    assert not any(each.missing() for each in strips.datagrams)


def test_overlaps_and_gaps_are_found() -> None:
    first, _, third = _PIECES
    again = first.replace(fragment_offset=first.fragment_offset + 10)
    (datagram,) = fragment_strips([first, again, third]).datagrams
    assert datagram.overlaps(0) == []
    assert datagram.overlaps(1) == [(80, 776)]
    assert datagram.missing() == [(856, 1552)]
    assert list(datagram.lines()) == [
        "10.0.0.1 → 10.0.0.2, id 0x0007: 2008 bytes",
        "  frame 1: bytes 0-775, more follow",
        "  frame 2: bytes 80-855, more follow, bytes 80-775 for the second time",
        "  frame 3: bytes 1552-2007, the last",
        "  bytes 856-1551 are missing",
    ]
    svg = fragment_strips([first, again, third]).to_svg()
    assert svg.count("url(#dissect-again)") == 2, "in its own strip and in that of the whole"
    assert datagram.contested() == [(80, 776)]
    assert ">missing<" in svg


def test_bytes_that_many_fragments_brought_are_contested_once() -> None:
    first, second, third = _PIECES
    (datagram,) = fragment_strips([first, first, second, third, third.replace(fragment_offset=150)]).datagrams
    assert datagram.contested() == [(0, 776), (1200, 1656)]
    assert fragment_strips(_PIECES).datagrams[0].contested() == []


def test_what_does_not_fit_into_a_strip_stands_beside_it() -> None:
    pieces = fragment(IPv4(id=7) / UDP() / bytes(2000), mtu=68)
    root = ElementTree.fromstring(fragment_strips(pieces).to_svg())
    labels = [each for each in root.iter("{http://www.w3.org/2000/svg}text") if "–" in (each.text or "")]
    assert len(labels) == len(pieces)
    assert (labels[0].get("x"), labels[0].get("text-anchor")) == ("169.3", "start")
    assert labels[-1].get("text-anchor") == "end"
    assert all(150 <= float(label.get("x", "")) <= 790 for label in labels)


def test_without_the_last_fragment_the_length_is_unknown() -> None:
    text = repr(fragment_strips(_PIECES[:1]))
    assert "length unknown" in text
    assert text.endswith("the last fragment is missing")


def test_fragments_of_ipv6_and_none_at_all() -> None:
    frame = IPv6(src="fe80::1", dst="fe80::2") / FragmentHeader(id=9, more_fragments=True) / bytes(16)
    text = repr(fragment_strips([frame]))
    assert text.startswith("fe80::1 → fe80::2, id 0x00000009: length unknown\n  frame 1: bytes 0-15")
    assert repr(fragment_strips([IPv4() / EchoRequest()])) == "There are no fragments."
    assert fragment_strips(_PIECES)._repr_mimebundle_()["text/plain"] == repr(fragment_strips(_PIECES))


@given(st.lists(any_bytes, max_size=4))
def test_any_packets_give_a_well_formed_picture(frames: list[bytes]) -> None:
    strips = fragment_strips(dissect.parse(data) for data in frames)
    ElementTree.fromstring(strips.to_svg())
    assert repr(strips)
