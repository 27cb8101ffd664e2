"""Extension headers in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import UDP, AuthenticationHeader, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.wireshark.columns import summarize


@pytest.mark.parametrize(
    ("outer", "number", "words"),
    [
        (IPv4(), 250, "AH (SPI=0x00000007)"),
        (IPv4(), 59, "AH (SPI=0x00000007)"),
        (IPv6(), 250, "Unknown IP Protocol: Unknown (250)"),
    ],
)
def test_the_association_is_told_where_nothing_is_known_to_follow(outer: Header, number: int, words: str) -> None:
    frame = outer / AuthenticationHeader(spi=7, icv=bytes(12), next_header=number) / b"data"
    assert (summarize(frame).protocol, summarize(frame).info) == ("AH", words)


def test_what_an_authentication_header_protects_has_the_line() -> None:
    frame = IPv4() / AuthenticationHeader(spi=7, icv=bytes(12)) / UDP(sport=1, dport=2)
    assert summarize(frame).protocol == "UDP"
