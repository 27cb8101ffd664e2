"""Usual frames that are rewritten by their bytes are what the ordinary code makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import DNS, TCP, UDP, VLAN, Ethernet, Header, IPv4, IPv6, Question, Timestamps, parse
from dissect.declaration.decode_as import decode_as
from dissect.replay.rewriting import Checksums, Rewriting
from tests.conftest import SAMPLES
from tests.declared import damaged_frames

MAPS: dict[str, Any] = {
    "addresses": {"10.0.0.0/8": "11.0.0.0/8", "192.0.2.0/24": "10.1.2.0/24", "2001:db8::/32": "fd00:db8::/32"},
    "ports": {40000: 50000, 53: 5353, 80: 8080, 9: 10},
    "macs": {"02:00:00:00:00:01": "02:00:00:00:00:99"},
    "ttls": {64: 63, 255: 1},
}
WAYS = list(Checksums)
PAYLOADS = st.sampled_from([b"", b"a", b"\xff\xffb", bytes(9)])
"""What no protocol takes for the beginning of its messages."""


def agree(rewriting: Rewriting, data: bytes) -> bool:
    """Whether a frame is rewritten by its bytes; it is the ordinary one then."""
    quickly = rewriting._usually(data, 1)
    if quickly is not None:
        assert quickly == rewriting._header_by_header(data, 1)
    return quickly is not None


@pytest.mark.parametrize("checksums", WAYS)
def test_any_frames(checksums: Checksums) -> None:
    rewriting = Rewriting(**MAPS, checksums=checksums)

    @given(damaged_frames())
    def check(data: bytes) -> None:
        agree(rewriting, data)

    check()


@pytest.mark.parametrize("checksums", WAYS)
def test_frames_of_samples(checksums: Checksums) -> None:
    """Most of those of streams are rewritten by their bytes."""
    rewriting = Rewriting(**MAPS, checksums=checksums)
    for path in sorted(SAMPLES.glob("*.pcap")):
        found = [agree(rewriting, packet.data) for packet in dissect.read(path) if packet.link == 1]
        assert path.stem != "tcp_loss" or sum(found) > 0.8 * len(found)


_NUMBERS = st.sampled_from([0, 1, 9, 64, 255, 40000, 0xFFFF])


@pytest.mark.parametrize("checksums", WAYS)
def test_usual_frames(checksums: Checksums) -> None:
    rewriting = Rewriting(**MAPS, checksums=checksums)

    @given(
        st.sampled_from([IPv4, IPv6]), st.sampled_from([TCP, UDP]), PAYLOADS, _NUMBERS, _NUMBERS,
        st.none() | st.sampled_from([0, 1, 0xFFFE, 0xFFFF]), st.booleans(), st.binary(max_size=3),
    )  # fmt: skip
    def check(
        network: Any,
        transport: Any,
        payload: bytes,
        sport: int,
        dport: int,
        checksum: int | None,
        more: bool,
        end: bytes,
    ) -> None:
        ends = {"src": "10.0.0.1", "dst": "192.0.2.9"} if network is IPv4 else {"src": "2001:db8::1", "dst": "::2"}
        given_checksum = {} if checksum is None else {"checksum": checksum}
        options = {"options": [Timestamps(value=1, echo=2)]} if transport is TCP and more else {}
        segment = transport(sport=sport, dport=dport, **given_checksum, **options)
        frame = bytes(Ethernet(src="02:00:00:00:00:01") / network(**ends) / segment / payload) + end
        left = transport is UDP and checksum == 0 and checksums is not Checksums.KEEP
        ports = transport.decoder_of_ports(sport, dport)
        assert agree(rewriting, frame) or left or ports is not None

    check()


@pytest.mark.parametrize(
    "frame",
    [
        Ethernet() / VLAN() / IPv4() / UDP(sport=1, dport=2),
        Ethernet() / IPv4(flags="MF") / UDP(sport=1, dport=2, payload=b"12345678"),
        Ethernet() / IPv4() / UDP(sport=1, dport=53) / DNS(questions=[Question(domain="a.example")]),
        Ethernet() / IPv4() / UDP(sport=1, dport=2, length=9) / b"abc",
        Ethernet() / IPv4() / TCP(sport=1, dport=2, data_offset=4),
    ],
)
def test_unusual_frames_are_looked_at_more_closely(frame: Header) -> None:
    rewriting = Rewriting(**MAPS, checksums=Checksums.UPDATE)
    assert rewriting._usually(bytes(frame), 1) is None


def test_what_somebody_takes_a_port_for_is_looked_into() -> None:
    rewriting = Rewriting(addresses={"10.0.0.1": "11.0.0.1"})
    inner = Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=7, dport=8)
    data = bytes(Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=700, dport=701) / bytes(inner))
    assert agree(rewriting, data)
    assert parse(rewriting(data))[UDP].payload is not None
    with decode_as("udp.port==701", "vxlan"):
        assert rewriting._usually(data, 1) is None
    assert agree(rewriting, data)


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dissect.replay.usual_rewriting._MOST_KNOWN", 3)
    rewriting = Rewriting(**MAPS, checksums=Checksums.UPDATE)
    for number in range(12):
        assert agree(rewriting, bytes(Ethernet() / IPv4(src=f"10.0.0.{number}") / UDP(sport=number, dport=9)))
