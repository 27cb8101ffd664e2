from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ARP,
    MSS,
    TCP,
    UDP,
    VLAN,
    ChecksumState,
    Data,
    EchoRequest,
    Ethernet,
    EtherType,
    IPProtocol,
    IPv4,
    IPv6,
)
from dissect.declaration.automatic import Checksum, HeaderLength, LengthOf
from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.header import Header
from dissect.errors import FieldError


def messages(header: Header, field: str) -> list[str]:
    return [problem.message for problem in header.problems() if problem.field == field]


@given(st.binary(max_size=40))
def test_header_length_counts_whole_words(options: bytes) -> None:
    for cls in (IPv4, TCP):
        header: Header = cls(options=options)
        assert len(header) == 20 + -(-len(options) // 4) * 4
        assert header.raw("ihl" if cls is IPv4 else "data_offset") == len(header) // 4
        assert bytes(header)[20:].rstrip(b"\0") == options.rstrip(b"\0")


def test_options_that_do_not_fit_are_refused() -> None:
    with pytest.raises(FieldError, match=r"TCP\.options is too long: data_offset would be 16, expected at most 15"):
        TCP(options=bytes(41))
    segment = TCP()
    with pytest.raises(FieldError, match="options is too long"):
        segment.options = bytes(44)
    assert segment == TCP()


def test_measures() -> None:
    pieces = {"options": b"abc"}
    assert HeaderLength(4).measure(20, pieces) == 6
    assert pieces == {"options": b"abc\0"}
    length = LengthOf(2)
    length.names += ["one", "two"]
    assert length.measure(8, {"one": b"abcd", "two": b"efgh"}) == 2
    with pytest.raises(ValueError, match=r"one and two have \[2, 4\] bytes"):
        length.measure(8, {"one": b"abcd", "two": b"ef"})


def test_header_lengths_that_lie_are_problems() -> None:
    too_short = dissect.parse(bytes(Ethernet() / IPv4(ihl=4) / UDP()))
    assert messages(too_short, "ihl") == ["is shorter than the header"]
    assert type(too_short[IPv4].payload) is Data
    too_long = dissect.parse(bytes(Ethernet(type="ipv4") / IPv4(ihl=15)))
    about = [problem.message for problem in too_long.problems() if problem.layer == "ip"]
    assert about == ["is cut short", "is shorter than the header"]


@given(st.binary(max_size=100))
def test_total_length_counts_header_and_payload(data: bytes) -> None:
    frame = Ethernet() / IPv4(options=bytes(4)) / UDP() / data
    assert frame[IPv4].total_length == 24 + 8 + len(data)
    assert frame[UDP].length == 8 + len(data)


def test_total_length_tells_the_trailer() -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / UDP() / b"abc") + b"trailer")
    assert frame.trailer == b"trailer"
    assert bytes(frame[Data]) == b"abc"
    inner = dissect.parse(bytes(Ethernet() / IPv4() / UDP(length=10) / b"abcd"))
    assert inner[Data].data == b"ab"
    assert (inner[UDP].trailer, inner[IPv4].trailer, inner.trailer) == (b"", b"cd", b"")


SHORT, LONG = "is shorter than the header", "runs past the end of the data"


@pytest.mark.parametrize(("length", "expected"), [(7, [SHORT]), (8, []), (12, []), (13, [LONG]), (0xFFFF, [LONG])])
def test_total_lengths_that_lie_are_problems(length: int, expected: list[str]) -> None:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / UDP(length=length, checksum=0) / b"abcd"))
    assert messages(frame, "length") == expected


def test_a_total_length_of_zero_says_nothing() -> None:
    """Segmentation offload captures datagrams so."""
    frame = dissect.parse(bytes(Ethernet() / IPv4(total_length=0) / TCP() / b"data"))
    assert frame[Data].data == b"data"
    assert messages(frame, "total_length") == []


