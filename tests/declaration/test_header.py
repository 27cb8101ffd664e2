from __future__ import annotations

import copy
import gc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, TCP, UDP, VLAN, ChecksumState, Data, Ethernet, IPv4
from dissect.declaration.header import Header
from dissect.declaration.strategies import frames
from dissect.errors import FieldError
from tests.declared import damaged_frames

FRAME = Ethernet(dst="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"


def parsed() -> Header:
    return dissect.parse(bytes(FRAME))


# --- navigation --------------------------------------------------------------------------------------------


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


def test_a_header_is_no_sequence() -> None:
    assert not isinstance(FRAME, Iterable)
    with pytest.raises(TypeError):
        list(FRAME)  # type: ignore[call-overload]


def test_a_header_is_never_false() -> None:
    assert Data()
    assert len(Data()) == 0


def test_layers_are_parsed_once() -> None:
    frame = parsed()
    assert frame[UDP] is frame[UDP]


# --- stacking ----------------------------------------------------------------------------------------------


def test_a_slash_changes_neither_side() -> None:
    left, right = Ethernet() / IPv4(), UDP(dport=5) / b"x"
    chain = left / right
    chain[UDP].dport = 6
    chain[IPv4].ttl = 1
    assert right.dport == 5
    assert left[IPv4].ttl == 64
    assert left[IPv4].payload is None
    assert right.payload is not None


def test_a_slash_behind_a_parsed_frame() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4()))
    longer = frame / UDP() / b"x"
    assert [type(header) for header in longer.layers()] == [Ethernet, IPv4, UDP, Data]
    assert [type(header) for header in frame.layers()] == [Ethernet, IPv4]
    assert longer[IPv4].total_length == 20, "a parsed length is kept"
    assert longer.fixed()[IPv4].total_length == 29


@given(frames(), frames())
def test_stacking_is_associative(left: Header, right: Header) -> None:
    middle = VLAN(id=3)
    assert (left / middle) / right == left / (middle / right)


def test_bytes_become_data() -> None:
    assert (UDP() / b"x").payload == Data(b"x")
    assert (UDP() / bytearray(b"x")).payload == Data(b"x")  # type: ignore[operator]
    assert (b"x" / UDP()).payload == UDP()


def test_no_bytes_are_nothing() -> None:
    assert (UDP() / b"").payload is None
    assert (UDP() / Data()).payload is None
    assert UDP() / (Data() / b"x") == UDP() / b"x"


@pytest.mark.parametrize("what", [5, "text", None, [1], UDP])
def test_what_cannot_be_carried(what: object) -> None:
    with pytest.raises((FieldError, TypeError)):
        UDP() / what  # type: ignore[operator]
    if what is not None:
        with pytest.raises(FieldError, match=r"payload is .*, expected a header, bytes or None"):
            UDP(payload=what)  # type: ignore[arg-type]


def test_payload_is_taken_as_a_copy() -> None:
    datagram = UDP(dport=5)
    packet = IPv4(payload=datagram)
    datagram.dport = 6
    assert packet[UDP].dport == 5
    packet.payload = datagram
    datagram.dport = 7
    assert packet[UDP].dport == 6
    packet.payload = None
    assert packet.payload is None


def test_a_part_of_a_parsed_frame_stands_for_itself() -> None:
    inner = parsed()[IPv4]
    frame = Ethernet() / inner
    assert bytes(frame)[14:] == bytes(inner)
    assert frame[UDP].checksum_state() is ChecksumState.GOOD
    frame[IPv4].src = "10.9.9.9"
    assert frame[UDP].checksum_state() is ChecksumState.BAD
    assert inner[UDP].checksum_state() is ChecksumState.GOOD


# --- trailer -----------------------------------------------------------------------------------------------


