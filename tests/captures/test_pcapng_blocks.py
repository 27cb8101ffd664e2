"""Interfaces and their times, section headers, packets with comments."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import read
from dissect.captures.pcapng_blocks import Interface, PcapngPacket, SectionHeader, block_name
from dissect.captures.pcapng_options import Option
from tests.captures.blocks import enhanced, interface, obsolete, option, section


def of_resolution(resolution: int, offset: int = 0) -> Interface:
    options = [Option(1, 9, bytes([resolution]))]
    if offset:
        options.append(Option(1, 14, offset.to_bytes(8, "big", signed=True)))
    return Interface(1, options=options)


@given(st.integers(0, 255), st.integers(0, 2**64 - 1), st.sampled_from([0, 1, -1, 10**6]))
def test_a_time_of_a_resolution_no_finer_than_nanoseconds_is_turned_back(
    resolution: int, ticks: int, offset: int
) -> None:
    where = of_resolution(resolution, offset)
    time_ns = where.time_ns(ticks)
    if where.ticks_per_second <= 10**9:
        assert where.ticks(time_ns) == ticks
    else:
        # Several ticks mean the same nanosecond: any of them will do.
        again = where.ticks(time_ns)
        assert again is not None
        assert where.time_ns(again) == time_ns


@given(st.integers(0, 255), st.integers(-(2**65), 2**65))
def test_no_time_is_counted_in_ticks_that_mean_another(resolution: int, time_ns: int) -> None:
    where = of_resolution(resolution)
    ticks = where.ticks(time_ns)
    if ticks is not None:
        assert 0 <= ticks < 2**64
        assert where.time_ns(ticks) == time_ns


def test_a_copy_with_another_resolution_or_snap_length() -> None:
    where = Interface(101, 40, [Option(1, 2, b"eth0"), Option(1, 14, b"\x00" * 7 + b"\x05")])
    assert (where.offset, where.resolution) == (5, (10, 6))
    finer = where.replace(digits=9)
    assert (finer.offset, finer.resolution, finer.name, finer.link) == (0, (10, 9), "eth0", 101)
    shorter = where.replace(snap_length=20)
    assert (shorter.offset, shorter.snap_length, shorter.options) == (5, 20, where.options)


@pytest.mark.parametrize("order", ["little", "big"])
def test_section_headers_and_descriptions_are_encoded_as_they_are_read(order: str) -> None:
    content = (
        section("little", (1, 2), 7, option("little", 2, b"hardware") + option("little", 0, b""))
        if order == "little"
        else section("big", (1, 0), -1, option("big", 4, b"program") + option("big", 0, b""))
    )
    header = read(io.BytesIO(content)).header
    assert isinstance(header, SectionHeader)
    assert bytes(header) == content
    assert Interface(276, 96).encode("little") == interface("little", 276, 96)


def test_names_of_blocks() -> None:
    assert block_name(6) == "enhanced packet"
    assert block_name(0x80000001) == "block of type 0x80000001"


def read_one(block: bytes) -> PcapngPacket:
    packet = next(read(io.BytesIO(section() + interface() + block)))
    assert isinstance(packet, PcapngPacket)
    return packet


def test_comments_are_read_and_set() -> None:
    packet = read_one(enhanced(options=option("little", 2, bytes(4)) + option("little", 1, b"old")))
    assert packet.comments == ("old",)
    packet.comments = ["new", "newer"]
    assert packet.comments == ("new", "newer")
    assert packet.option("flags") == 0
    assert packet.interface_name is None


def test_drops_of_an_obsolete_packet() -> None:
    packet = read_one(obsolete(drops=9, ticks=5, options=option("little", 2, b"\x01\x00\x00\x00")))
    assert packet.option("flags") == 1
    assert packet.stored is not None
    assert packet.stored.drops == 9


def test_ticks_follow_the_time_that_is_set() -> None:
    packet = read_one(enhanced(ticks=5))
    assert packet.ticks == 5
    packet.time_ns = 7000
    assert packet.ticks == 7
    packet.time_ns = 7001
    assert packet.ticks is None
