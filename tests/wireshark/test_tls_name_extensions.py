"""Names in extensions of TLS as Wireshark sees them: a mark where a list of protocols has entries."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_extension import KnownExtension
from dissect.protocols.tls_hellos import ClientHello
from dissect.protocols.tls_name_extensions import (
    ALPN,
    ALPNProtocol,
    ApplicationSettings,
    ServerName,
    ServerNames,
    SettingsProtocol,
)
from tests.wireshark.tls_records import recorded


@pytest.mark.parametrize(
    ("extension", "name", "is_there"),
    [
        (ALPN([ALPNProtocol("h2")]), "extensions_alpn_list", True),
        (ALPN([]), "extensions_alpn_list", False),
        (ApplicationSettings([SettingsProtocol("h2")]), "extensions_alps_alpn_list", True),
        (ApplicationSettings([]), "extensions_alps_alpn_list", False),
    ],
)
def test_marks_of_lists(extension: KnownExtension, name: str, is_there: bool) -> None:
    packet = recorded(ClientHello(cipher_suites=[0x1301], extensions=[extension]))
    assert packet.get(f"tls.handshake.{name}") == ([1] if is_there else [])


def test_the_name_of_a_server_stands_in_its_hello() -> None:
    packet = recorded(ClientHello(cipher_suites=[0x1301], extensions=[ServerNames([ServerName("a.example")])]))
    assert packet.get("tls.handshake.extensions_server_name") == ["a.example"]
    raw = bytes(ClientHello(cipher_suites=[0x1301], extensions=[ServerNames([ServerName("a.example")])]))
    cut = recorded(raw.replace(b"\x00\x09a.example", b"\x00\x0aa.example"))
    assert cut.get("_ws.expert.message") == ["Vector length 10 is too large, truncating it to 9"]
