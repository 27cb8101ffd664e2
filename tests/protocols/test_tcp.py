from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import MSS, TCP, ChecksumState, Data, Ethernet, IPv4, TCPFlags
from dissect.errors import FieldAbsentError, FieldError
from dissect.wireshark.columns import summarize
from tests.declared import one

# ports, sequence, acknowledgment, offset and flags, window, checksum, urgent pointer
SEGMENT = "9c40 270f 000003e8 000007d0 5018 2000 f1b0 0000"


def parsed(data: bytes) -> TCP:
    return dissect.parse(bytes(IPv4(protocol="tcp", total_length=20 + len(data))) + data, link="ipv4")[TCP]


def messages(segment: TCP) -> list[str]:
    return [f"{problem.field} {problem.message}" for problem in segment.problems() if problem.field != "checksum"]


def test_deconstruct() -> None:
    segment = parsed(bytes.fromhex(SEGMENT) + b"data")
    assert (segment.sport, segment.dport, segment.seq, segment.ack) == (40000, 9999, 1000, 2000)
    assert (segment.data_offset, segment.reserved) == (5, 0)
    assert segment.flags == "PA"
    assert (segment.window, segment.checksum, segment.urgent_pointer) == (8192, 0xF1B0, 0)
    assert segment.options == ()
    assert segment.payload == Data(b"data")


def test_construct() -> None:
    segment = TCP(sport=40000, dport=9999, seq=1000, ack=2000, flags="PA", checksum=0xF1B0)
    assert bytes(segment) == bytes.fromhex(SEGMENT)


@pytest.mark.parametrize("length", range(20))
def test_impossible_length(length: int) -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4(protocol="tcp")) + bytes(TCP())[:length])
    frame[IPv4].total_length = 20 + length
    frame = dissect.parse(bytes(frame))
    if length:
        assert frame[TCP].problems()[0].message == "is cut short"
        with pytest.raises(FieldAbsentError):
            _ = frame[TCP].urgent_pointer
        assert summarize(frame).info.endswith("[Malformed Packet]")


@pytest.mark.parametrize(("offset", "expected"), [(0, "shorter"), (4, "shorter"), (6, "cut short"), (15, "cut short")])
def test_impossible_data_offsets(offset: int, expected: str) -> None:
    segment = parsed(bytes(TCP(data_offset=offset)))
    assert any(expected in message for message in messages(segment))
    assert bytes(segment) == bytes(TCP(data_offset=offset))


def test_zero_checksum() -> None:
    segment = (IPv4(src="10.0.0.1") / TCP(checksum=0))[TCP]
    assert segment.checksum_state() is ChecksumState.BAD
    assert TCP(checksum=0).checksum_state() is ChecksumState.UNVERIFIABLE


@pytest.mark.parametrize(
    ("name", "greatest"),
    [("sport", 0xFFFF), ("dport", 0xFFFF), ("seq", 0xFFFFFFFF), ("ack", 0xFFFFFFFF), ("data_offset", 15),
     ("reserved", 7), ("flags", 511), ("window", 0xFFFF), ("checksum", 0xFFFF), ("urgent_pointer", 0xFFFF)],
)  # fmt: skip
def test_boundaries(name: str, greatest: int) -> None:
    for value in (0, greatest):
        assert getattr(TCP(**one(name, value)), name) == value
    with pytest.raises(FieldError, match=rf"TCP\.{name} is {greatest + 1}, expected 0 to {greatest}"):
        TCP(**one(name, greatest + 1))


@pytest.mark.parametrize(
    ("flag", "letter", "name"),
    [("FIN", "F", "fin"), ("SYN", "S", "syn"), ("RST", "R", "rst"), ("PSH", "P", "psh"), ("ACK", "A", "ack_flag"),
     ("URG", "U", "urg"), ("ECE", "E", "ece"), ("CWR", "C", "cwr"), ("AE", "N", "ae")],
)  # fmt: skip
def test_every_flag(flag: str, letter: str, name: str) -> None:
    segment = TCP(flags=letter)
    assert segment.flags == TCPFlags[flag]
    assert getattr(segment, name) is True
    assert TCP(**one(name, True)) == segment
    setattr(segment, name, False)
    assert segment.flags == 0


@given(st.integers(0, 511), st.integers(0, 7))
def test_flags_and_reserved_bits_share_no_bit(flags: int, reserved: int) -> None:
    segment = TCP(flags=flags, reserved=reserved)
    assert bytes(segment)[12:14] == (5 << 12 | reserved << 9 | flags).to_bytes(2, "big")


def test_options() -> None:
    segment = TCP(flags="S", options=[MSS(1460)])
    assert segment.data_offset == 6
    assert parsed(bytes(segment)).options == (MSS(1460),)


def test_notes_about_fields_that_their_flag_does_not_cover() -> None:
    assert "urgent_pointer is set without the URG flag" in messages(TCP(urgent_pointer=1))
    assert "urgent_pointer is set without the URG flag" not in messages(TCP(urgent_pointer=1, flags="U"))
    assert "ack is set without the ACK flag" in messages(TCP(ack=1))


def test_length_of_data_that_the_capture_cut() -> None:
    whole = bytes(Ethernet() / IPv4() / TCP() / bytes(100))
    assert dissect.parse(whole)[TCP].segment_length == 100
    assert dissect.parse(whole[:60], original_length=len(whole))[TCP].segment_length == 100
    assert (TCP() / bytes(7)).segment_length == 7


def test_info() -> None:
    segment = TCP(sport=1, dport=2, seq=3, ack=4, flags="SA") / b"five!"
    assert segment.info() == "1 → 2 [SYN, ACK] Seq=3 Ack=4 Win=8192 Len=5"
    assert TCP().info() == "0 → 0 [<None>] Seq=0 Win=8192 Len=0"


def test_errors() -> None:
    with pytest.raises(FieldError, match=r"TCP\.flags is 'SX', expected letters of 'FSRPAUECN'"):
        TCP(flags="SX")
    with pytest.raises(FieldError, match="TCP has no field 'sprt'; did you mean 'sport'"):
        TCP(sprt=1)  # type: ignore[call-arg]
