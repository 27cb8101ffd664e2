from __future__ import annotations

from copy import copy
from typing import Any

import pytest

from dissect import ARP, AUTOMATIC, TCP, Ethernet, Header, IPv4, compile_filter
from dissect.declaration.derived_fields import Derived, derived
from dissect.declaration.fields import Field
from dissect.declaration.kinds import IPv4Address
from dissect.declaration.record import Record
from dissect.declaration.specifiers import bits, octets, overlay, u8, u16, u24, u64
from dissect.views.tree import layer_nodes
from dissect.wireshark.fields import texts
from dissect.wireshark.loading import load_all


class Sample(Record, name="sample", title="A sample"):
    """A layout with whatever a layout can have."""

    high: int = bits(4, "high", default=0)
    low: int = bits(4, "low", default=9)
    wide: int = u24("wide", default=0, base=16)
    words: int = u16("words", default=2, scale=4, doc="Length in words")
    huge: int = u64("huge", default=0)
    middle: int = overlay(2, "middle", over="high", skip=3)

    @derived("doubled", title="Doubled")
    def doubled(self) -> int | None:
        """Twice the words; None for none."""
        return 2 * self.words or None

    @derived("each")
    def each(self) -> list[int]:
        """The numbers below the words."""
        return list(range(self.words))


def make(data: bytes) -> Sample:
    sample = object.__new__(Sample)
    sample._buffer, sample._start, sample._body = data, 0, len(data)
    return sample


def test_places() -> None:
    assert [(field.name, field.bit, field.width) for field in Sample.layout] == [
        ("high", 0, 4),
        ("low", 4, 4),
        ("wide", 8, 24),
        ("words", 32, 16),
        ("huge", 48, 64),
    ]
    assert (Sample.field("middle").bit, Sample.field("middle").width) == (3, 2)


def test_names() -> None:
    field = Sample.field("words")
    assert (field.name, field.label, field.title, field.doc) == ("words", "sample.words", "Words", "Length in words")
    assert repr(field) == "<Field Sample.words 'sample.words'>"


def test_values_are_read_where_they_lie() -> None:
    sample = make(bytes.fromhex("5f 0a0b0c 0003 0102030405060708"))
    assert (sample.high, sample.low, sample.wide, sample.words) == (5, 15, 0x0A0B0C, 3)
    assert sample.huge == 0x0102030405060708
    assert sample.middle == 0b11


def test_values_are_printed_by_base_digits_and_scale() -> None:
    assert Sample.field("wide").text(0x0A) == "0x00000a"
    assert Sample.field("words").text(5) == "20"
    assert IPv4.field("ihl").text(5) == "20"
    assert TCP.field("flags").text(2) == "0x0002"
    assert Ethernet.field("type").text(0x0800) == "0x0800"


def test_derived_fields() -> None:
    sample = make(bytes.fromhex("00 000000 0002 0000000000000000"))
    doubled, each = Sample.derived
    assert isinstance(doubled, Derived)
    assert sample.doubled == 4
    assert doubled.values(sample) == [4]
    assert doubled.doc == "Twice the words; None for none."
    assert each.values(sample) == [0, 1]
    assert doubled.values(make(bytes(14))) == []
    assert doubled.values(make(bytes(3))) == [], "a cut record has none"
    with pytest.raises(AttributeError):
        sample.doubled = 3


def test_values_of_a_cut_record() -> None:
    assert Sample.field("huge").values(make(bytes(6))) == []
    assert Sample.field("words").values(make(bytes(6))) == [0]


def test_length_of_a_field_of_variable_length() -> None:
    packet = ARP(sender_mac="00:01", target_mac="02:03")
    assert ARP.field("sender_mac").size_in(packet) == 2
    assert TCP.field("options").size_in(TCP(options=bytes(8))) == 8
    assert TCP.field("options").size_in(TCP.cut(bytes(5))) == 0


def test_automatic_says_so() -> None:
    assert repr(AUTOMATIC) == "AUTOMATIC"


def test_a_layout_is_whole_bytes() -> None:
    with pytest.raises(TypeError, match="the fields make 7 bits, not a whole number of bytes"):

        class Odd(Record, name="odd"):
            part: int = bits(7, "part", default=0)


def test_a_field_of_one_byte_has_two_digits() -> None:
    class Small(Record, name="small"):
        byte: int = u8("byte", default=0, base=16)

    assert Small.field("byte").text(7) == "0x07"


def test_computed_fields_are_what_declared_ones_are() -> None:
    class Routed(Header, name="routed_twice", title="Routed"):
        raw_stops: bytes = octets("", default=b"", length="rest", title="Stops")

        @derived("stop", kind=IPv4Address, title="Stop", at=lambda routed: (0, 4))
        def first_stop(self) -> Any:
            return self.raw_stops[:4]

        @derived("stops", kind=IPv4Address, title="All Stops")
        def stops(self) -> Any:
            return ["10.0.0.1", bytes([10, 0, 0, 2])]

    routed = Routed(raw_stops=bytes([10, 0, 0, 1, 10, 0, 0, 2]))
    assert routed.first_stop == "10.0.0.1"
    assert routed.stops == ["10.0.0.1", "10.0.0.2"]
    assert texts(routed, "routed_twice.stops") == ["10.0.0.1", "10.0.0.2"]
    assert compile_filter("routed_twice.stop == 10.0.0.1 and routed_twice.stops == 10.0.0.0/24")(routed)
    (layer,) = layer_nodes(routed)
    found = next(node for node in layer.children if node.label == "routed_twice.stop")
    assert (found.start, found.length, found.text) == (0, 4, "10.0.0.1")


def test_a_copy_of_a_field_says_the_same_and_is_another() -> None:
    class Longer(Derived):
        __slots__ = ("later", "more")

    whole: Any = Longer(lambda record: 3, 8, Sample.field("words").kind, "more", title="More", default=4)
    whole.more = [1]
    again: Any = copy(whole)
    assert (again.function, again.kind, again.label, again.title) == (whole.function, whole.kind, "more", "More")
    assert (again.default, again.width, again.more, again.owner) == (4, 8, [1], None)
    assert again.more is whole.more
    assert not hasattr(again, "later")
    again.title = "Less"
    assert whole.title == "More"
    assert type(again) is Longer


def test_every_class_of_fields_names_what_its_fields_hold() -> None:
    load_all()
    classes: list[type[Field]] = [Field]
    for cls in classes:
        classes += cls.__subclasses__()
        assert "__slots__" in vars(cls), f"{cls.__name__} has no __slots__, so that copies lack what it adds"
    assert len(classes) > 5
