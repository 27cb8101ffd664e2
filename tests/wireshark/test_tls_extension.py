"""Extensions of TLS as Wireshark sees them: bytes, where it reads no more."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_extension import UnknownTLSExtension
from dissect.protocols.tls_hellos import ClientHello
from tests.wireshark.tls_records import recorded


# 0x0015 is padding (RFC 7685) and 0x0017 the extended master secret (RFC 7627), which Wireshark reads; 0xfe00 nobody.
@pytest.mark.parametrize(("number", "is_shown"), [(0x0015, False), (0x0017, False), (0xFE00, True), (0xFE01, True)])
def test_bytes_are_shown_of_what_is_not_read(number: int, is_shown: bool) -> None:
    extension = UnknownTLSExtension(type=number, data=b"\xab\xcd")
    packet = recorded(ClientHello(cipher_suites=[0x1301], extensions=[extension]))
    assert packet.get("tls.handshake.extension.type") == [number]
    assert packet.get("tls.handshake.extension.data") == ([b"\xab\xcd"] if is_shown else [])
