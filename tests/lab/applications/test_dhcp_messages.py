"""Messages of DHCP on a link where not everybody has an address."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import DHCP, UDP, Ethernet, Host, Interface, IPv4, parse
from dissect.lab.applications.dhcp_messages import mask_of, prefix_length, read_message, send_on_link
from dissect.protocols.dhcp_options import MessageType


@given(st.integers(0, 32))
def test_a_mask_has_its_length(length: int) -> None:
    assert prefix_length(mask_of(length)) == (length or None)


def test_what_is_no_mask_has_no_length() -> None:
    assert [prefix_length(text) for text in ("255.0.255.0", "0.0.0.255", "0.0.0.0")] == [None] * 3


@given(st.binary(max_size=300))
def test_only_messages_with_a_type_are_read(data: bytes) -> None:
    message = read_message(data)
    assert message is None or message.message_type is not None


def test_a_message_goes_to_all_from_who_has_no_address() -> None:
    interface = Interface("eth0", "02:00:00:00:00:02")
    host = Host("a", interface)
    send_on_link(host, interface, 0, DHCP(options=[MessageType("discover")]), src="0.0.0.0", to_port=67)
    frame = parse(host.advance(0)[0].frame)
    assert (frame[Ethernet].dst, frame[IPv4].src, frame[IPv4].dst) == (
        "ff:ff:ff:ff:ff:ff",
        "0.0.0.0",
        "255.255.255.255",
    )
    assert (frame[UDP].sport, frame[UDP].dport, frame.problems()) == (68, 67, [])
    read = read_message(bytes(frame[DHCP]))
    assert read is not None
