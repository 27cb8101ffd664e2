"""The words and numbers of what Wireshark remarks."""

from __future__ import annotations

import pytest

from dissect import IPv4
from dissect.wireshark.notices import GROUPS, SECURITY, SEVERITIES, Notice
from tests.oracle.tshark import Tshark


def test_words_are_fixed_or_told_from_the_record() -> None:
    assert Notice("Error", "Bogus").message(IPv4()) == "Bogus"
    assert Notice("Error", lambda datagram: f"only {datagram.ttl}").message(IPv4(ttl=3)) == "only 3"


def test_numbers_are_those_of_their_masks() -> None:
    assert list(SEVERITIES) == sorted(SEVERITIES, key=SEVERITIES.__getitem__)
    assert all(number & 0x00F00000 == number for number in SEVERITIES.values())
    assert all(number & 0xFF000000 == number for number in GROUPS.values())


def test_what_wireshark_has_no_number_for_is_refused() -> None:
    assert Notice.of("Chat", "words", SECURITY).group == "Security"
    with pytest.raises(ValueError, match="no 'Sequenz' among Checksum"):
        Notice.of("Chat", "words", "Sequenz")
    with pytest.raises(ValueError, match="no 'Bad' among Comment"):
        Notice.of("Bad", "words", SECURITY)


def test_numbers_are_those_of_tshark(tshark: Tshark) -> None:
    for field, numbers in (("_ws.expert.group", GROUPS), ("_ws.expert.severity", SEVERITIES)):
        rows = [row for row in tshark.values if row[:2] == ["V", field]]
        assert {name: int(number) for _, _, number, name in rows} == numbers
