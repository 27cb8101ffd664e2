"""Fields at fixed places, read together as each is read alone."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, TCP, UDP, VLAN, Ethernet, Header, IPv4, IPv6, parse
from dissect.declaration.gathering import Span, gather, gathered, reader_at, span_of

CLASSES: tuple[type[Header], ...] = (Ethernet, VLAN, IPv4, IPv6, TCP, UDP)


@given(st.data())
def test_together_they_have_the_values_that_each_has_alone(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(CLASSES))
    fixed = [field.name for field in cls.fields if field.width]
    names = data.draw(st.lists(st.sampled_from(fixed), min_size=1, unique=True))
    read, size = gather(cls, names)
    raw = data.draw(st.binary(min_size=cls.least_size, max_size=cls.least_size))
    header = cls.cut(raw)
    assert read(b"12" + raw, 2) == tuple(header.raw(name) for name in names)
    assert size <= cls.least_size
    with pytest.raises(struct.error):
        read(raw[: size - 1], 0)


def test_a_field_without_a_fixed_place_is_refused() -> None:
    with pytest.raises(TypeError, match=r"TCP\.options has no fixed place"):
        span_of(TCP, "options")
    with pytest.raises(TypeError, match=r"ARP\.sender_ip"):
        span_of(ARP, "sender_ip")


def test_places_behind_others_are_read_in_a_frame() -> None:
    data = bytes(Ethernet() / IPv4(ttl=9, src="10.0.0.1") / UDP(dport=53))
    how = gathered({"ttl": span_of(IPv4, "ttl").behind(14), "src": span_of(IPv4, "src").behind(14)})
    assert how.unpack(data) == (9, bytes([10, 0, 0, 1]))
    assert how.size == 30
    assert parse(data)[IPv4].ttl == 9


def test_bytes_in_the_midst_of_numbers_are_cut_out() -> None:
    how = gathered({"all": Span(0, 64), "middle": Span(16, 16, is_octets=True)})
    values: dict[str, object] = dict(zip(how.variables, how.unpack(b"abcdefgh"), strict=True))
    assert eval(how.values["middle"], values) == b"cd"
    assert eval(how.values["all"], values) == int.from_bytes(b"abcdefgh", "big")


@given(st.data())
def test_lines_give_the_values_their_names_and_leave_others_theirs(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(CLASSES))
    fixed = [field.name for field in cls.fields if field.width]
    names = data.draw(st.lists(st.sampled_from(fixed), min_size=1, unique=True))
    # Two names for one place, and expressions in which variables have their own names.
    places = {name: span_of(cls, name) for name in names} | {"again": span_of(cls, names[0])}
    how = gathered(places)
    raw = data.draw(st.binary(min_size=cls.least_size, max_size=cls.least_size))
    alone = dict(zip(how.variables, how.unpack(raw), strict=True))
    kept = data.draw(st.lists(st.sampled_from(how.variables), unique=True))
    found: dict[str, object] = {"unpack": how.unpack, "raw": raw}
    exec("\n".join(how.lines("unpack(raw)", kept)), found)
    for name, value in how.values.items():
        assert found[name] == eval(value, dict(alone))
    assert all(found[variable] == alone[variable] for variable in kept)


def test_a_place_is_read_as_all_of_them_together_are() -> None:
    data = bytes(range(1, 21))
    for bit in range(64):
        for width in (1, 3, 8, 12, 16, 24, 48):
            place = Span(bit, width)
            how = gathered({"place": place})
            variables = dict(zip(how.variables, how.unpack(data, 2), strict=True))
            assert reader_at(place)(data, 2) == eval(how.values["place"], {}, variables)
    assert reader_at(Span(16, 32, is_octets=True))(data, 1) == data[3:7]
    with pytest.raises(struct.error):
        reader_at(Span(16, 8))(data, 18)
