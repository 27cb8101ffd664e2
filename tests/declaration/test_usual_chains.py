"""Headers that are made on the spot where nothing is unusual: they are those that decoders make."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.automatic import HeaderLength, Selector, TotalLength
from dissect.declaration.enumerated import Flags
from dissect.declaration.header import Header
from dissect.declaration.specifiers import bits, flag_set, octets, u8, u16, u32


class MyMarks(Flags):
    A, B, C, D = 1, 2, 4, 8

    @classmethod
    def letters(cls) -> tuple[str, ...]:
        return ("A", "B", "C", "D")


class MyWire(Header, name="usual_chains_wire"):
    station: int = u32("station", default=0)
    kind: int = u16("kind", factory=Selector())


class MyRoad(Header, name="usual_chains_road", usual=True, is_network=True, over={MyWire: 7}):
    version: int = bits(4, "version", default=7, expected=7)
    size: int = bits(4, "size", factory=HeaderLength(4))
    following: int = u8("following", factory=Selector())
    length: int = u16("length", factory=TotalLength())


class MyRail(Header, name="usual_chains_rail", usual=True, is_network=True, over={MyWire: 8}):
    following: int = u16("following", factory=Selector())
    length: int = u16("length", factory=TotalLength())
    size: int = u8("size", factory=HeaderLength(1))


class MyNarrow(Header, name="usual_chains_narrow", usual=True, over={MyRoad: 5, MyRail: 6}):
    """Its length and its marks share a byte."""

    size: int = bits(4, "size", factory=HeaderLength(2))
    marks: Any = flag_set(4, MyMarks, "marks", default=0, kept=True)
    number: int = u8("number", default=0, kept=True)
    options: bytes = octets("options", length="rest", default=b"")


class MyWide(Header, name="usual_chains_wide", usual=True, over={MyRoad: 9, MyRail: 9}):
    """Its length stands among 32 bits, of which there are more values than a table holds."""

    size: int = bits(10, "size", factory=HeaderLength(2, uncounted=1))
    number: int = bits(22, "number", default=0)
    marks: Any = flag_set(8, MyMarks, "marks", default=0, kept=True)
    options: bytes = octets("options", length="rest", default=b"")


def _built(road: bool, narrow: bool, options: int, payload: bytes) -> bytes:
    network: Header = MyRoad() if road else MyRail()
    if narrow:
        return bytes(MyWire() / network / MyNarrow(marks="AD", number=7, options=bytes(options), payload=payload))
    return bytes(MyWire() / network / MyWide(marks="B", number=1 << 20, options=bytes(options), payload=payload))


@given(st.booleans(), st.booleans(), st.sampled_from([0, 2, 6]), st.binary(max_size=4), st.data())
def test_each_of_several_usual_chains_is_made_as_decoders_make_it(
    road: bool, narrow: bool, options: int, payload: bytes, draw: st.DataObject
) -> None:
    data = bytearray(_built(road, narrow, options, payload))
    for _ in range(draw.draw(st.integers(0, 2))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    whole = bytes(data) + draw.draw(st.binary(max_size=3))
    quickly: Header = MyWire.decode(whole, 0, len(whole), 0)
    # Of a frame that the capture cut, nothing is made on the spot.
    one_by_one: Header = MyWire.decode(whole, 0, len(whole), 1 << 40)
    assert quickly == one_by_one
    for one, other in zip(quickly.layers(), one_by_one.layers(), strict=True):
        assert (one._start, one._body, one._end) == (other._start, other._body, other._end)
        assert one.is_cut == other.is_cut
        for field in type(one)._kept:
            if one.reaches(field):
                assert getattr(one, field.name) == getattr(other, field.name) == field.kind.load(one.raw(field))


@given(st.booleans(), st.booleans())
def test_the_last_header_is_made_with_the_first(road: bool, narrow: bool) -> None:
    data = _built(road, narrow, 2, b"x")
    frame: Header = MyWire.decode(data, 0, len(data), 0)
    network: Any = frame.payload
    assert isinstance(network._payload, MyNarrow if narrow else MyWide)
    assert str(network.payload.marks) == ("AD" if narrow else "B")
    assert len(network.payload.options) == 2
