"""The sum by hand ends in the right value."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given

import dissect
from dissect import (
    TCP,
    UDP,
    DissectError,
    EchoRequest,
    Ethernet,
    FieldAbsentError,
    Header,
    ICMPExtensions,
    ICMPv6,
    IPv4,
    IPv6,
    MPLSLabelStack,
    TimeExceeded,
)
from dissect.declaration.automatic import Checksum, CRC32c
from dissect.protocols.sctp import SCTP
from dissect.views.checksum_sum import ChecksumSum, checksum_sum, extensions_sum, words
from dissect.views.strategies import frames
from tests.declared import any_bytes

_WORD = re.compile(r"  +([0-9a-f]{4,})  (.*)")


def _by_hand(lines: list[str]) -> int:
    """Add up the words that are written, as a reader does, and return the checksum."""
    found = []
    for line in lines:
        match = _WORD.fullmatch(line)
        if match is not None and match[2] == "their sum":
            break
        if match is not None:
            found.append(int(match[1], 16))
    total = sum(found)
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return total ^ 0xFFFF


def _verify(header: Header) -> int:
    """Check the sum of each checksum of one header, and return how many could be verified."""
    count = 0
    for field in header.layout:
        if isinstance(field.factory, Checksum):
            with suppress(FieldAbsentError):
                header.raw(field)
                found = checksum_sum(header, field)
                lines = list(found.lines())
                expected = field.factory.expected(header, field)
                if expected is not None:
                    assert found.result == expected
                    count += 1
                    assert f"{expected:#0{10 if found.is_crc else 6}x}" in lines[-1]
                    # 0xFFFF stands for 0 where 0 means that there is none; a CRC has no words to add up.
                    assert found.is_crc or _by_hand(lines) == expected or (found.optional and expected == 0xFFFF)
                assert header.explain(field.name).splitlines()[1:] == lines
    return count


@pytest.mark.parametrize("kind", ["sample", "corpus"])
def test_every_checksum_of_the_captures_is_the_end_of_its_sum(kind: str, request: pytest.FixtureRequest) -> None:
    captures: list[Path] = request.getfixturevalue(f"{kind}_captures")
    count = 0
    for capture in captures:
        with suppress(DissectError):
            for packet in islice(dissect.read(capture), 20):
                count += sum(map(_verify, packet.layers()))
    assert count > 500


@given(any_bytes)
def test_any_frame_is_explained(data: bytes) -> None:
    for header in dissect.parse(data).layers():
        _verify(header)


@given(frames())
def test_what_is_built_is_what_the_sum_says(frame: Header) -> None:
    for header in dissect.parse(bytes(frame)).layers():
        _verify(header)


def _sum(header: Header) -> ChecksumSum:
    return checksum_sum(header, header.field("checksum"))


def test_a_sum_to_the_letter() -> None:
    frame = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"abc"
    assert list(_sum(frame[UDP]).lines()) == [
        "The words of 16 bits, with the checksum itself as zero:",
        "  0a00  pseudo-header: source address",
        "  0001  pseudo-header: source address",
        "  0a00  pseudo-header: destination address",
        "  0002  pseudo-header: destination address",
        "  0011  pseudo-header: protocol",
        "  000b  pseudo-header: length",
        "  0001  Source Port",
        "  0002  Destination Port",
        "  000b  Length",
        "  0000  Checksum",
        "  6162  what is carried",
        "  6300  what is carried, filled up with zero",
        "  ----",
        "  d88f  their sum",
        "  2770  with every bit inverted: the checksum",
        "The header holds the same: 0x2770",
    ]


def test_a_carry_is_added_at_the_right() -> None:
    lines = list(_sum(IPv4(src="255.255.255.255", dst="255.255.0.1")).lines())
    assert any("what exceeds 16 bits is added at the right" in line for line in lines)


def test_what_is_held_is_judged() -> None:
    wrong = dissect.parse(bytes(Ethernet() / IPv4(checksum=0xBAD)))[IPv4]
    assert list(_sum(wrong).lines())[-1] == "The header holds 0x0bad, which is wrong; the right one is 0x7aeb"
    none = IPv4() / UDP(checksum=0)
    assert "none was computed" in list(_sum(none[UDP]).lines())[-1]
    alone = _sum(TCP())
    assert (alone.words, alone.result) == ([], 0)
    assert "addresses" in list(alone.lines())[-1]
    fragment = IPv4(fragment_offset=3) / TCP(checksum=3)
    assert "not all that it covers is here" in list(_sum(fragment[TCP]).lines())[-1]


def test_a_result_of_zero_is_sent_as_ones_where_zero_means_none() -> None:
    frame = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2)
    rest = _sum(frame[UDP]).result
    frame = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1 + rest, dport=2)
    lines = list(_sum(frame[UDP]).lines())
    assert lines[-2].lstrip() == "ffff  is sent in its place, for 0 says that there is none"
    assert lines[-1] == "The header holds the same: 0xffff"


def test_the_pseudo_header_of_ipv6_has_forty_bytes() -> None:
    frame = IPv6(src="fe80::1", dst="fe80::2") / ICMPv6()
    named = [word.what for word in _sum(frame[ICMPv6]).words]
    assert named.count("pseudo-header: source address") == 8
    assert named.count("pseudo-header: next header") == 2


def test_a_long_payload_is_one_line_behind_its_first_words() -> None:
    frame = IPv4() / EchoRequest() / bytes(range(250))
    named = [word.what for word in _sum(frame[EchoRequest]).words]
    assert named[-1] == "the sum of the other 109 words"


def test_the_extensions_of_an_icmp_error_have_a_sum_of_their_own() -> None:
    extensions = ICMPExtensions([MPLSLabelStack(labels=b"abcde")])
    frame = IPv4() / TimeExceeded(length=32, payload=IPv4() / bytes(108), trailer=bytes(extensions))
    parsed = dissect.parse(bytes(Ethernet() / frame))
    lines = parsed.explain("icmp.ext.checksum").splitlines()
    right = int.from_bytes(bytes(extensions)[2:4], "big")
    assert lines[-1] == f"The header holds the same: {right:#06x}"
    assert _by_hand(lines[1:]) == right
    assert sum(word.what.startswith("object 1") for word in extensions_sum(extensions).words) == 5


def test_a_crc_is_told_without_words() -> None:
    # "123456789" is the check value's text of every CRC; of CRC-32C it is 0xE3069283, sent with its low byte first.
    assert CRC32c().fill(None, bytearray(b"123456789"), b"", None, SCTP.field("checksum")) == 0x839206E3
    packet = dissect.parse(bytes(Ethernet() / IPv4() / SCTP(sport=1, dport=2)))[SCTP]
    _, method, verdict = packet.explain("checksum").splitlines()
    assert method.startswith("The CRC32c (RFC 9260, appendix A) over the header")
    assert verdict == f"The header holds the same: {packet.checksum:#010x}"
    wrong = packet.replace(checksum=packet.checksum ^ 1).explain("checksum").splitlines()[-1]
    right, held = f"{packet.checksum:#010x}", f"{packet.checksum ^ 1:#010x}"
    assert wrong == f"The header holds {held}, which is wrong; the right one is {right}"


def test_words_are_pairs_of_bytes() -> None:
    assert [word.value for word in words(b"\1\2\3", ["a", "b"])] == [0x0102, 0x0300]
