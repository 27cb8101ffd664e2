from __future__ import annotations

from itertools import takewhile
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import dissect
from dissect import ARP, AUTOMATIC, MSS, TCP, UDP, Ethernet, InterfaceInformation, IPv4
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.record import FIELDS
from dissect.errors import FieldAbsentError, FieldError
from dissect.views.strategies import field_values, frames, headers
from dissect.wireshark.sight import sight_of_class
from tests.declared import A_FEW_OF_EACH, HEADERS, RECORDS, again, damaged_frames, of_each


def bits(data: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in data)


def there(header: Header) -> list[Field]:
    return list(header.present_fields())


@of_each(HEADERS)
def test_an_edit_changes_the_bits_of_its_field_and_no_others(cls: type[Header]) -> None:
    @given(headers(cls, payload=st.binary(max_size=8), trailer=st.binary(max_size=4)), st.data())
    @A_FEW_OF_EACH
    def check(built: Header, data: st.DataObject) -> None:
        raw = bytes(built)
        header: Header = cls.decode(raw, 0, len(raw), 0)
        raw = bytes(header)  # a header that carries nothing leaves what stands behind it to others
        present = there(header)
        sized = [field for field in present if field.width]
        if not sized:
            return
        field = data.draw(st.sampled_from(sized))
        first, width = header.span(field)
        value = data.draw(field_values(field))
        size = header.own_size
        setattr(header, field.name, value)
        assert header.raw(field) == field.kind.store(value, field.width)
        if there(header) != present:
            # It decided whether others are there: what the header carries stays.
            assert raw[size:] == bytes(header)[header.own_size :]
            return
        before, after = bits(raw), bits(bytes(header))
        assert before[:first] + before[first + width :] == after[:first] + after[first + width :]

    check()


@given(damaged_frames(), st.data())
def test_an_edit_inside_a_frame_leaves_the_other_layers_alone(data: bytes, draw: st.DataObject) -> None:
    frame = dissect.parse(data)
    header = draw.draw(st.sampled_from(list(frame.layers())))
    present = there(header)
    sized = [field for field in present if field.width]
    assume(sized)
    field = draw.draw(st.sampled_from(sized))
    start, size = header.offset, header.own_size
    assert start is not None
    first, width = header.span(field)
    first += 8 * start
    setattr(header, field.name, draw.draw(field_values(field)))
    if there(header) != present:
        # It decided whether others of its header are there: what is around that stays.
        edited = bytes(frame)
        assert data[:start] + data[start + size :] == edited[:start] + edited[start + header.own_size :]
        return
    before, after = bits(data), bits(bytes(frame))
    assert before[:first] + before[first + width :] == after[:first] + after[first + width :]


@given(frames(), st.data())
def test_an_edit_of_the_least_bit_is_seen(frame: Header, draw: st.DataObject) -> None:
    """Every other value gives other bytes."""
    data = bytes(frame)
    parsed = dissect.parse(data)
    header = draw.draw(st.sampled_from(list(parsed.layers())))
    present = there(header)
    sized = [field for field in header.layout if field.width and field in present]
    assume(sized)
    field = draw.draw(st.sampled_from(sized))
    raw = header.raw(field)
    other = raw ^ 1 if isinstance(raw, int) else bytes([*raw[:-1], raw[-1] ^ 1])
    setattr(header, field.name, other)
    assert bytes(parsed) != data
    assert parsed != dissect.parse(data)
    # What stood in a field that the edit took away is gone: there is no way back to it.
    assume(there(header) == present)
    setattr(header, field.name, raw)
    assert bytes(parsed) == data
    assert parsed == dissect.parse(data)


def test_an_edit_is_no_edit_of_the_original() -> None:
    data = bytes(Ethernet() / IPv4() / UDP(dport=53) / b"x")
    frame = dissect.parse(data)
    copy = frame.copy()
    copy[UDP].dport = 54
    assert frame[UDP].dport == 53
    assert bytes(frame) == data
    assert frame.replace(src="02:00:00:00:00:01")[Ethernet].src == "02:00:00:00:00:01"
    assert bytes(frame) == data