def test_a_frame_that_was_cut_has_no_lying_length() -> None:
    whole = bytes(Ethernet() / IPv4() / UDP() / bytes(100))
    cut = dissect.parse(whole[:60], original_length=len(whole))
    assert cut.problems() == []
    assert cut[UDP].checksum_state() is ChecksumState.UNVERIFIABLE
    lying = dissect.parse(whole[:60])
    assert messages(lying, "total_length") == messages(lying, "length") == ["runs past the end of the data"]


def test_lengths_above_the_field_are_refused() -> None:
    with pytest.raises(FieldError, match=r"UDP.length would be 65536, expected at most 65535"):
        bytes(UDP() / bytes(65528))
    assert len(UDP() / bytes(65527)) == 65535


def test_selectors_say_what_is_carried() -> None:
    assert (Ethernet() / ARP()).type == EtherType.ARP
    assert (Ethernet() / VLAN() / IPv4())[VLAN].type == EtherType.IPV4
    assert (Ethernet() / IPv4() / IPv4())[IPv4].protocol == IPProtocol.IPV4
    frame = Ethernet() / IPv4() / TCP()
    frame[IPv4].payload = UDP()
    assert frame[IPv4].protocol == IPProtocol.UDP
    frame[IPv4].payload = b"data"
    assert frame[IPv4].protocol == 0


def test_a_given_selector_is_kept() -> None:
    frame = Ethernet(type=EtherType.RARP) / ARP()
    assert frame.type == EtherType.RARP
    assert dissect.parse(bytes(frame))[ARP] == ARP()
    assert (Ethernet(type=0x1234) / ARP()).type == 0x1234


@given(st.binary(max_size=60), st.sampled_from([TCP, UDP]))
def test_checksums_are_right(data: bytes, cls: type[TCP] | type[UDP]) -> None:
    frame = Ethernet() / IPv4(src="10.1.2.3", dst="10.4.5.6") / cls(sport=3) / data
    header, segment = bytes(frame[IPv4])[:20], bytes(frame[cls])
    assert ones_complement_sum(header) == 0xFFFF
    number = 6 if cls is TCP else 17
    pseudo_header = header[12:20] + bytes([0, number]) + len(segment).to_bytes(2, "big")
    assert ones_complement_sum(pseudo_header + segment) == 0xFFFF
    parsed = dissect.parse(bytes(frame))
    assert parsed[IPv4].checksum_state() is ChecksumState.GOOD
    assert parsed[cls].checksum_state() is ChecksumState.GOOD


