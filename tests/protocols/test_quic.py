from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import UDP, Ethernet, IPv4
from dissect.declare import Data
from dissect.protocols.quic import (
    BEGINNING,
    FORCING,
    QUICDraftRetry,
    QUICHandshake,
    QUICInitial,
    QUICOther,
    QUICPadding,
    QUICRetry,
    QUICShort,
    QUICVersionNegotiation,
    QUICZeroRTT,
    SupportedQUICVersion,
    looks_like_quic,
    read_like_first,
)
from dissect.wireshark.fields import texts

DATAGRAM = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=50000)
IDENTIFIERS: dict[str, Any] = {"destination_id": bytes(8), "source_id": b"abc"}


def test_packets_of_one_datagram() -> None:
    frame = (
        DATAGRAM
        / QUICInitial(**IDENTIFIERS, length=20, protected=bytes(20))
        / QUICHandshake(**IDENTIFIERS, length=30, protected=bytes(30))
        / QUICShort(bytes(8) + bytes(14))
    )
    assert frame[UDP].dport == 443
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert [type(header) for header in parsed.layers()][3:] == [QUICInitial, QUICHandshake, QUICShort]
    assert parsed[QUICHandshake].info() == "Handshake, DCID=0000000000000000, SCID=616263"


def test_what_follows_and_is_no_packet_is_padding() -> None:
    frame = DATAGRAM / QUICInitial(**IDENTIFIERS, length=20, protected=bytes(20)) / bytes(3)
    padding = dissect.parse(bytes(frame))[QUICInitial].payload
    assert type(padding) is QUICPadding
    assert (padding.data, padding.info()) == (bytes(3), "")


@pytest.mark.parametrize(
    "behind",
    [
        QUICShort(b"x" * 22),
        QUICHandshake(destination_id=b"other", length=4, protected=bytes(4)),
        QUICHandshake(destination_id=b"otherone", length=4, protected=bytes(4)),
    ],
)
def test_what_is_for_another_receiver_is_ignored(behind: Any) -> None:
    frame = dissect.parse(bytes(DATAGRAM / QUICInitial(**IDENTIFIERS, length=20, protected=bytes(20)) / bytes(behind)))
    assert type(frame[QUICInitial].payload) is QUICPadding
    assert frame[QUICInitial].is_followed() is False
    assert [frame["quic.coalesced_padding_data"], frame.summary().endswith("[Malformed Packet]")] == [True, False]


def test_a_version_negotiation_lists_versions() -> None:
    raw = bytes(
        DATAGRAM / QUICVersionNegotiation(**IDENTIFIERS, versions=[SupportedQUICVersion(1), SupportedQUICVersion(2)])
    )
    packet = dissect.parse(raw)[QUICVersionNegotiation]
    assert [entry.version for entry in packet.versions] == [1, 2]
    assert packet.info() == "Version Negotiation, DCID=0000000000000000, SCID=616263"


def test_a_retry_has_a_token_and_a_tag() -> None:
    packet = dissect.parse(bytes(DATAGRAM / QUICRetry(**IDENTIFIERS, token=b"token", tag=bytes(range(16)))))[QUICRetry]
    assert (packet.token, packet.tag) == (b"token", bytes(range(16)))


def test_a_retry_of_early_drafts_names_the_first_identifier() -> None:
    """draft-ietf-quic-transport-24, section 17.2.5."""
    sent = QUICDraftRetry(**IDENTIFIERS, original=b"first", token=b"token")
    assert bytes(sent).endswith(b"\x05firsttoken")
    packet = dissect.parse(bytes(DATAGRAM / sent))[QUICDraftRetry]
    assert (packet.original, packet.token) == (b"first", b"token")
    assert texts(packet, "quic.odcid") == ["6669727374"]
    later = dissect.parse(bytes(DATAGRAM / sent.replace(version=0xFF000019)))
    assert type(later[QUICRetry]) is QUICRetry


