from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    TCP,
    UDP,
    ChecksumState,
    DestinationUnreachable,
    EchoRequest,
    Ethernet,
    Header,
    ICMPv6EchoRequest,
    IPv4,
    IPv6,
    fragment,
    parse,
    quotation,
)
from dissect.declaration.automatic import Checksum
from dissect.packets.checksum_correction import completed, recomputed, updated

SAMPLES = Path(__file__).parents[2] / "capture_samples"
GOOD, BAD, ABSENT, UNVERIFIABLE = (
    ChecksumState.GOOD,
    ChecksumState.BAD,
    ChecksumState.ABSENT,
    ChecksumState.UNVERIFIABLE,
)

addresses = st.binary(min_size=4, max_size=4)
ports = st.integers(0, 0xFFFF)
data = st.binary(max_size=40)


def states(frame: Header) -> list[ChecksumState]:
    return [
        header.checksum_state(field.name)
        for header in frame.layers()
        for field in header.present_fields()
        if isinstance(field.factory, Checksum)
    ]


def changed(frame: bytes, src: bytes, port: int) -> bytes:
    """The frame with another source address and port, and nothing else changed."""
    at = 14 + 4 * (frame[14] & 15)
    return frame[:26] + src + frame[30:at] + port.to_bytes(2, "big") + frame[at + 2 :]


@given(addresses, addresses, ports, ports, data, st.sampled_from([TCP, UDP]))
def test_right_checksums_are_right_after_a_change(
    one: bytes, other: bytes, port: int, port_after: int, payload: bytes, transport: type[TCP] | type[UDP]
) -> None:
    frame = bytes(Ethernet() / IPv4(src=one, dst="10.0.0.2") / transport(sport=port, dport=9) / payload)
    after = changed(frame, other, port_after)
    for corrected in (updated(frame, after), recomputed(after)):
        assert states(parse(corrected)) == [GOOD, GOOD]
        assert parse(corrected)[IPv4].raw("src") == other
        assert parse(corrected)[transport].sport == port_after


@given(addresses, addresses, ports, st.integers(1, 0xFFFE))
def test_a_wrong_checksum_stays_wrong_by_as_much(one: bytes, other: bytes, port: int, error: int) -> None:
    right = Ethernet() / IPv4(src=one, dst="10.0.0.2") / TCP(sport=1) / b"data"
    wrong = right.copy()
    wrong[TCP].checksum = (right[TCP].checksum + error) % 0xFFFF
    data = updated(bytes(wrong), changed(bytes(wrong), other, port))
    expected = parse(recomputed(data))[TCP].checksum
    assert (parse(data)[TCP].checksum - expected) % 0xFFFF == (wrong[TCP].checksum - right[TCP].checksum) % 0xFFFF
    assert states(parse(recomputed(data))) == [GOOD, GOOD]


def test_no_checksum_stays_none() -> None:
    frame = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2, checksum=0) / b"x")
    after = changed(frame, b"\x0a\0\0\x09", 7)
    assert states(parse(updated(frame, after))) == states(parse(recomputed(after))) == [GOOD, ABSENT]


@given(st.binary(min_size=16, max_size=16), ports, data, st.sampled_from([TCP, UDP, ICMPv6EchoRequest]))
def test_ipv6_has_the_transport_alone(src: bytes, number: int, payload: bytes, transport: type[Header]) -> None:
    header = {TCP: TCP(sport=number), UDP: UDP(sport=number)}.get(transport, ICMPv6EchoRequest(id=number))
    frame = bytes(Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / header / payload)
    after = frame[:22] + src + frame[38:]
    assert states(parse(updated(frame, after))) == states(parse(recomputed(after))) == [GOOD]


def test_fragments_keep_a_checksum_that_is_right_for_the_whole() -> None:
    whole = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=5) / UDP(sport=1, dport=2) / (bytes(range(250)) * 12)
    for correct in (updated, lambda before, after: recomputed(after, before=before)):
        reassembler = dissect.Reassembler()
        for piece in fragment(whole, 1500):
            before = bytes(piece)
            data = before[:26] + b"\xc0\xa8\x01\x63" + before[30:]
            ended = reassembler.receive(parse(correct(before, data))[IPv4], 0)
        datagram = ended[0].datagram
        assert datagram is not None
        assert datagram.src == "192.168.1.99"
        assert states(datagram) == [GOOD, GOOD]


def test_what_an_error_quotes_fits_the_datagram_that_it_speaks_of() -> None:
    asked = IPv4(src="10.0.0.1", dst="10.0.0.2", id=9) / UDP(sport=4000, dport=5000) / b"data"
    error = (
        Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / DestinationUnreachable(code=3, payload=quotation(asked, 28))
    )
    before = bytes(error)
    old, new = b"\x0a\0\0\x01", b"\xc0\xa8\0\x63"
    after = before.replace(old, new)
    moved = bytes(asked.replace(src="192.168.0.99"))
    for data in (updated(before, after), recomputed(after, before=before)):
        assert bytes(parse(data)[DestinationUnreachable].payload or b"") == moved[:28]
        assert states(parse(data))[:3] == [GOOD, GOOD, GOOD]


def test_a_cut_frame_is_moved_and_not_computed() -> None:
    whole = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1) / bytes(100))
    cut = whole[:60]
    after = changed(cut, b"\x0a\0\0\x09", 7)
    expected = parse(updated(whole, changed(whole, b"\x0a\0\0\x09", 7)))[TCP].checksum
    assert parse(updated(cut, after))[TCP].checksum == expected
    assert parse(recomputed(after, before=cut))[TCP].checksum == expected
    assert parse(recomputed(after))[TCP].checksum == parse(cut)[TCP].checksum


def test_what_was_left_to_the_hardware_is_filled_in() -> None:
    for transport in (TCP(sport=1), UDP(sport=1)):
        right = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / transport / b"data"
        left = right.copy()
        left[type(transport)].checksum = 0x1234
        assert completed(bytes(left)) == bytes(right)
    echo = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoRequest(checksum=1)
    assert completed(bytes(echo)) == bytes(echo)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.pcap")), ids=lambda path: path.stem)
def test_right_samples_are_computed_to_themselves(path: Path) -> None:
    for packet in dissect.read(path):
        if BAD not in states(packet.frame):
            assert recomputed(packet.data, packet.link) == packet.data
        assert updated(packet.data, packet.data, packet.link) == packet.data


@given(st.binary(max_size=100), st.integers(0, 99))
def test_arbitrary_bytes_are_corrected_without_an_exception(data: bytes, at: int) -> None:
    for frame in (data, bytes(12) + b"\x08\x00" + data, bytes(12) + b"\x86\xdd\x60" + data):
        after = bytearray(frame)
        if at < len(after):
            after[at] ^= 1
        assert len(updated(frame, bytes(after))) == len(recomputed(bytes(after), before=frame)) == len(frame)
        assert len(completed(frame)) == len(frame)
