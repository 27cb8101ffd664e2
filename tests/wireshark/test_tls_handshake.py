"""Messages of the TLS handshake as Wireshark sees them: a mark for each."""

from __future__ import annotations

from dissect.protocols.tls_handshake import Finished, HelloRequest, NewSessionTicket, ServerHelloDone
from dissect.wireshark.types import field_type
from tests.wireshark.tls_records import recorded


def test_each_message_of_a_record_has_a_mark() -> None:
    packet = recorded(NewSessionTicket(b"ticket"), ServerHelloDone(), from_server=True)
    assert packet.get("tls.handshake") == [1, 1]
    assert packet.get("tls.handshake.type") == [4, 14]
    assert packet.get("tls.handshake.length") == [12, 0]


def test_of_a_message_that_goes_on_nothing_is_shown() -> None:
    packet = recorded(HelloRequest(), bytes(Finished(bytes(20)))[:9], from_server=True)
    assert packet.get("tls.handshake.type") == [0]


def test_lengths_are_of_24_bits() -> None:
    kind = field_type("tls.handshake.length")
    assert kind is not None
    assert (kind.name, kind.range) == ("FT_UINT24", (0, 0xFFFFFF))
