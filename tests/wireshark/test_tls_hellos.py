"""Hellos of TLS as Wireshark sees them: marks of lists, and fingerprints."""

from __future__ import annotations

from dissect.protocols.tls_fingerprints import md5_of
from dissect.protocols.tls_hellos import ClientHello, ServerHello
from dissect.protocols.tls_key_extensions import PointFormats, SupportedGroups
from tests.wireshark.tls_records import recorded


def test_fingerprints_of_a_client() -> None:
    # JA3: version, suites, extensions, groups and formats, as decimal numbers (github.com/salesforce/ja3).
    hello = ClientHello(cipher_suites=[0x1301, 0xC02B], extensions=[SupportedGroups(["x25519"]), PointFormats([0])])
    packet = recorded(hello)
    full = "771,4865-49195,10-11,29,0"
    assert packet.get("tls.handshake.ja3_full") == [full]
    assert packet.get("tls.handshake.ja3") == [md5_of(full)]
    assert packet.get("tls.handshake.ja4")[0].startswith("t12i0202")
    assert packet.get("tls.handshake.ja3s") == []


def test_fingerprints_of_a_server() -> None:
    packet = recorded(ServerHello(cipher_suite=0x1301), from_server=True)
    assert packet.get("tls.handshake.ja3s_full") == ["771,4865,"]
    assert packet.get("tls.handshake.ja3s") == [md5_of("771,4865,")]
    assert packet.get("tls.handshake.ja3") == []


def test_marks_of_suites_and_methods() -> None:
    marks = "tls.handshake.ciphersuites", "tls.handshake.comp_methods"
    usual = recorded(ClientHello(cipher_suites=[0x1301]))
    assert [usual.get(name) for name in marks] == [[1], [1]]
    bare = recorded(ClientHello(cipher_suites=[], compression_methods=[]))
    assert [bare.get(name) for name in marks] == [[], []]
