"""The numbers of QUIC: which versions have the packets of RFC 9000."""

from __future__ import annotations

import pytest

from dissect.protocols.quic_numbers import QUICPacketType, Version


@pytest.mark.parametrize(
    ("version", "draft", "is_second", "has_known_packets", "is_known_to_guess"),
    [
        (0x00000001, 0, False, True, True),
        # RFC 9369, section 3.1.
        (0x6B3343CF, 0, True, True, True),
        # RFC 9000, section 17.2.1: 0 is no version, but a list of them.
        (0, 0, False, False, True),
        # Drafts are 0xff000000 and their number; from 22 on packets look as they do today, and 34 is the last.
        (0xFF000017, 23, False, True, True),
        (0xFF000022, 34, False, True, True),
        (0xFF000016, 22, False, True, True),
        (0xFF000015, 21, False, False, False),
        # Facebook's, and Google's last ones, are sent like drafts.
        (0xFACEB001, 22, False, True, True),
        (0x51303530, 27, False, True, True),
        (0xFF000023, 35, False, False, False),
        # RFC 9000, section 15: of the form 0x?a?a?a?a, for whoever wants to negotiate; read like draft 29.
        (0x1A2A3A4A, 29, False, True, True),
    ],
)
def test_versions(version: int, draft: int, is_second: bool, has_known_packets: bool, is_known_to_guess: bool) -> None:
    known = Version(version)
    assert (known.draft, known.is_second) == (draft, is_second)
    assert (known.has_known_packets, known.is_known_to_guess) == (has_known_packets, is_known_to_guess)


def test_types_of_packets_with_a_long_head() -> None:
    # RFC 9000, table 5.
    assert [QUICPacketType(number).title for number in range(4)] == ["Initial", "0-RTT", "Handshake", "Retry"]


def test_google_s_versions_hold_other_frames() -> None:
    assert [Version(number).has_known_frames for number in (1, 0xFACEB002, 0x51303530, 0x54303531)] == [
        True,
        True,
        False,
        False,
    ]
