"""The words and numbers of what Wireshark remarks."""

from __future__ import annotations

from dissect import IPv4
from dissect.wireshark.notices import GROUPS, SEVERITIES, Notice


def test_words_are_fixed_or_told_from_the_record() -> None:
    assert Notice("Error", "Bogus").message(IPv4()) == "Bogus"
    assert Notice("Error", lambda datagram: f"only {datagram.ttl}").message(IPv4(ttl=3)) == "only 3"


def test_numbers_are_those_of_their_masks() -> None:
    assert list(SEVERITIES) == sorted(SEVERITIES, key=SEVERITIES.__getitem__)
    assert all(number & 0x00F00000 == number for number in SEVERITIES.values())
    assert all(number & 0xFF000000 == number for number in GROUPS.values())
