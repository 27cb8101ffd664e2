from __future__ import annotations

import pytest

import dissect
from dissect import IPV6CP, PPP, FieldError, InterfaceIdentifier, UnknownIPV6CPOption


def test_an_identifier_is_agreed_on() -> None:
    packet = IPV6CP(code="configure request", options=[InterfaceIdentifier(bytes(range(8)))])
    assert bytes(packet).hex(" ") == "01 00 00 0e 01 0a 00 01 02 03 04 05 06 07"
    frame = dissect.parse(bytes(PPP() / packet), link="ppp")
    assert (frame[IPV6CP], frame[PPP].protocol, frame.problems()) == (packet, 0x8057, [])


def test_one_of_a_wrong_length() -> None:
    with pytest.raises(FieldError, match="at most 8 bytes"):
        InterfaceIdentifier(bytes(9))
    (option,) = IPV6CP(options=bytes.fromhex("010400ff")).options or ()
    assert type(option) is UnknownIPV6CPOption
