from __future__ import annotations

import gc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, VLAN, Data, Ethernet, FieldError, IPv4, Packet, parse
from dissect.declaration.header import Header
from dissect.errors import FieldAbsentError
from tests.declared import real_frames

FRAME = Ethernet(dst="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"


def parsed() -> Header:
    return dissect.parse(bytes(FRAME))


def test_layers() -> None:
    assert [type(header) for header in FRAME.layers()] == [Ethernet, IPv4, UDP, Data]
    assert FRAME[UDP] is FRAME.payload.payload  # type: ignore[union-attr]
    assert UDP in FRAME
    assert TCP not in FRAME
    assert "UDP" in FRAME
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


def test_what_stands_in_brackets_is_a_layer_or_a_field() -> None:
    frame = Ethernet() / IPv4(ttl=9, src="10.0.0.1", dst="10.0.0.2") / IPv4(ttl=3) / UDP(dport=53)
    things: list[Any] = [frame, parse(bytes(frame)), Packet(bytes(frame))]
    for thing in things:
        assert thing["udp"] == thing["UDP"] == thing[UDP] == thing[-1]
        assert thing["ip"] == thing["IPv4"] == thing[1] == thing[IPv4, 1] == thing["ip", 1]
        assert thing[IPv4, 2] == thing["ip", 2] == thing[2]
        assert thing["udp.dstport"] == 53
        assert thing["ip.ttl"] == [9, 3]
        assert "udp" in thing
        assert "udp.dstport" in thing
        assert "tcp" not in thing
        assert "tcp.port" not in thing
        assert 7 not in thing
        assert "no.such" not in thing
        for wrong in ("tcp", "tcp.port", TCP, 4, -5, (IPv4, 3), ("udp", 2)):
            with pytest.raises(KeyError, match=r"no .* here"):
                thing[wrong]
        for nothing in (1.5, None, True, (IPv4, 0), ("a", "b"), b"udp"):
            with pytest.raises(FieldError, match="is no layer: expected a header's class"):
                thing[nothing]
        with pytest.raises(FieldError, match=r"did you mean 'ip\.ttl'"):
            thing["ip.tll"]
    assert Packet(bytes(frame), number=7)["frame.number"] == 7
    assert list(frame.layers()) == [frame[0], frame[1], frame[2], frame[3]]
    with pytest.raises(TypeError):
        iter(frame)


def test_the_summary_is_a_line_without_number_and_time() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=7) / b"ab"
    line = "10.0.0.1 → 10.0.0.2 UDP 44 5 → 7 Len=2"
    assert frame.summary() == Packet(bytes(frame)).summary() == line
    assert UDP(sport=5, dport=7).summary() == "UDP 8 5 → 7 Len=0"


def test_what_one_frame_has_learnt_or_changed_is_not_there_in_another_of_the_same_bytes() -> None:
    data = bytes(FRAME)
    one, other = (dissect.parse(data)[UDP] for _ in range(2))
    assert one.network_header is one.network_header is not None
    one.network_header[UDP].sport = 9
    assert other.network_header == FRAME[IPv4]
    other.network_header.learn(fact=1)
    assert one.network_header.learnt("fact") is None


def test_a_header_is_read_as_one_of_another_class() -> None:
    datagram = IPv4(id=7) / b"data"
    frame = dissect.parse(bytes(Ethernet() / datagram))
    for header in (frame[IPv4], datagram):
        read = header.read_as(Data)
        assert read == Data(bytes(datagram))
    assert frame[IPv4].read_as(Data).offset == 14


@given(data=st.sampled_from(real_frames()), size=st.integers(0, 400))
def test_a_header_lacks_bytes_where_one_of_its_fields_does(data: bytes, size: int) -> None:
    for header in dissect.parse(data[:size]).layers():
        try:
            lacks = any(header._ends_early(field) for field in header.layout if header._has(field))
        except FieldAbsentError:
            lacks = True
        assert header._lacks_bytes() == lacks