def test_trailer() -> None:
    frame = Ethernet(trailer=b"tail") / ARP()
    assert bytes(frame).endswith(b"tail")
    assert dissect.parse(bytes(frame)).trailer == b"tail"
    frame.trailer = b""
    assert len(frame) == 42
    with pytest.raises(FieldError, match=r"Ethernet.trailer is 'tail', expected bytes"):
        Ethernet(trailer="tail")  # type: ignore[arg-type]
    with pytest.raises(FieldError, match=r"Ethernet.trailer is 4, expected bytes"):
        frame.trailer = 4  # type: ignore[assignment]


# --- copies, comparison, text --------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, Header.copy, Header.replace])
def test_copies_share_nothing_that_changes(make: object) -> None:
    for frame in (FRAME.copy(), parsed()):
        other = make(frame)  # type: ignore[operator]
        assert other == frame
        other[UDP].dport = 99
        assert frame[UDP].dport == 2
        assert other != frame


def test_equality() -> None:
    assert parsed() == FRAME
    assert parsed() != parsed().replace(src="02:00:00:00:00:09")
    assert FRAME != FRAME / b"more"
    assert FRAME != bytes(FRAME)  # noqa: SIM300
    assert Ethernet() != VLAN()
    assert UDP(dport=1, payload=b"a") != UDP(dport=1, payload=b"b")


def test_headers_are_not_hashable() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(FRAME)


def test_repr_leaves_out_what_a_constructor_would_compute() -> None:
    assert repr(FRAME) == repr(parsed())
    assert repr(parsed()[IPv4]) == "IPv4(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=1, dport=2) / Data(b'data')"
    broken = parsed()
    broken[UDP].checksum = 0xBAD
    broken[UDP].length = 9
    assert "UDP(sport=1, dport=2, length=9, checksum=0xbad)" in repr(broken)


def test_replace() -> None:
    assert FRAME[IPv4].replace(ttl=3).ttl == 3
    assert FRAME[IPv4].replace(payload=None).payload is None
    assert Ethernet().replace(trailer=b"x").trailer == b"x"
    assert IPv4(total_length=5).replace(total_length=dissect.AUTOMATIC).total_length == 20
    with pytest.raises(FieldError, match="IPv4 has no field 'tlt'; did you mean 'ttl'"):
        IPv4().replace(tlt=3)


# --- cut headers ---------------------------------------------------------------------------------------------


def test_a_frame_cut_inside_a_header() -> None:
    frame = dissect.parse(bytes(FRAME)[:36])
    assert repr(frame).endswith("UDP.cut('00 01')")
    assert frame[UDP].sport == 1
    assert [str(problem) for problem in frame.problems() if problem.layer == "udp"] == [
        "udp at byte 34 is cut short: expected at least 8 bytes, found 2 bytes"
    ]


def test_a_header_of_which_nothing_is_left() -> None:
    frame = dissect.parse(bytes(FRAME)[:34])
    assert frame[IPv4].payload is None
    assert dissect.parse(b"").problems()[0].message == "is cut short"


# --- problems --------------------------------------------------------------------------------------------------


def test_problems_say_where() -> None:
    data = bytearray(bytes(FRAME))
    data[24] ^= 0xFF  # the checksum of IPv4
    data[39] = 0xFF  # the length of UDP
    found = [(problem.layer, problem.field, problem.offset) for problem in dissect.parse(bytes(data)).problems()]
    assert found == [("ip", "checksum", 24), ("udp", "length", 38)]
    built = IPv4(checksum=1).problems()
    assert [(problem.field, problem.offset) for problem in built] == [("checksum", None)]


@given(damaged_frames())
def test_problems_of_a_frame_are_those_of_its_repr(data: bytes) -> None:
    """Bar those that only a parsed frame can have: an end that is not its own."""
    frame = dissect.parse(data)
    assert {problem.layer for problem in frame.problems()} <= {header.name for header in frame.layers()}


# --- memory ------------------------------------------------------------------------------------------------------


def test_a_parsed_frame_has_no_cycles() -> None:
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
