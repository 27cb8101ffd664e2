"""DHCP messages: built, read, and what contradicts RFC 2131."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import DHCP, UDP, DHCPEnd, DHCPHostName, DHCPPad, DHCPRequestedAddress, Ethernet, IPv4, MessageType
from dissect.protocols.dhcp_host_options import DHCPDomainName, DHCPRouters, DHCPSubnetMask
from dissect.protocols.dhcp_options import DHCPLeaseTime, DHCPOptionOverload
from tests.protocols.agreement import keeps_promises

AROUND = Ethernet(src="02:00:00:00:00:0a", dst="ff:ff:ff:ff:ff:ff") / IPv4(dst="255.255.255.255")
DISCOVER = DHCP(
    client_mac="02:00:00:00:00:0a", transaction_id=0x3D1D, options=[MessageType("discover"), DHCPHostName("lab")]
)


def test_a_message_has_300_bytes_and_an_end() -> None:
    data = bytes(DISCOVER)
    assert (len(data), data[236:250].hex()) == (300, "63825363" + "350101" + "0c036c6162" + "ff00")
    assert DISCOVER.options[-1] == DHCPEnd(bytes(300 - 249))
    assert not DISCOVER.problems()
    assert not DHCP().problems()
    assert len(bytes(DHCP())) == 300


def test_a_long_message_has_no_padding() -> None:
    long = DHCP(options=[MessageType("offer"), DHCPHostName("x" * 200)])
    assert len(bytes(long)) == 240 + 3 + 202 + 1
    assert bytes(long)[-1:] == b"\xff"


def test_what_is_given_stays() -> None:
    assert bytes(DHCP(options=[MessageType("ack"), b""]))[240:].hex() == "350105"
    assert bytes(DHCP(options=[MessageType("ack"), DHCPEnd()]))[240:].hex() == "350105ff"
    assert bytes(DHCP(options=b"\x35\x01\x05"))[240:].hex() == "350105"


def test_both_ends_are_found_by_their_ports() -> None:
    frame = AROUND / UDP(sport=68, dport=67) / DISCOVER
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert parsed[DHCP].message_type == 1
    assert not parsed.problems()
    assert parsed[DHCP].option(DHCPHostName) == DHCPHostName("lab")
    assert parsed[DHCP].option(DHCPPad) is None
    assert parsed[DHCP].info() == "DHCP Discover - Transaction ID 0x3d1d"


def test_an_option_in_parts_is_one() -> None:
    whole = "abcdefgh" * 40
    message = DHCP(options=[DHCPHostName(whole[:255]), MessageType("ack"), DHCPHostName(whole[255:])])
    assert message.joined(12) == whole.encode()
    assert message.joined(15) == b""


def test_bootp_has_no_type_and_may_have_no_cookie() -> None:
    old = DHCP(client_mac="02:00:00:00:00:0a", cookie="0.0.0.0", vendor_area=bytes(60))
    assert len(bytes(old)) == 300
    assert old.message_type is None
    assert old.options is None
    assert old.info() == "Boot Request from 02:00:00:00:00:0a (02:00:00:00:00:0a)"
    assert [problem.field for problem in old.problems()] == ["cookie"]
    assert DHCP(operation="reply").info() == "Boot Reply"


def test_options_that_do_not_end() -> None:
    found = [problem.message for problem in DHCP(options=[MessageType("ack"), b""]).problems()]
    assert found == ["do not end with the option End"]
    cut = DHCP(options=[MessageType("ack"), b"\x0c\x09abc"])
    assert [problem.field for problem in cut.problems()] == ["options"]


def test_a_wrong_length_makes_an_option_unknown() -> None:
    message = DHCP(options=[b"\x32\x03\x01\x02\x03\xff"])
    assert not isinstance(message.options[0], DHCPRequestedAddress)
    assert any("which that option cannot have" in str(problem) for problem in message.problems())


@pytest.mark.parametrize("size", [0, 1, 3, 28, 44, 107, 235, 236, 239, 240, 241, 248])
def test_a_message_that_is_cut(size: int) -> None:
    data = bytes(AROUND / UDP(sport=68, dport=67) / DISCOVER)
    keeps_promises(data[: 42 + size], "ethernet")


@given(st.binary(max_size=80))
def test_bytes_of_any_kind(data: bytes) -> None:
    head = bytes(AROUND / UDP(sport=68, dport=67) / DHCP(options=data + b"\xff"))
    keeps_promises(head, "ethernet")


ROUTERS = DHCPRouters(bytes([10, 0, 0, 1]))


def test_options_in_the_fields_of_names_are_found_after_the_others() -> None:
    message = bytearray(bytes(DHCP(options=[MessageType("ack"), DHCPOptionOverload(3), DHCPLeaseTime(60)])))
    in_file = bytes(DHCPSubnetMask("255.255.255.0")) + bytes(DHCPLeaseTime(1)) + b"\xff"
    message[108 : 108 + len(in_file)] = in_file
    message[44:50] = bytes(ROUTERS)
    found = DHCP.decode(bytes(message), 0, len(message), 0)
    assert found.option(DHCPSubnetMask) == DHCPSubnetMask("255.255.255.0")
    assert found.option(DHCPRouters) == ROUTERS
    assert found.option(DHCPLeaseTime) == DHCPLeaseTime(60)
    assert found.option(DHCPDomainName) is None