def test_the_types_of_version_2_begin_with_another_one() -> None:
    raw = bytearray(bytes(QUICInitial(**IDENTIFIERS, version=0x6B3343CF, length=20, protected=bytes(20))))
    raw[0] |= 0x10
    packet = dissect.parse(bytes(DATAGRAM / bytes(raw)).replace(b"\xc3\x50\0\0", b"\xc3\x50\x01\xbb"))
    assert isinstance(packet[UDP].payload, (QUICInitial, Data))
    assert type(QUICInitial.decode(bytes(raw), 0, len(raw), 0)) is QUICInitial


def test_other_versions_have_identifiers_alone() -> None:
    packet = dissect.parse(bytes(DATAGRAM / QUICOther(**IDENTIFIERS, data=bytes(40))))[QUICOther]
    assert (packet.destination_id, packet.source_id) == (bytes(8), b"abc")


def test_a_look_tells_quic_on_any_port() -> None:
    assert looks_like_quic(bytes(QUICInitial(**IDENTIFIERS)))
    assert not looks_like_quic(bytes(QUICOther(**IDENTIFIERS)))
    assert not looks_like_quic(bytes.fromhex("c000000001ff") + bytes(300))


@given(
    st.sampled_from([0, 1, 0x6B33_43CF, 0xFF00_001D, 0x0A1A_2A3A, 0xFAEA_DACA]), st.integers(0, 15), st.integers(0, 3)
)
def test_no_version_that_is_told_is_missed_by_the_first_bytes(number: int, half: int, place: int) -> None:
    """What a look claims begins as one of the guesses says, also with a half of a byte of its version changed."""
    for version in (number, number ^ half << 4 + 8 * place, number ^ half << 8 * place):
        data = b"\xc0" + version.to_bytes(4, "big") + bytes(40)
        assert looks_like_quic(data) == any(each(data) for each in (BEGINNING, FORCING))
        assert looks_like_quic(data) <= any(each.is_likely(data) for each in (BEGINNING, FORCING))


@pytest.mark.parametrize("identifier", [0x48C4, 0x88C4])
def test_what_another_protocol_knows_as_its_own_is_no_packet(identifier: int) -> None:
    """A question of DNS to the port of QUIC, whose identifier may look like the first bits of a head."""
    query = dissect.DNS(id=identifier, questions=[dissect.Question("a.example")])
    frame = dissect.parse(bytes(Ethernet() / IPv4() / UDP(sport=50000, dport=443) / bytes(query)))
    assert frame["dns"].questions[0].domain == "a.example"


def test_what_tells_whether_a_packet_follows_may_be_missing() -> None:
    whole = QUICInitial(**IDENTIFIERS, length=20, protected=bytes(20))
    for behind, told in ((b"\x40" + bytes(3), False), (b"\xc0\0\0", None)):
        parsed = dissect.parse(bytes(DATAGRAM / whole / behind))
        assert parsed[QUICInitial].is_followed() is told
        assert type(parsed[QUICInitial].payload) is (Data if told is None else QUICPadding)


def test_a_packet_for_an_identifier_that_no_version_allows_is_followed_by_any() -> None:
    """It names no receiver to compare with."""
    long: Any = QUICInitial(destination_id=bytes(30), length=2, protected=b"ab")
    parsed = dissect.parse(bytes(DATAGRAM / long / bytes(QUICShort(b"x" * 22))))
    assert parsed[QUICInitial].is_followed() is True
    assert parsed[QUICInitial].info() == "Initial"


@pytest.mark.parametrize(("first", "cls"), [(0x90, QUICZeroRTT), (0xA0, QUICHandshake), (0xB0, QUICRetry)])
def test_a_version_that_nobody_knows_can_be_read_like_the_first(first: int, cls: type[Any]) -> None:
    data = bytes([first]) + bytes.fromhex("65644464 00 00 02") + b"ab" + bytes(16)
    assert type(read_like_first(data, 0, len(data), 0)) is cls
