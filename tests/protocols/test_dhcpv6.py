"""Messages of DHCPv6, built and read, and messages within messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    UDP,
    DHCPv6,
    DHCPv6Address,
    DHCPv6Addresses,
    DHCPv6ClientIdentifier,
    DHCPv6InterfaceID,
    DHCPv6Message,
    DHCPv6RelayMessage,
    DHCPv6StatusCode,
    Ethernet,
    IPv6,
)
from dissect.declaration.entry import DEEPEST
from dissect.wireshark.fields import texts
from tests.protocols.agreement import keeps_promises

AROUND = Ethernet() / IPv6() / UDP(sport=546, dport=547)
LEASE = DHCPv6Addresses(iaid=b"\0\0\0\x07", options=[DHCPv6Address("2001:db8::1", preferred=60, valid=90)])
SOLICIT = DHCPv6(transaction_id=0x1D1D, options=[DHCPv6ClientIdentifier(b"\0\x03\0\x01abcdef"), LEASE])


def test_a_message() -> None:
    assert bytes(SOLICIT)[:4].hex() == "01001d1d"
    assert SOLICIT.info() == "Solicit XID: 0x001d1d"
    parsed = dissect.parse(bytes(AROUND / SOLICIT))
    assert parsed == AROUND / SOLICIT
    assert not parsed.problems()
    assert texts(parsed, "dhcpv6.option.type") == ["1", "3", "5"]
    keeps_promises(bytes(AROUND / SOLICIT), "ethernet")


def test_a_message_that_is_passed_on() -> None:
    inner = DHCPv6Message(type="solicit", transaction_id=5, options=[LEASE])
    relay = DHCPv6(
        type="relay forward",
        hops=1,
        link_address="2001:db8:a::1",
        options=[DHCPv6RelayMessage(relayed=[inner]), DHCPv6InterfaceID(b"eth0")],
    )
    frame = AROUND / relay
    assert relay.info() == "Relay-forw L: 2001:db8:a::1"
    assert dissect.parse(bytes(frame)) == frame
    assert texts(frame, "dhcpv6.msgtype") == ["12", "1"]
    assert texts(frame, "dhcpv6.option.type") == ["9", "3", "5", "18"]
    keeps_promises(bytes(frame), "ethernet")


def test_options_in_each_other_without_end() -> None:
    data = b""
    while len(data) < 60000:
        data = b"\0\x03" + (12 + len(data)).to_bytes(2, "big") + bytes(12) + data
    frame = keeps_promises(bytes(AROUND / DHCPv6(options=data)), "ethernet")
    assert len(texts(frame, "dhcpv6.iaid")) == DEEPEST + 1


def test_a_wrong_length_makes_an_option_unknown() -> None:
    message = DHCPv6(options=[b"\0\x05\0\x03abc", DHCPv6StatusCode(value=2, words="none")])
    assert not isinstance(message.options[0], DHCPv6Address)
    assert bytes(message.options[0]) == b"\0\x05\0\x03abc"


@given(st.binary(max_size=80))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(AROUND / DHCPv6())[:62] + data, "ethernet")
