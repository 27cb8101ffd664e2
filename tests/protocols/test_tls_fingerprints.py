from __future__ import annotations

import pytest

from dissect.protocols.tls import TLS
from dissect.protocols.tls_certificate_extensions import SignatureSchemes
from dissect.protocols.tls_fingerprints import ja3_of_client, ja3_of_server, ja4, md5_of
from dissect.protocols.tls_hellos import ClientHello, ServerHello
from dissect.protocols.tls_key_extensions import PointFormats, SupportedGroups, SupportedVersions
from dissect.protocols.tls_name_extensions import ALPN, ALPNProtocol, ServerName, ServerNames
from dissect.wireshark.fields import values

HELLO = ClientHello(
    cipher_suites=[0x2A2A, 0x1301, 0xC02B],
    extensions=[
        ServerNames([ServerName("a.example")]),
        SupportedGroups([0x2A2A, "x25519"]),
        PointFormats([0]),
        SignatureSchemes(["ecdsa_secp256r1_sha256"]),
        ALPN([ALPNProtocol("h2")]),
        SupportedVersions([0x4A4A, "tls_1_3", "tls_1_2"]),
    ],
)


def test_ja3_leaves_out_what_means_nothing() -> None:
    assert ja3_of_client(HELLO) == "771,4865-49195,0-10-11-13-16-43,29,0"
    assert ja3_of_server(ServerHello(cipher_suite=0x1301)) == "771,4865,"
    assert md5_of("771,4865-49195-49199,0-15,,") == "4b32008b6d3154984d1ab5d10112ee77"


def test_ja4_tells_the_hello_in_its_first_part() -> None:
    assert ja4(HELLO).startswith("t13d0206h2_")
    assert ja4(HELLO, "q")[0] == "q"
    assert ja4(ClientHello()) == "t12i000000_000000000000_000000000000"


@pytest.mark.parametrize("damage", [b"\x60", b"\xff"])
def test_a_hello_whose_extensions_run_over_has_one_as_far_as_it_can_be_told(damage: bytes) -> None:
    body = bytearray(bytes(HELLO))
    body[-14:-13] = damage
    raw = bytes.fromhex("160301") + len(body).to_bytes(2, "big") + bytes(body)
    record = TLS.decode(raw, 0, len(raw), 0)
    values(record, "tls.handshake.ja3")
    assert bytes(record) == raw
