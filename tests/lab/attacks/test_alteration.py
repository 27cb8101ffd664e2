"""Words become others, and nobody can tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, TCP, UDP, Ethernet, FieldError, IPv4, parse
from dissect.lab.attacks.alteration import Alteration

WORDS = {b"100": b"900", b"Alice": b"Carol"}


@given(st.binary(max_size=100), st.sampled_from(["tcp", "udp"]), st.booleans())
def test_a_frame_stays_as_long_and_right(data: bytes, kind: str, padded: bool) -> None:
    data += b" Alice pays 100"
    segment = TCP(sport=9, dport=9, payload=data) if kind == "tcp" else UDP(sport=9, dport=9, payload=data)
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / segment
    before = parse(bytes(frame.padded() if padded else frame))
    after = parse(bytes(Alteration(WORDS).altered(before)))
    assert len(after) == len(before)
    assert after.problems() == []
    assert data.replace(b"100", b"900").replace(b"Alice", b"Carol") in bytes(after)


def test_what_has_none_of_the_words_is_left_alone() -> None:
    alteration = Alteration(WORDS)
    for frame in (Ethernet() / ARP(), Ethernet() / IPv4() / UDP(payload=b"nothing"), Ethernet() / IPv4() / TCP()):
        assert alteration.altered(frame) is frame
    assert alteration.count == 0


def test_a_datagram_is_altered_when_it_goes_on_and_not_when_it_comes() -> None:
    alteration = Alteration(WORDS)
    datagram = parse(bytes(IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(payload=b"100")), "raw")
    assert isinstance(datagram, IPv4)
    assert alteration.arriving(datagram, "eth0", 0) is datagram
    altered = alteration.leaving(datagram, "eth0", 0)
    assert isinstance(altered, IPv4)
    assert bytes(altered).endswith(b"900")
    assert (altered.problems(), alteration.count) == ([], 1)


@pytest.mark.parametrize("words", [{b"100": b"9"}, {b"": b""}])
def test_words_have_one_length(words: dict[bytes, bytes]) -> None:
    with pytest.raises(FieldError, match="expected words of the same length"):
        Alteration(words)
