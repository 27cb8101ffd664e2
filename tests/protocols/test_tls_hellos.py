from __future__ import annotations

import ssl
from contextlib import suppress
from pathlib import Path

from dissect.protocols.tls import TLS, TLSHandshake
from dissect.protocols.tls_certificate_extensions import SignatureSchemes
from dissect.protocols.tls_hellos import RETRY_RANDOM, ClientHello, DraftServerHello, HelloRetryRequest, ServerHello
from dissect.protocols.tls_key_extensions import (
    DraftServerKeyShare,
    KeyShareEntry,
    KeyShares,
    SelectedGroup,
    SelectedVersion,
    ServerKeyShare,
    SupportedGroups,
    SupportedVersions,
)
from dissect.protocols.tls_name_extensions import ALPN, ALPNProtocol, ServerName, ServerNames
from tests.protocols.tls_connection import server_context


def hello_of_python() -> bytes:
    """Return what Python's own TLS says first."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(coming, going, server_hostname="www.example.com")
    with suppress(ssl.SSLWantReadError):
        connection.do_handshake()
    return going.read()


def test_a_hello_of_openssl_is_read_whole() -> None:
    raw = hello_of_python()
    record = TLS.decode(raw, 0, len(raw), 0)
    assert isinstance(record, TLSHandshake)
    (hello,) = record.messages
    assert isinstance(hello, ClientHello)
    assert hello.server_name == "www.example.com"
    assert [
        entry.protocol for extension in hello.extensions if isinstance(extension, ALPN) for entry in extension.protocols
    ] == ["h2", "http/1.1"]
    assert not list(record.own_problems())
    assert hello.is_filled()
    # What it says in Python gives the same bytes again.
    names: dict[str, object] = {}
    exec("from dissect import *", names)
    assert bytes(eval(repr(record), names)) == raw


def test_a_hello_without_extensions_ends_with_its_methods() -> None:
    hello = ClientHello(cipher_suites=["TLS_AES_128_GCM_SHA256"])
    assert (hello.has("extensions"), hello.extensions_length, len(hello)) == (False, None, 45)


def test_a_server_answers_some_extensions_in_another_form() -> None:
    hello = ServerHello(extensions=[SelectedVersion(), ServerKeyShare([KeyShareEntry(bytes(32))])])
    record = TLSHandshake([hello])
    (read,) = TLS.decode(bytes(record), 0, len(record), 0).messages
    assert [type(each) for each in read.extensions] == [SelectedVersion, ServerKeyShare]
    assert read.extensions[0].version.title == "TLS 1.3"


def test_the_random_tells_a_request_for_another_hello() -> None:
    record = TLSHandshake([HelloRetryRequest(extensions=[SelectedVersion(), SelectedGroup("x25519")])])
    (read,) = TLS.decode(bytes(record), 0, len(record), 0).messages
    assert isinstance(read, HelloRetryRequest)
    assert (read.random, read.extensions[1].group.title) == (RETRY_RANDOM, "x25519")
    assert record.info() == "Hello Retry Request"


def test_drafts_of_old_tell_no_session_and_no_compression() -> None:
    hello = DraftServerHello(
        version=0x7F13, random=bytes(32), extensions=[DraftServerKeyShare([KeyShareEntry(b"key")])]
    )
    assert bytes(hello) == bytes.fromhex("02 000031 7f13") + bytes(32) + bytes.fromhex(
        "1301 000b 0028 0007 001d 0003 6b6579"
    )
    record = TLSHandshake([hello])
    (read,) = TLS.decode(bytes(record), 0, len(record), 0).messages
    assert type(read) is DraftServerHello
    assert read.extensions[0].shares[0].key == b"key"
    later = bytes(hello).replace(b"\x7f\x13", b"\x7f\x16")
    assert type(TLS.decode(bytes(TLSHandshake([later])), 0, len(record), 0).messages[0]) is ServerHello


def test_python_answers_a_hello_that_was_built(tmp_path: Path) -> None:
    """A server of Python's own reads our hello, and asks for another one with a key."""
    context = server_context(tmp_path)
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(coming, going, server_side=True)
    hello = ClientHello(
        random=bytes(range(32)),
        session_id=bytes(32),
        cipher_suites=["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"],
        extensions=[
            ServerNames([ServerName("www.example.com")]),
            SupportedGroups(["x25519", "secp256r1"]),
            SignatureSchemes(["ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"]),
            SupportedVersions(["tls_1_3"]),
            KeyShares([]),
            ALPN([ALPNProtocol("http/1.1")]),
        ],
    )
    coming.write(bytes(TLSHandshake([hello])))
    with suppress(ssl.SSLError):
        connection.do_handshake()
    answer = going.read()
    read = TLS.decode(answer, 0, len(answer), 0)
    (retry,) = read.messages
    assert isinstance(retry, HelloRetryRequest)
    assert [each.group.title for each in retry.extensions if isinstance(each, SelectedGroup)] == ["x25519"]


def test_a_list_of_no_names_is_told_from_no_list() -> None:
    from dissect.protocols.tls_name_extensions import ServerNames

    assert bytes(ServerNames([])) == bytes.fromhex("0000 0002 0000")
    assert bytes(ServerNames()) == bytes(4)
