"""Vectors as Wireshark shows them: the first that is longer than what it stands in, or has no length, is told."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_hellos import ClientHello
from tests.wireshark.tls_records import recorded


@pytest.mark.parametrize(
    ("extension", "words"),
    [
        # Supported groups, and a cookie.
        ("000a 0004 0002 001d", []),
        ("000a 0004 0004 001d", ["Vector length 4 is too large, truncating it to 2"]),
        ("000a 0004 0003 001d", ["Vector length 3 is too large, truncating it to 2"]),
        ("000a 0002 0002", ["Vector length 2 is too large, truncating it to 0"]),
        # Of the length itself a byte is missing, or all of it.
        ("000a 0001 00", ["No more room for vector of length 2"]),
        ("000a 0000", ["No more room for vector of length 2"]),
        ("002c 0003 0001 ab", []),
        ("002c 0002 00ff", ["Vector length 255 is too large, truncating it to 0"]),
    ],
)
def test_vectors(extension: str, words: list[str]) -> None:
    packet = recorded(ClientHello(cipher_suites=[0x1301], extensions=bytes.fromhex(extension)))
    assert packet.get("_ws.expert.message") == words
