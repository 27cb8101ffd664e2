"""ICMP in the eyes of Wireshark: how much of a message it needs, and what it calls types and codes."""

from __future__ import annotations

import pytest

from dissect import ICMP, Data, EchoRequest, Ethernet, IPv4
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from dissect.wireshark.sight import seen_layers
from tests.wireshark.carried import in_ipv4


@pytest.mark.parametrize(("there", "is_read"), [(5, False), (6, True)])
def test_a_message_is_read_that_reaches_to_the_length_of_an_error(there: int, is_read: bool) -> None:
    frame = in_ipv4("icmp", bytes.fromhex("0b00 f4ff 0000 0000")[:there])
    assert texts(frame, "icmp.type") == (["11"] if is_read else [])
    assert ("Time-to-live exceeded" in summarize(frame).info) == is_read


@pytest.mark.parametrize(
    ("message", "info"),
    [
        (ICMP(type=3, code=77), "Destination unreachable (Unknown code: 77)"),
        (ICMP(type=6, code=0), "Alternate host address (Alternate address for host)"),
        (ICMP(type=40, code=1), "Photuris             (Authentication Failed)"),
        (ICMP(type=40, code=9), "Photuris             (Unknown code: 9)"),
        (ICMP(type=253), "Unknown ICMP (obsolete or malformed?)"),
    ],
)
def test_types_and_codes(message: ICMP, info: str) -> None:
    frame = in_ipv4("icmp", bytes(message) + bytes(4))
    assert summarize(frame).info == info


def test_data_are_seen_where_the_type_speaks_of_them() -> None:
    ping = Ethernet() / IPv4() / EchoRequest() / b"abc"
    unknown = Ethernet() / IPv4() / ICMP(type=253) / b"abc"
    assert [type(layer) for layer in seen_layers(ping)][-1] is Data
    assert [type(layer) for layer in seen_layers(unknown)][-1] is not Data
