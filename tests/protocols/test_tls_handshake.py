"""Messages of the handshake: bytes as RFC 8446 and RFC 5246 draw them, and tickets of two versions told apart."""

from __future__ import annotations

from dissect.protocols import tls_handshake as tls
from dissect.protocols.tls_handshake import HandshakeFragment, NewKeyTicket, NewSessionTicket, UnknownHandshake
from tests.protocols.tls_messages import holds, read


def test_messages_that_hold_next_to_nothing() -> None:
    for message, kind in ((tls.HelloRequest(), 0), (tls.EndOfEarlyData(), 5), (tls.ServerHelloDone(), 14)):
        assert bytes(message) == bytes([kind, 0, 0, 0])
        holds(message, "")
    holds(tls.Finished(b"proof"), b"proof".hex())
    holds(tls.KeyUpdate(1), "01")


def test_tickets_of_two_versions() -> None:
    # RFC 5077, section 3.3: a lifetime and a ticket behind its length.
    holds(NewSessionTicket(b"ticket", lifetime=300), "0000012c 0006" + b"ticket".hex())
    holds(NewSessionTicket(b"", lifetime=300), "0000012c 0000")
    # RFC 8446, section 4.6.1: a number to add, a nonce and extensions as well.
    holds(
        NewKeyTicket(b"ticket", lifetime=300, age_add=7, nonce=b"\x01"),
        "0000012c 00000007 01 01 0006" + b"ticket".hex() + "0000",
    )


def test_a_message_of_another_size_than_its_fields_take_is_told() -> None:
    message = read(bytes.fromhex("18 000002 01 02"))
    assert isinstance(message, tls.KeyUpdate)
    assert list(message.problems()) == ["has 2 bytes, which is not what its fields take"]


def test_types_without_a_class_and_messages_that_go_on_in_the_next_record() -> None:
    unknown = read(bytes.fromhex("63 000001 07"))
    assert (type(unknown), unknown.data) == (UnknownHandshake, b"\x07")
    begun = read(bytes.fromhex("14 000020 07"))
    assert (type(begun), bytes(begun)) == (HandshakeFragment, bytes.fromhex("14 000020 07"))
    assert list(begun.problems()) == []
