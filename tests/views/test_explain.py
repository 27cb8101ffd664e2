"""Where the value of a field comes from."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given

import dissect
from dissect import ARP, LLC, TCP, UDP, Data, Ethernet, FieldAbsentError, FieldError, Header, IPv4, UnknownTCPOption
from tests.declared import HEADERS, any_bytes, of_each


@given(any_bytes)
def test_every_field_of_any_frame_is_explained(data: bytes) -> None:
    for header in dissect.parse(data).layers():
        for field in header.present_fields():
            text = header.explain(field.name)
            assert text.startswith(f"{header.short_name()}.{field.name}: {field.title}")


@of_each(HEADERS)
def test_every_field_of_every_header_is_explained(cls: type[Header]) -> None:
    with suppress(FieldAbsentError):
        header = cls()
        for field in (*header.present_fields(), *header.derived):
            if not field.name.startswith("_"):
                assert header.explain(field.name).count("\n") >= 0


def test_a_total_length_is_the_sum_of_the_layers() -> None:
    frame = Ethernet() / IPv4(total_length=99) / UDP(trailer=b"ab") / b"data"
    assert frame.explain("total_length").splitlines()[1:] == [
        "  20  this header",
        "+  8  UDP",
        "+  4  Data",
        "+  2  what stands behind the payload",
        "----",
        "  34  bytes: the field holds 99, which is another number",
    ]


def test_a_header_length_is_counted_in_words() -> None:
    assert TCP(options=[dissect.MSS(1)]).explain("data_offset").splitlines()[1:] == [
        "The header has 24 bytes, and the field counts them in units of 4:",
        "24 / 4 = 6",
        "The field holds 6: right.",
    ]
    assert "another number" in TCP(data_offset=9).explain("data_offset")


def test_lengths_of_addresses_and_selectors() -> None:
    assert ARP().explain("hardware_length").splitlines()[1] == "Sender MAC address has 6 bytes"
    assert "what follows: UDP, whose number is UDP (17)" in (IPv4() / UDP()).explain("protocol")
    assert "which has no number of its own" in (IPv4(protocol=9) / b"x").explain("protocol")
    assert "Nothing is carried" in IPv4().explain("protocol")


def test_a_length_in_the_place_of_a_type_is_counted() -> None:
    assert (Ethernet() / LLC() / bytes(5)).padded().explain("eth.type") == "\n".join(
        [
            "Ethernet.type: Type (IEEE 802.3, clause 3), 16 bits",
            "Up to 1500 it is no type but a length, that of what follows (IEEE 802.3, clause 3.2.6):",
            "  3  LLC",
            "+ 5  Data",
            "---",
            "  8  bytes: what the field holds",
        ]
    )


def test_a_plain_field_says_what_may_stand_in_it() -> None:
    assert IPv4(ttl=9).explain("ttl").splitlines()[1:] == [
        "It holds 9.",
        "It may hold 0 to 255, and left out it is 64.",
    ]
    assert "request (1), reply (2)" in ARP().explain("opcode")


def test_an_option_and_a_computed_field_are_explained() -> None:
    assert TCP(options=[dissect.MSS(1460)]).explain("tcp.options.mss_val").startswith("MSS.")
    assert "computed" in (IPv4() / TCP()).explain("segment_length")
    assert TCP(options=[UnknownTCPOption(kind=99, data=b"x")]).explain("length").startswith("UnknownTCPOption.length")


def test_a_misspelt_name_says_what_was_meant() -> None:
    with pytest.raises(FieldError, match="no field 'chekcsum' in Ethernet, IPv4, UDP; did you mean 'checksum'"):
        (Ethernet() / IPv4() / UDP()).explain("chekcsum")
    with pytest.raises(FieldError, match="give that of a field"):
        Data(b"x").explain("zzzzz")
