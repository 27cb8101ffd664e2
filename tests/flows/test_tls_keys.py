"""Records of Python's own TLS, opened with the secrets that it writes down."""

from __future__ import annotations

import ssl
from contextlib import suppress
from pathlib import Path

import pytest

from dissect import DissectError, with_context
from dissect.flows.tls_keys import KeyLog, keys_1_3, next_secret
from dissect.protocols.tls import record_size
from dissect.wireshark.columns import summarize
from dissect.wireshark.preferences import preferring
from tests.protocols.tls_connection import connection, server_context

QUESTION = b"GET /secret HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden"


def talk(folder: Path, version: ssl.TLSVersion, ciphers: str) -> tuple[list[tuple[str, bytes]], Path]:
    """Have two ends of Python's TLS talk; return who said which bytes, and the file with the secrets."""
    keys = folder / "keys.txt"
    server_side = server_context(folder)
    client_side = ssl.create_default_context()
    client_side.check_hostname, client_side.verify_mode = False, ssl.CERT_NONE
    client_side.minimum_version = client_side.maximum_version = version
    client_side.keylog_filename = str(keys)
    if ciphers:
        client_side.set_ciphers(ciphers)
        server_side.set_ciphers(ciphers)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(down, up, server_hostname="www.example.com")
    server = server_side.wrap_bio(up_read := ssl.MemoryBIO(), down_write := ssl.MemoryBIO(), server_side=True)
    said: list[tuple[str, bytes]] = []

    def carry() -> None:
        for who, source, target in (("c", up, up_read), ("s", down_write, down)):
            data = source.read()
            if data:
                target.write(data)
                said.append((who, data))

    for _ in range(4):
        for end in (client, server):
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
            carry()
    client.write(QUESTION)
    carry()
    assert server.read() == QUESTION
    server.write(ANSWER)
    carry()
    return said, keys


@pytest.mark.parametrize(
    ("version", "ciphers"),
    [
        (ssl.TLSVersion.TLSv1_3, ""),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256"),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-GCM-SHA384"),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-CHACHA20-POLY1305"),
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA@SECLEVEL=0"),
    ],
)
def test_http_is_read_with_the_keys(tmp_path: Path, version: ssl.TLSVersion, ciphers: str) -> None:
    said, keys = talk(tmp_path, version, ciphers)
    with preferring({"tls.keylog_file": str(keys)}):
        packets = list(with_context(connection(said)))
    assert [uri for packet in packets for uri in packet.get("http.request.uri")] == ["/secret"]
    assert [code for packet in packets for code in packet.get("http.response.code")] == [200]
    words = " ".join(summarize(packet).info for packet in packets)
    assert "Finished" in words
    assert "GET /secret HTTP/1.1" in words


def test_without_keys_nothing_is_read(tmp_path: Path) -> None:
    said, _ = talk(tmp_path, ssl.TLSVersion.TLSv1_3, "")
    packets = list(with_context(connection(said)))
    assert not [uri for packet in packets for uri in packet.get("http.request.uri")]


def test_a_record_of_another_key_stays_closed() -> None:
    keys = keys_1_3(bytes(32), "TLS_AES_128_GCM_SHA256")
    assert keys is not None
    assert keys.open(23, 0x0303, bytes(40)) is None
    assert keys.open(23, 0x0303, bytes(4)) is None
    assert keys.number == 2
    assert keys_1_3(bytes(32), "TLS_AES_128_CCM_SHA256") is None


def test_the_next_secret_is_another_one() -> None:
    assert len(next_secret(bytes(48), "TLS_AES_256_GCM_SHA384")) == 48


def test_lines_that_are_no_secrets_are_passed_over() -> None:
    log = KeyLog(["# words", "CLIENT_RANDOM 00", "CLIENT_RANDOM zz 00", "CLIENT_RANDOM 0011 2233", ""])
    assert len(log) == 1
    assert log.find("CLIENT_RANDOM", b"\0\x11") == b"\x22\x33"


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(DissectError, match="can't be read: No such file"):
        KeyLog.read(str(tmp_path / "none"))


def test_records_have_a_size() -> None:
    assert record_size(b"\x17\x03\x03\x00\x10") == 21
