from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, UDP, VLAN, ChecksumState, Data, Ethernet, EtherType, IPv4
from dissect.errors import FieldError
from tests.declared import one

#       dst          src          type
FRAME = "ffffffffffff 00055d6158a8 0806"
#     type TCI  type
TAGS = "8100 6064 8100 000a 0800"


def messages(frame: dissect.Header, layer: str = "eth") -> list[str]:
    return [problem.message for problem in frame.problems() if problem.layer == layer]


def test_deconstruct() -> None:
    frame = dissect.parse(bytes.fromhex(FRAME))
    assert isinstance(frame, Ethernet)
    assert (frame.dst, frame.src, frame.type) == ("ff:ff:ff:ff:ff:ff", "00:05:5d:61:58:a8", EtherType.ARP)
    assert (frame.dst_group, frame.dst_local, frame.src_group, frame.src_local) == (True, True, False, False)
    assert frame.payload is None


def test_construct() -> None:
    assert bytes(Ethernet(dst="FF-FF-FF-FF-FF-FF", src=b"\0\5\x5da\x58\xa8", type="arp")) == bytes.fromhex(FRAME)
    assert bytes(Ethernet(dst=(1 << 48) - 1)).startswith(b"\xff" * 6)
    assert len(Ethernet()) == 14


def test_group_and_local_bits() -> None:
    frame = Ethernet(dst="02:00:00:00:00:01")
    frame.dst_group = True
    assert frame.dst == "03:00:00:00:00:01"
    frame.dst_local = False
    assert frame.dst == "01:00:00:00:00:01"
    assert messages(Ethernet(src="01:00:00:00:00:01") / ARP()) == ["is a group address, which no frame comes from"]


@pytest.mark.parametrize("length", range(14))
def test_impossible_length(length: int) -> None:
    frame = dissect.parse(bytes.fromhex(FRAME)[:length])
    assert messages(frame) == ["is cut short"]
    assert len(frame) == length


def test_a_type_up_to_1500_is_a_length() -> None:
    data = bytes.fromhex("0180c2000000 00055d6158a8 0005") + b"\x42\x42\x03\0\0" + bytes(41)
    frame = dissect.parse(data)
    assert len(frame.payload) == 5  # type: ignore[arg-type]
    assert frame.trailer == bytes(41)
    assert messages(frame) == []
    assert bytes(frame) == data


@pytest.mark.parametrize(("number", "expected"), [(1500, "runs past"), (1501, "is neither"), (1535, "is neither")])
def test_types_that_are_neither(number: int, expected: str) -> None:
    (message,) = messages(dissect.parse(bytes(12) + number.to_bytes(2, "big") + bytes(46)))
    assert message.startswith(expected)


def test_an_unknown_type_carries_data() -> None:
    frame = dissect.parse(bytes(12) + b"\x12\x34data")
    assert frame.payload == Data(b"data")
    assert messages(frame) == []
    assert not EtherType(0x1234).known


def test_padding_is_what_brings_a_frame_to_60_bytes() -> None:
    request = bytes.fromhex(FRAME) + bytes(ARP())
    frame = dissect.parse(request + b"p" * 18)
    assert isinstance(frame, Ethernet)
    assert frame.padding == frame.trailer == b"p" * 18
    with_fcs = dissect.parse(request + b"p" * 18 + b"fcs!")
    assert isinstance(with_fcs, Ethernet)
    assert (with_fcs.padding, with_fcs.trailer[18:]) == (b"p" * 18, b"fcs!")
    assert Ethernet().padding == b""


def test_nothing_is_padded_silently() -> None:
    frame = Ethernet() / ARP()
    assert len(frame) == 42
    assert len(frame.padded()) == 60
    assert frame.padded(b"abc").trailer == b"abc" + bytes(15)
    assert frame.padded(bytes(range(40))).trailer == bytes(range(18))
    assert len(frame) == 42


@given(st.binary(max_size=80))
def test_padding_leaves_the_datagram_alone(data: bytes) -> None:
    frame = Ethernet() / IPv4() / UDP() / data
    padded = dissect.parse(bytes(frame.padded(b"\xaa" * 60)))
    assert len(padded) == max(60, len(frame))
    assert padded[IPv4] == frame[IPv4]
    assert padded[UDP].checksum_state() is ChecksumState.GOOD


@given(st.binary(max_size=60), st.integers(0, 8 * 64))
def test_frame_check_sequence(data: bytes, bit: int) -> None:
    frame = (Ethernet() / IPv4() / UDP() / data).padded().with_fcs()
    raw = bytearray(bytes(frame))
    assert raw[-4:] == crc32(raw[:-4]).to_bytes(4, "little")
    assert frame.fcs_state() is ChecksumState.GOOD
    # What a receiver's shift register holds behind a right frame (IEEE 802.3, clause 3.2.9).
    assert crc32(raw) == 0x2144DF1C
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    damaged = dissect.parse(bytes(raw))
    assert isinstance(damaged, Ethernet)
    assert damaged.fcs_state() is ChecksumState.BAD


def test_no_frame_check_sequence() -> None:
    assert Ethernet().fcs_state() is ChecksumState.ABSENT


def test_deconstruct_tags() -> None:
    data = bytes(12) + bytes.fromhex(TAGS) + bytes(IPv4() / UDP() / b"x") + b"trailer"
    frame = dissect.parse(data)
    outer = frame[VLAN]
    assert (outer.priority, outer.dei, outer.id, outer.type) == (3, False, 100, EtherType.VLAN)
    inner = outer.payload
    assert isinstance(inner, VLAN)
    assert (inner.priority, inner.dei, inner.id, inner.type) == (0, False, 10, EtherType.IPV4)
    assert (frame.trailer, outer.trailer, inner.trailer) == (b"trailer", b"", b"")
    assert bytes(frame) == data


def test_construct_tags() -> None:
    frame = Ethernet() / VLAN(priority=3, id=100) / VLAN(id=10) / IPv4()
    assert bytes(frame)[12:22] == bytes.fromhex(TAGS)


@pytest.mark.parametrize(
    ("name", "least", "greatest"), [("priority", 0, 7), ("dei", False, True), ("id", 0, 4095), ("type", 0, 0xFFFF)]
)
def test_boundaries_of_a_tag(name: str, least: int, greatest: int) -> None:
    for value in (least, greatest):
        tag = VLAN(**one(name, value))
        assert getattr(tag, name) == value
        assert tag.decode(bytes(tag), 0, 4, 0) == tag
    with pytest.raises(FieldError, match=rf"VLAN\.{name} is {int(greatest) + 1}, expected"):
        VLAN(**one(name, int(greatest) + 1))


@pytest.mark.parametrize("length", range(4))
def test_impossible_length_of_a_tag(length: int) -> None:
    frame = dissect.parse(bytes(12) + b"\x81\0" + bytes(length))
    assert messages(frame, "vlan") == (["is cut short"] if length else [])
    assert len(frame) == 14 + length
