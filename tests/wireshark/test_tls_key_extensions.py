"""Extensions of TLS about keys as Wireshark sees them: a mark where a list has entries."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_extension import KnownExtension
from dissect.protocols.tls_hellos import ClientHello
from dissect.protocols.tls_key_extensions import (
    PointFormats,
    PreSharedKeyBinder,
    PreSharedKeyIdentity,
    PreSharedKeys,
    SupportedGroups,
)
from tests.wireshark.tls_records import recorded

KEYS = PreSharedKeys([PreSharedKeyIdentity(b"ticket")], binders=[PreSharedKeyBinder(b"proof")])


@pytest.mark.parametrize(
    ("extension", "name", "is_there"),
    [
        (SupportedGroups(["x25519"]), "extensions_supported_groups", True),
        (SupportedGroups([]), "extensions_supported_groups", False),
        (PointFormats([0]), "extensions_ec_point_formats", True),
        (PointFormats([]), "extensions_ec_point_formats", False),
        (KEYS, "extensions.psk.binders", True),
        (PreSharedKeys([PreSharedKeyIdentity(b"ticket")], binders=[]), "extensions.psk.binders", False),
    ],
)
def test_marks_of_lists(extension: KnownExtension, name: str, is_there: bool) -> None:
    packet = recorded(ClientHello(cipher_suites=[0x1301], extensions=[extension]))
    assert packet.get(f"tls.handshake.{name}") == ([1] if is_there else [])


def test_a_list_that_is_too_long_is_told() -> None:
    raw = bytes(ClientHello(cipher_suites=[0x1301], extensions=[SupportedGroups(["x25519"])]))
    damaged = raw.replace(bytes.fromhex("0002 001d"), bytes.fromhex("0009 001d"))
    assert damaged != raw
    packet = recorded(damaged)
    assert packet.get("_ws.expert.message") == ["Vector length 9 is too large, truncating it to 2"]