def test_a_list_of_another_length_moves_what_follows() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / TCP(options=[MSS(1460)]) / b"data"))
    frame[TCP].options = [MSS(1400), MSS(1300)]
    raw = bytes(frame)
    assert raw[34 + 20 : 34 + 28].hex() == "0204057802040514"
    assert raw.endswith(b"data")
    assert frame[TCP].data_offset == 6, "a parsed length is kept as it is"
    assert frame.fixed()[TCP].data_offset == 7


def test_a_length_left_automatic_follows() -> None:
    segment = TCP()
    segment.options = [MSS(1460)]
    assert segment.data_offset == 6
    packet = ARP(sender_mac="00:01", target_mac="02:03")
    assert packet.hardware_length == 2


def test_deleting_makes_automatic_again() -> None:
    frame = Ethernet() / IPv4(checksum=1, ttl=3) / b"x"
    assert not frame[IPv4].is_automatic("checksum")
    del frame[IPv4].checksum
    assert frame[IPv4].is_automatic("checksum")
    assert frame[IPv4].checksum_state().value == "good"
    del frame[IPv4].ttl
    assert frame[IPv4].ttl == 64
    frame[IPv4].total_length = 9
    frame[IPv4].total_length = AUTOMATIC
    assert frame[IPv4].total_length == 21
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del frame[IPv4].dont_fragment


@of_each(HEADERS)
def test_every_field_can_be_left_to_be_computed_again(cls: type[Any]) -> None:
    for field in cls.layout:
        if field.when:
            continue
        given_ = cls().replace(**{field.name: getattr(cls(), field.name)})
        delattr(given_, field.name)
        assert given_ == cls()


@of_each(RECORDS)
def test_fields_of_fixed_size_lie_without_gaps(cls: type[Any]) -> None:
    bit = total = 0
    for field in cls.layout:
        if field.elastic:
            # Places behind it are counted from its end.
            bit = 0
            continue
        assert field.bit == bit
        bit += field.width
        total += field.width
    assert total == 8 * cls.least_size
    for field in cls.fields:
        if field.over:
            below = cls.field(field.over)
            assert below.bit <= field.bit


@of_each(RECORDS)
def test_every_field_says_what_it_is(cls: type[Any]) -> None:
    for field in (*cls.fields, *cls.derived):
        assert field.title
        assert field.owner is not None
        assert repr(field).startswith("<Field ")
        if field.label:
            # What several protocols have in common may bear the name of what they are forms of.
            names = [name for each in cls.__mro__ if (name := getattr(each, "name", ""))]
            assert any(field.label.startswith(f"{name}.") for name in names)
            assert any(each.owner in cls.__mro__ for each in FIELDS[field.label])


def value_of(record: Any, field: Field) -> Any:
    """What the field reads as; the bytes where text does not tell all of them, as that before a zero byte."""
    value = getattr(record, field.name)
    raw = record.raw(field)
    return raw if isinstance(value, str) and field.kind.store(value, 0) != raw else value


@of_each(RECORDS)
def test_a_record_built_from_its_values_is_the_same(cls: type[Any]) -> None:
    # A message with a dozen lengths that are drawn is seldom whole.
    @given(headers(cls))
    @settings(A_FEW_OF_EACH, suppress_health_check=[HealthCheck.filter_too_much])
    def check(record: Any) -> None:
        sized = [field for field in record.present_fields() if field.width and not field.over]
        values = {field.name: record.raw(field) for field in sized}
        values |= {field.name: value_of(record, field) for field in record.present_fields() if not field.width}
        values = {name: value for name, value in values.items() if value is not None}
        assume(all(field.name in values or field.when for field in cls.layout))
        # Behind one that is not there, a position would mean that one.
        by_position = takewhile(values.__contains__, [field.name for field in cls.layout if not field.kw_only])
        positional = [values.pop(name) for name in by_position]
        again = cls(*positional, **values)
        assert bytes(again)[: cls.least_size] == bytes(record)[: cls.least_size]

    check()


