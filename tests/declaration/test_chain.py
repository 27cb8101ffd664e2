from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, VLAN, Data, Ethernet, IPv4
from dissect.declaration.header import Header

FRAME = Ethernet(dst="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"


def parsed() -> Header:
    return dissect.parse(bytes(FRAME))


def test_layers() -> None:
    assert [type(header) for header in FRAME.layers()] == [Ethernet, IPv4, UDP, Data]
    assert FRAME[UDP] is FRAME.payload.payload  # type: ignore[union-attr]
    assert UDP in FRAME
    assert TCP not in FRAME
    assert "UDP" not in FRAME
    assert FRAME[Header] is FRAME


def test_a_layer_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="no TCP here; the layers are Ethernet, IPv4, UDP, Data"):
        FRAME[TCP]


def test_a_frame_cut_inside_a_header() -> None:
    frame = dissect.parse(bytes(FRAME)[:36])
    assert repr(frame).endswith("UDP.cut('00 01')")
    assert frame[UDP].sport == 1
    assert [str(problem) for problem in frame.problems() if problem.layer == "udp"] == [
        "udp at byte 34 is cut short: expected at least 8 bytes, found 2 bytes"
    ]


def test_a_header_that_is_cut_behind_its_fixed_part() -> None:
    frame = dissect.parse(bytes(Ethernet(type="arp") / bytes.fromhex("00010800 d204 0001") / bytes(20)))
    assert [str(problem) for problem in frame.problems()] == [
        "arp at byte 14 is cut short: expected more than 28 bytes, found 28 bytes"
    ]


def test_a_header_of_which_nothing_is_left() -> None:
    frame = dissect.parse(bytes(FRAME)[:34])
    assert frame[IPv4].payload is None
    assert dissect.parse(b"").problems()[0].message == "is cut short"


def test_a_parsed_frame_has_no_cycles() -> None:
    # The first one makes functions as well.
    list(parsed().layers())
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            list(parsed().layers())
        assert gc.collect() == 0
    finally:
        gc.enable()


@given(st.binary(max_size=30))
def test_offsets(data: bytes) -> None:
    frame = dissect.parse(bytes(Ethernet() / VLAN() / IPv4(options=bytes(4)) / UDP() / data))
    assert [header.offset for header in frame.layers()][:4] == [0, 14, 18, 42]
    assert FRAME[UDP].offset is None
