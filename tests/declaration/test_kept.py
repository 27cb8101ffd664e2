"""Fields that parsed headers keep: what is kept is what the bytes say, whatever becomes of a header."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, Ethernet, EtherType, Header, IPv4, parse
from dissect.declaration.automatic import HeaderLength, Selector, TotalLength
from dissect.declaration.enumerated import Flags
from dissect.declaration.fields import Field
from dissect.declaration.kept import NUMBERS
from dissect.declaration.specifiers import bits, code, flag_set, ipv4, octets, u8, u16, u32
from dissect.errors import FieldAbsentError
from dissect.protocols.ipv4 import IPProtocol
from dissect.views.strategies import field_values
from tests.declared import damaged_frames


def agree(frame: Header) -> None:
    """Every kept field is what its bits say, as a header that keeps nothing reads them."""
    for header in frame.layers():
        for field in type(header)._kept:
            if header.reaches(field):
                assert getattr(header, field.name) == field.kind.load(header.raw(field)), field
            else:
                with pytest.raises(FieldAbsentError):
                    getattr(header, field.name)


@given(damaged_frames())
def test_what_is_kept_is_what_the_bytes_say(data: bytes) -> None:
    agree(parse(data))
    # Cut by the capture, nothing is made on the spot.
    agree(parse(data, original_length=len(data) + 1))


@given(damaged_frames(), st.data())
def test_an_edit_is_seen_in_all_that_is_kept(data: bytes, draw: st.DataObject) -> None:
    frame = parse(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        header = draw.draw(st.sampled_from(list(frame.layers())))
        agree(header)
        fields: list[Field] = [field for field in header.present_fields() if field.width]
        if fields:
            field = draw.draw(st.sampled_from(fields))
            setattr(header, field.name, draw.draw(field_values(field)))
        agree(frame)
        agree(frame.copy())


def test_an_edit_beside_a_kept_field_is_seen() -> None:
    frame = parse(bytes(Ethernet() / IPv4() / TCP(sport=1025, flags="S")))
    segment = frame[TCP]
    assert (segment.sport, str(segment.flags)) == (1025, "S")
    segment.ack_flag = True
    assert str(segment.flags) == "SA"
    segment.flags = "F"
    assert (segment.fin, str(segment.flags), segment.sport) == (True, "F", 1025)


def test_a_kept_field_that_is_computed_is_computed_each_time() -> None:
    datagram = UDP() / dissect.VXLAN()
    assert datagram.dport == 4789
    datagram.payload = b""
    assert datagram.dport == 0


def test_frames_share_the_numbers_that_they_keep() -> None:
    data = bytes(Ethernet() / IPv4() / UDP(sport=40000, dport=50000))
    frames = [parse(data)[UDP] for _ in range(2000)]
    assert all((frame.sport, frame.dport) == (40000, 50000) for frame in frames)
    first, second = parse(data)[UDP], parse(bytes(bytearray(data)))[UDP]
    assert first.sport is second.sport is NUMBERS[40000]
    assert first.dport is second.dport


_FIRST_LOOK = """
import pickle, sys
from dissect import TCP, parse
data = bytes.fromhex(sys.argv[1])
segment = parse(data)[TCP]
print(segment.sport, segment.seq)
work = {
    "cut": lambda: parse(data[:40])[TCP],
    "copied": segment.copy,
    "pickled": lambda: pickle.loads(bytes.fromhex(sys.argv[3])),
    "changed": lambda: setattr(segment, "seq", 6) or segment,
    "contradicting": lambda: parse(data[:46] + bytes([0x10]) + data[47:])[TCP],
}[sys.argv[2]]
print(work().sport, segment.sport)
"""


@pytest.mark.parametrize("how", ["cut", "copied", "pickled", "changed", "contradicting"])
def test_the_first_header_with_an_empty_slot_is_asked_like_any_other(how: str) -> None:
    data = bytes(Ethernet() / IPv4() / TCP(sport=1025, seq=5))
    # What one program has built, another gets that has built nothing.
    pickled = pickle.dumps(TCP(sport=1025, seq=5))
    command = [sys.executable, "-c", _FIRST_LOOK, data.hex(), how, pickled.hex()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1025", "5", "1025", "1025"]


class MyFlags(Flags):
    A, B, C, D = 1, 2, 4, 8

    @classmethod
    def letters(cls) -> tuple[str, ...]:
        return ("A", "B", "C", "D")


class MyLink(Header, name="kept_link"):
    station: int = u32("station", default=0)
    kind: int = u16("kind", factory=Selector())


class MyNetwork(Header, name="kept_network", usual=True, is_network=True, over={MyLink: 7}):
    version: int = bits(4, "version", default=7, expected=7)
    size: int = bits(4, "size", factory=HeaderLength(4))
    hops: int = u8("hops", default=3, kept=True)
    length: int = u16("length", factory=TotalLength())
    following: int = u8("following", factory=Selector())
    marks: Any = flag_set(4, MyFlags, "marks", default=0, kept=True)
    rest: int = bits(4, "rest", default=0)
    number: int = u16("number", default=9, kept=True)
    options: bytes = octets("options", length="rest", default=b"")


class MyTransport(Header, name="kept_transport", usual=True, over={MyNetwork: 5}):
    channel: int = u32("channel", default=0, kept=True)
    kind: Any = code(8, IPProtocol, "kind", default=6, kept=True)
    last: int = u8("last", default=0)


@given(st.integers(0, 255), st.sampled_from(["", "A", "BD"]), st.integers(0, (1 << 32) - 1), st.binary(max_size=9))
def test_an_outsiders_header_is_kept_and_made_on_the_spot_like_any_other(
    hops: int, marks: str, channel: int, payload: bytes
) -> None:
    built = MyLink() / MyNetwork(hops=hops, marks=marks) / MyTransport(channel=channel, kind=17, payload=payload)
    data = bytes(built)
    frame: Header = MyLink.decode(data, 0, len(data), 0)
    network, transport = frame[MyNetwork], frame[MyTransport]
    assert (network.hops, str(network.marks), network.number) == (hops, marks, 9)
    assert (transport.channel, transport.kind) == (channel, IPProtocol.UDP)
    # Both were made when the link's header was asked what it carries, and not by their own decoders.
    assert transport._kept_channel == channel  # type: ignore[attr-defined]  # a slot that the declaration adds
    assert frame == built
    for end in range(len(data)):
        agree(MyLink.decode(data[:end], 0, end, 0))


@pytest.mark.parametrize("declared", [lambda: ipv4("x", kept=True), lambda: octets("x", length="rest", kept=True)])
def test_what_is_no_number_at_a_fixed_place_is_not_kept(declared: Any) -> None:
    with pytest.raises(TypeError, match=r"Bad\.x has kept=True, which a number of at most 16 bits can have"):

        class Bad(Header, name="kept_bad"):
            x: Any = declared()


def test_what_a_wide_name_stands_for_is_not_kept() -> None:
    with pytest.raises(TypeError, match="at most 16 bits"):

        class Bad(Header, name="kept_bad"):
            x: Any = code(32, EtherType, "x", kept=True)
