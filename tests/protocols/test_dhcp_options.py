"""The options that DHCP itself is made of: bytes as RFC 2132, section 9, draws them, and lists that go wrong."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import DHCP
from dissect.protocols import dhcp_options as module
from dissect.protocols.dhcp_options import (
    DHCPBootFileName,
    DHCPClientIdentifier,
    DHCPEnd,
    DHCPLeaseTime,
    DHCPMessageType,
    DHCPOptionOverload,
    DHCPPad,
    DHCPParameterRequestList,
    MalformedDHCPOption,
    MessageType,
    UnknownDHCPOption,
)
from tests.protocols.dhcp_values import classes_of, parsed, scapys_bytes

CLASSES = [cls for cls in classes_of(module) if cls.number not in (52, 53, 55, 61)]


@pytest.mark.parametrize("cls", CLASSES)
def test_bytes_are_those_of_scapy(cls: type[Any]) -> None:
    option, theirs = scapys_bytes(cls)
    assert bytes(option) == theirs
    assert parsed(theirs) == [option]


@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        (DHCPOptionOverload("both"), "34 01 03"),
        (MessageType("nak"), "35 01 06"),
        (DHCPParameterRequestList([1, 3, 255]), "37 03 01 03 ff"),
        (DHCPClientIdentifier(b"\x01\x02\0\0\0\0\x01"), "3d 07 01 02 00 00 00 00 01"),
        (DHCPLeaseTime(0xFFFFFFFF), "33 04 ff ff ff ff"),
    ],
)
def test_bytes(option: Any, hexadecimal: str) -> None:
    assert bytes(option) == bytes.fromhex(hexadecimal)
    assert parsed(bytes(option)) == [option]


def test_types_of_messages_are_numbered_as_iana_has_them() -> None:
    assert [DHCPMessageType(number).word for number in (1, 4, 6, 7, 8, 9, 10, 13, 18)] == [
        *("discover", "decline", "nak", "release", "inform", "force_renew", "lease_query", "lease_active", "tls"),
    ]  # fmt: skip


def test_zeros_in_a_row_are_one_pad_and_other_bytes_among_them_are_told() -> None:
    pad, kind = parsed(bytes.fromhex("00 00 00 35 01 01"))
    assert pad == DHCPPad(b"\0\0")
    assert kind == MessageType("discover")
    assert list(pad.problems()) == []
    assert list(DHCPPad(b"\0\1").problems()) == ["has bytes that are not zero"]


@pytest.mark.parametrize("raw", ["0c", "0c 09 61"])
def test_what_runs_past_the_end_is_malformed_and_the_last(raw: str) -> None:
    message = bytes(DHCP(options=bytes.fromhex("35 01 01" + raw)))[: 240 + 3 + len(bytes.fromhex(raw))]
    found = list(DHCP.decode(message, 0, len(message), 0).options)
    assert [type(each) for each in found] == [MessageType, MalformedDHCPOption]
    assert bytes(found[-1]) == bytes.fromhex(raw)


def test_behind_the_end_nothing_is_an_option() -> None:
    message = bytes(DHCP(options=bytes.fromhex("35 01 01 ff 0c 01 61")))
    *_, end = DHCP.decode(message, 0, len(message), 0).options
    assert isinstance(end, DHCPEnd)
    assert end.padding.startswith(bytes.fromhex("0c 01 61"))


def test_an_option_of_an_unknown_code_keeps_its_value() -> None:
    (option,) = parsed(bytes.fromhex("e0 02 ab cd"))
    assert (type(option), option.code, option.value) == (UnknownDHCPOption, 0xE0, b"\xab\xcd")
    assert list(option.problems()) == []


def test_fields_of_names_hold_options_where_this_is_said() -> None:
    message = bytearray(bytes(DHCP(options=[MessageType("ack"), DHCPOptionOverload("file")])))
    message[108:112] = bytes(DHCPBootFileName("ab"))
    overload = DHCP.decode(bytes(message), 0, len(message), 0).options[1]
    assert overload.file_options.startswith(bytes(DHCPBootFileName("ab")))
    assert overload.server_name_options is None
