"""What the messages of ICMP and ICMPv6 share: codes, quotations that end where extensions begin, and what is odd."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import (
    UDP,
    DestinationUnreachable,
    FieldError,
    IPv4,
    IPv6,
    MPLSLabel,
    MPLSLabelStack,
    TimeExceeded,
    parse,
)
from dissect.protocols.icmpv6 import ICMPv6TimeExceeded

QUOTE = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=7) / bytes(20)
LABELS = MPLSLabelStack(labels=[MPLSLabel(label=16)])


@pytest.mark.parametrize(("error", "unit"), [
    (TimeExceeded(payload=QUOTE), 4),
    # RFC 4884, section 4.1: 32-bit words in ICMP, 64-bit words in ICMPv6.
    (ICMPv6TimeExceeded(payload=IPv6(src="::1", dst="::2") / UDP(dport=7)), 8),
])  # fmt: skip
def test_extensions_stand_behind_a_quotation_of_128_bytes(error: Any, unit: int) -> None:
    longer = error.with_extensions(LABELS)
    assert longer.length == 128 // unit
    assert longer.extensions.objects[0].labels[0].label == 16
    # RFC 4884, section 3: zeros fill the quotation up.
    assert bytes(longer)[8 + len(bytes(error.payload)) : 8 + 128].strip(b"\0") == b""
    assert error.extensions is None


def test_the_quotation_ends_where_extensions_begin() -> None:
    frame = parse(
        bytes(IPv4(src="10.0.0.9", dst="10.0.0.1") / TimeExceeded(payload=QUOTE).with_extensions(LABELS)), "raw"
    )
    error: Any = frame[TimeExceeded]
    assert error.payload[UDP].dport == 7
    assert error.extensions.objects[0].labels[0].label == 16
    assert frame.problems() == []


def problems(error: Any) -> list[str]:
    around = IPv4(src="10.0.0.9", dst="10.0.0.1") / error
    return [str(problem) for problem in parse(bytes(around), "raw")[type(error)].problems()]


def test_lengths_that_leave_no_room_are_told() -> None:
    assert any("runs past the end of the data" in each for each in problems(TimeExceeded(length=200, payload=QUOTE)))
    long = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(dport=7) / bytes(200)
    assert any("leaves too little for extensions" in each for each in problems(TimeExceeded(length=8, payload=long)))
    assert problems(TimeExceeded(payload=long)) == []


def test_a_code_that_the_type_does_not_have_is_told() -> None:
    (problem,) = problems(TimeExceeded(code=9, payload=QUOTE))
    assert "is unknown" in problem
    assert problems(DestinationUnreachable(code=13, payload=QUOTE)) == []


def test_too_long_a_quotation_takes_no_extensions() -> None:
    # 255 words of 4 bytes are the most that the length can tell.
    with pytest.raises(FieldError):
        TimeExceeded(payload=IPv4(src="10.0.0.1") / UDP() / bytes(1100)).with_extensions(LABELS)