def test_span_counts_bits_from_the_record() -> None:
    assert IPv4().span("ihl") == (4, 4)
    assert IPv4().span("dont_fragment") == (49, 1)
    assert TCP(options=[MSS(1460)]).span("options") == (160, 32)
    assert ARP(sender_mac="00:01", target_mac="02:03").span("target_ip") == (8 * 16, 32)


def test_a_cut_record_names_what_is_missing() -> None:
    header = IPv4.cut("45 00 00 14")
    assert header.total_length == 20
    with pytest.raises(FieldAbsentError, match=r"IPv4.ttl is not there: the header was cut after 4 bytes"):
        _ = header.ttl
    with pytest.raises(FieldAbsentError):
        header.span("ttl")
    with pytest.raises(FieldAbsentError):
        header.ttl = 3
    assert not hasattr(header, "ttl")
    present = [field.name for field in header.present_fields() if not field.over]
    assert present == ["version", "ihl", "dscp", "ecn", "total_length"]


@of_each(HEADERS)
def test_a_header_cut_anywhere_gives_the_fields_that_are_there(cls: type[Any]) -> None:
    whole = bytes(cls())
    for length in range(len(whole)):
        header = cls.cut(whole[:length])
        for field in cls.layout:
            if field.floats:
                continue
            if field.width and field.bit + field.width <= 8 * length:
                assert header.raw(field) == cls.decode(whole, 0, len(whole), 0).raw(field)
            elif field.width:
                with pytest.raises(FieldAbsentError):
                    header.raw(field)
        assert bytes(header) == whole[:length]


def test_an_unknown_field_is_named_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="IPv4 has no field 'tlt'; did you mean 'ttl'"):
        IPv4.field("tlt")
    with pytest.raises(FieldError, match="TCP has no field 'zzz'; its fields are sport, dport"):
        TCP(zzz=1)  # type: ignore[call-arg]


def test_declared_fields_are_found_by_their_names() -> None:
    assert [field.name for field in FIELDS["ip.ttl"]] == ["ttl"]
    assert "routed_destination" in {field.name for field in sight_of_class(IPv4).fields}
    assert {field.name for field in FIELDS["ip.addr"]} == {"src", "dst", "routed_destination"}
    assert isinstance(FIELDS["ip.ttl"][0], Field)


def test_overlays_are_taken_in_place_of_what_they_cover() -> None:
    assert IPv4(tos=0xB8).dscp == 46
    assert IPv4(dont_fragment=True).flags == "DF"
    assert TCP(syn=True, ack_flag=True).flags == "SA"
    assert bytes(dissect.RecordRoute(copy_flag=True))[0] == 0x87


def test_two_readings_of_the_same_bits_must_agree() -> None:
    assert IPv4(dscp=63, tos=0xFC).tos == 0xFC
    with pytest.raises(FieldError, match=r"IPv4.dscp and tos=252 contradict each other"):
        IPv4(dscp=1, tos=0xFC)


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(FieldError, match=r"sender_mac and target_mac have .* bytes, expected one length for both"):
        ARP(sender_mac="00:01")


def test_a_given_length_that_the_fields_do_not_have_is_kept() -> None:
    packet = ARP(hardware_length=4)
    assert packet.hardware_length == 4
    assert len(packet) == 28
    assert "cut(" in repr(packet)


def test_zeros_of_which_nothing_else_tells_stand_in_the_repr() -> None:
    told = InterfaceInformation(tells_address=True, address="0.0.0.0")
    assert again(told) == told
    frame = dissect.parse(bytes(12) + b"\x90\0" + bytes(3))
    assert repr(frame) == "Ethernet() / ConfigurationTest(steps=[b'\\x00'])"
    assert again(frame) == frame


def test_a_field_that_is_left_out_is_not_filled_up_to_any_length() -> None:
    with pytest.raises(FieldError, match=r"WebSocket.data is left out, and its length tells \d+ bytes, more than"):
        dissect.WebSocket(length=127, length_64=1 << 34)
