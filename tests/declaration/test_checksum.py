from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    TCP,
    UDP,
    ChecksumState,
    EchoRequest,
    Ethernet,
    Header,
    IPv4,
    IPv6,
    Packet,
    fragment,
    internet_checksum,
    parse,
    updated_checksum,
    with_context,
)
from dissect.declaration.checksum import crc32c, datagram_sums_up, ones_complement_sum, verifying
from dissect.views.details import details
from dissect.wireshark.sight import seen_layers

words = st.integers(0, 0xFFFF)


def summed_word_by_word(data: bytes) -> int:
    """RFC 1071 as it is written: add the 16-bit words and fold the carries back."""
    if len(data) % 2:
        data += b"\0"
    total = 0
    for place in range(0, len(data), 2):
        total += data[place] << 8 | data[place + 1]
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_example_of_rfc_1071() -> None:
    assert ones_complement_sum(bytes.fromhex("0001f203f4f5f6f7")) == 0xDDF2
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D


def test_empty_and_zero() -> None:
    assert ones_complement_sum(b"") == ones_complement_sum(bytes(7)) == 0
    assert internet_checksum(b"") == internet_checksum(bytes(20)) == 0xFFFF


def test_all_ones_sum_to_ones() -> None:
    assert ones_complement_sum(b"\xff\xff") == ones_complement_sum(b"\xff" * 20) == 0xFFFF
    assert internet_checksum(b"\xff" * 20) == 0


def test_odd_byte_is_the_high_half() -> None:
    assert ones_complement_sum(b"\x12") == 0x1200
    assert ones_complement_sum(b"\x00\x01\x80") == 0x8001


@pytest.mark.parametrize("size", [183, 184, 368, 369, 735, 737, 1460, 1473, 9000, 65_535])
@pytest.mark.parametrize("byte", [0, 1, 0x7F, 0xFF])
def test_long_data_are_summed_word_by_word_too(size: int, byte: int) -> None:
    data = bytes((byte * place ^ place >> 3) & 255 for place in range(size))
    assert ones_complement_sum(data) == summed_word_by_word(data)


@given(st.binary(max_size=200))
def test_sum_is_that_of_the_words(data: bytes) -> None:
    assert ones_complement_sum(data) == summed_word_by_word(data)
    assert internet_checksum(data) == summed_word_by_word(data) ^ 0xFFFF


@given(st.binary(min_size=2, max_size=60))
def test_data_with_its_checksum_sum_to_ones(data: bytes) -> None:
    data = data[: len(data) // 2 * 2]
    assert ones_complement_sum(data + internet_checksum(data).to_bytes(2, "big")) == 0xFFFF


@given(st.lists(words, min_size=1, max_size=20), words, st.data())
def test_update_is_a_computation_anew(data: list[int], new: int, draw: st.DataObject) -> None:
    """RFC 1624: also where the sum becomes zero, which data other than all zeros never have."""
    place = draw.draw(st.integers(0, len(data) - 1))
    before = internet_checksum(b"".join(word.to_bytes(2, "big") for word in data))
    old, data[place] = data[place], new
    after = internet_checksum(b"".join(word.to_bytes(2, "big") for word in data))
    updated = updated_checksum(before, old, new)
    # All zeros are the one thing whose sum is 0 and not 0xFFFF; an update cannot know that it got there.
    assert updated == after or (not any(data) and {updated, after} == {0, 0xFFFF})


def test_update_of_rfc_1624() -> None:
    """Section 4: where equation 2 of RFC 1141 gives 0xFFFF."""
    assert updated_checksum(0xDD2F, 0x5555, 0x3285) == 0


def _left(header: TCP | UDP, network: IPv4 | IPv6, length: int) -> Header:
    """Return a frame whose TCP or UDP checksum is the sum of the pseudo-header alone."""
    frame = parse(bytes(Ethernet() / network / header))
    number = 6 if isinstance(header, TCP) else 17
    frame[type(header)].checksum = ones_complement_sum(frame[type(network)].pseudo_header(number, length))
    return parse(bytes(frame))


NETWORKS = (IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv6(src="2001:db8::1", dst="2001:db8::2"))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("header", [TCP(payload=b"abc"), UDP(payload=b"abc")])
@pytest.mark.parametrize("is_segmented", [True, False])
def test_what_was_left_to_the_hardware_is_no_problem(header: Any, network: Any, is_segmented: bool) -> None:
    frame = _left(header, network, 0 if is_segmented else len(header))
    carried = frame[type(header)]
    assert (carried.checksum_state(), frame.problems()) == (ChecksumState.OFFLOADED, [])
    assert frame.fixed() == frame
    assert "left to the hardware" in carried.explain("checksum")
    assert "[left to the hardware]" in details(frame)
    assert "INCORRECT" not in frame.summary()
    with verifying({carried.name: True}):
        assert carried.checksum_state() is ChecksumState.BAD
    with verifying({carried.name: False}):
        assert carried.checksum_state() is ChecksumState.UNVERIFIABLE
    assert carried.checksum_state() is ChecksumState.OFFLOADED
    carried.checksum ^= 0x100
    assert carried.checksum_state() is ChecksumState.BAD
    del carried.checksum
    assert carried.checksum_state() is ChecksumState.GOOD


def test_a_header_checksum_of_zero_was_left_to_the_hardware() -> None:
    frame = parse(bytes(Ethernet() / IPv4(checksum=0) / UDP()))
    assert (frame[IPv4].checksum_state(), frame.problems()) == (ChecksumState.OFFLOADED, [])
    frame[IPv4].checksum = 1
    assert frame[IPv4].checksum_state() is ChecksumState.BAD


def test_fragments_whose_checksums_were_left_to_the_hardware_are_put_together() -> None:
    pieces = fragment(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=9) / EchoRequest(payload=bytes(2000)), 1000)
    for piece in pieces:
        piece[IPv4].checksum = 0
    packets = list(with_context([Packet(bytes(piece), number=n) for n, piece in enumerate(pieces, 1)]))
    assert [type(header) for header in seen_layers(packets[-1])][2] is EchoRequest
    with verifying({"ip": True}):
        packets = list(with_context([Packet(bytes(piece), number=n) for n, piece in enumerate(pieces, 1)]))
        assert EchoRequest not in [type(header) for header in seen_layers(packets[-1])]


@pytest.mark.parametrize(
    ("data", "remainder"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        # RFC 3720, appendix B.4: zeros, ones, and a count.
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
    ],
)
def test_crc32c(data: bytes, remainder: int) -> None:
    assert crc32c(data) == remainder


@given(payload=st.binary(max_size=40), change=st.integers(0, 0xFFFF), wide=st.booleans())
def test_a_datagram_sums_up_where_its_checksum_is_right(payload: bytes, change: int, wide: bool) -> None:
    network: Any = IPv6(src="2001:db8::1", dst="2001:db8::2") if wide else IPv4(src="10.0.0.1", dst="10.0.0.2")
    frame = parse(bytes(Ethernet() / network / TCP(sport=5, dport=6, payload=payload)))
    segment = frame[TCP]
    segment.checksum ^= change
    data = segment.own_bytes + payload
    source, destination = frame[type(network)].raw("src"), frame[type(network)].raw("dst")
    is_right = parse(bytes(frame))[TCP].checksum_state() is ChecksumState.GOOD
    assert datagram_sums_up(data, 6, source, destination) is is_right