@given(st.integers(0, 8 * 60 - 1))
def test_one_wrong_bit_makes_a_checksum_bad(bit: int) -> None:
    frame = Ethernet() / IPv4(src="10.1.2.3", dst="10.4.5.6") / TCP(sport=3, options=[MSS(9)]) / bytes(20)
    data = bytearray(bytes(frame))
    data[34 + bit // 8 % 44] ^= 1 << bit % 8
    parsed = dissect.parse(bytes(data))
    if parsed[TCP].data_offset == 6:
        assert parsed[TCP].checksum_state() is ChecksumState.BAD
        (problem,) = [problem for problem in parsed.problems() if problem.field == "checksum"]
        assert problem.offset == 14 + 20 + 16
        assert problem.found == f"{parsed[TCP].checksum:#06x}"


def test_states_of_a_checksum() -> None:
    segment = TCP(checksum=5)
    assert segment.checksum_state() is ChecksumState.UNVERIFIABLE, "without addresses"
    assert TCP.cut(bytes(10)).checksum_state() is ChecksumState.UNVERIFIABLE
    assert (IPv4() / UDP(checksum=0))[UDP].checksum_state() is ChecksumState.ABSENT
    assert (IPv4() / TCP(checksum=0))[TCP].checksum_state() is ChecksumState.BAD
    assert IPv4(checksum=1).checksum_state() is ChecksumState.BAD
    fragment = dissect.parse(bytes(Ethernet() / IPv4(more_fragments=True) / UDP() / bytes(8)))
    assert fragment[UDP].checksum_state() is ChecksumState.UNVERIFIABLE


def test_the_zero_that_is_sent_as_ones() -> None:
    """RFC 768: a computed zero is sent as 0xFFFF, for zero means none."""
    datagram = IPv4() / UDP(sport=0) / b"\0\0"
    without = 0xFFFF - datagram[UDP].checksum
    datagram = IPv4() / UDP(sport=0) / (0xFFFF - without).to_bytes(2, "big")
    assert datagram[UDP].checksum == 0xFFFF
    assert datagram[UDP].checksum_state() is ChecksumState.GOOD


def test_a_checksum_that_was_left_out_follows_every_edit() -> None:
    frame = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(dport=1) / b"a"
    before = frame[UDP].checksum
    frame.src = "10.0.0.3"
    after = frame[UDP].checksum
    assert before == after + 2
    frame[Data].data = b"b"
    assert frame[UDP].checksum == after - 0x100


def test_a_checksum_without_addresses_is_left_zero() -> None:
    assert TCP().checksum == UDP().checksum == 0


def test_what_was_told_of_a_checksum_holds_for_that_frame_alone() -> None:
    data = bytes(Ethernet() / IPv4(dst="10.0.0.1") / UDP(payload=b"data"))
    frame = dissect.parse(data)
    wrong = dissect.parse(data[:-1] + b"?")
    for _ in range(2):
        assert frame[UDP].checksum_state() is ChecksumState.GOOD
        assert wrong[UDP].checksum_state() is ChecksumState.BAD
    wrong[UDP].checksum = 1
    assert wrong[UDP].checksum_state() is ChecksumState.BAD
    frame[IPv4].dst = "10.0.0.2"
    assert frame[UDP].checksum_state() is ChecksumState.BAD


@given(st.binary(max_size=60), st.integers(0, 0xFFFF), st.sampled_from([0, 0xFFFF, None]))
def test_the_checksum_of_bytes_in_a_frame_is_that_of_a_copy(data: bytes, checksum: int, filled: int | None) -> None:
    checksum = checksum if filled is None else filled
    for carried in (TCP(checksum=checksum), UDP(checksum=checksum), EchoRequest(checksum=checksum)):
        for network in (IPv4(src="10.0.0.1", checksum=checksum), IPv6(src="2001:db8::1")):
            frame = dissect.parse(bytes(network / carried / data), link=101)
            for header in frame.layers():
                if not header.declares("checksum"):
                    continue
                field = header.field("checksum")
                role, around = field.factory, header.network_header
                assert isinstance(role, Checksum)
                own, body = header.parts()
                place = field.bit // 8
                zeroed = bytearray(own[:place] + bytes(2) + own[place + 2 :])
                assert role.over(header, around, field) == role.fill(header, zeroed, body, around, field)


@given(
    st.sampled_from([IPv4, IPv6]),
    st.sampled_from([TCP(), UDP(), UDP(checksum=0), EchoRequest()]),
    st.binary(max_size=40),
    st.lists(st.tuples(st.integers(14, 100), st.sampled_from([0, 1, 0x20, 0xFF])), max_size=2),
    st.integers(0, 100),
    st.booleans(),
)
def test_a_state_that_is_told_sooner_is_the_same(
    network: Any, inner: Any, data: bytes, changes: list[tuple[int, int]], end: int, as_there: bool
) -> None:
    octets = bytearray(bytes(Ethernet() / network() / copy(inner) / Data(data)))
    for place, value in changes:
        octets[place % len(octets)] ^= value
    frame = dissect.parse(bytes(octets)[: max(len(octets) - end, 34)])
    for header in frame.layers():
        field = header.declares("checksum")
        if field is not None and isinstance(field.factory, Checksum):
            assert header.checksum_state(as_there=as_there) is field.factory._judged(header, field, as_there)
