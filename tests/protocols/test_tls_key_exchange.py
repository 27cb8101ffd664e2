"""Key exchanges up to TLS 1.2: bytes as their RFCs draw them, and the kinds told apart by their lengths."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.declare import OptionList
from dissect.protocols import tls_key_exchange as tls
from dissect.protocols.tls_handshake import HandshakeMessage
from tests.protocols.tls_messages import holds, read


@pytest.mark.parametrize(
    ("message", "body"),
    [
        # RFC 8422, section 5.4, with the algorithm of RFC 5246, section 4.7.
        (
            tls.ServerKeyExchange(point=b"\x04\x01", scheme=0x0403, signature=b"sig"),
            "03 001d 02 0401 0403 0003 736967",
        ),
        # RFC 5246, section 7.4.3.
        (
            tls.DHServerKeyExchange(prime=b"\x17", generator=b"\x05", key=b"\x08", scheme=0x0401, signature=b"s"),
            "0001 17 0001 05 0001 08 0401 0001 73",
        ),
        # Sections 7.4.7.1, and RFC 8422, section 5.7.
        (tls.ClientKeyExchange(bytes(48)), "0030" + "00" * 48),
        (tls.ECDHClientKeyExchange(b"\x04\x01\x02"), "03 040102"),
        # RFC 6101, section 5.6.7.1: no length, as many bytes as the key has.
        (tls.SSL3ClientKeyExchange(b"\xff" * 64), "ff" * 64),
        (tls.CertificateVerify(b"sig", scheme=0x0804), "0804 0003 736967"),
    ],
)
def test_bytes(message: HandshakeMessage, body: str) -> None:
    holds(message, body)


def test_before_tls_1_2_a_signature_does_not_say_how_it_was_made() -> None:
    message: Any = read(bytes.fromhex("0f 000005 0003 736967"))
    assert type(message) is tls.CertificateVerify
    assert message.scheme is None
    assert message.signature == b"sig"
    exchange: Any = read(bytes.fromhex("0c 00000b 03 001d 02 0401 0003 736967"))
    assert type(exchange) is tls.ServerKeyExchange
    assert exchange.scheme is None
    assert exchange.signature == b"sig"


@pytest.mark.parametrize(
    ("message", "kind"), [(tls.UnreadServerKeyExchange(b"ab"), "0c"), (tls.UnreadClientKeyExchange(b"ab"), "10")]
)
def test_where_nobody_knows_the_suite_a_key_exchange_is_bytes(message: HandshakeMessage, kind: str) -> None:
    assert bytes(message) == bytes.fromhex(f"{kind} 000002 6162")
    read_anew = OptionList(HandshakeMessage, instead={int(kind, 16): type(message)}).load(bytes(message))
    assert read_anew == (message,)


def test_a_number_of_a_finite_field_is_found_by_those_who_know_the_suite() -> None:
    """RFC 5246, section 7.4.7.2: it looks as what RSA has encrypted does."""
    raw = bytes(tls.DHClientKeyExchange(b"\x07\x08"))
    assert raw == bytes.fromhex("10 000004 0002 0708")
    assert type(read(raw)) is tls.ClientKeyExchange
