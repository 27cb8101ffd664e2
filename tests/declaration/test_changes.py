from __future__ import annotations

import pytest

import dissect
from dissect import GRE, Ethernet, FieldAbsentError, FieldError, IPv4


def test_a_second_reading_of_flags_moves_what_follows_as_the_flags_do() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / GRE() / IPv4() / b"data"))
    frame[GRE].flags_and_version = 0x2000
    assert frame[GRE].has_key
    assert frame[GRE].key == 0
    assert frame[GRE].payload == IPv4() / b"data"
    frame[GRE].flags_and_version = 0
    assert bytes(frame) == bytes(Ethernet() / IPv4() / GRE() / IPv4() / b"data")


def test_a_constructor_takes_a_second_reading_of_flags_with_what_it_tells_of() -> None:
    assert GRE(flags_and_version=0x2000) == GRE(has_key=True)
    assert GRE(flags_and_version=0x3000, key=7) == GRE(has_sequence=True, key=7)
    assert GRE(flags_and_version=0x8000, checksum=1).checksum == 1
    with pytest.raises(FieldError, match=r"GRE\.key is there only where has_key is not 0"):
        GRE(flags_and_version=0, key=7)
    with pytest.raises(FieldError, match=r"GRE\.has_key and flags_and_version=0 contradict each other"):
        GRE(flags_and_version=0, has_key=True)


def test_what_is_there_of_a_cut_header_can_change() -> None:
    header = GRE.cut("80 00 08 00 12 34")
    header.checksum = 0x5678
    assert bytes(header).hex(" ") == "80 00 08 00 56 78"
    with pytest.raises(FieldAbsentError):
        header.offset_of_route = 1
    header.flags_and_version = 0
    assert bytes(header).hex(" ") == "00 00 08 00 56 78"
