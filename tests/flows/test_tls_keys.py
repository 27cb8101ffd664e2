"""Records of Python's own TLS, opened with the secrets that it writes down."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from dissect import DissectError, with_context
from dissect.flows.tls_keys import KeyLog, keys_1_3, next_secret
from dissect.protocols.tls import record_size
from dissect.wireshark.columns import summarize
from dissect.wireshark.preferences import preferring
from tests.protocols.tls_connection import connection, encrypted

QUESTION = b"GET /secret HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden"


SAID = [("c", QUESTION), ("s", ANSWER)]


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
    said, keys = encrypted(tmp_path, version, ciphers, SAID)
    with preferring({"tls.keylog_file": str(keys)}):
        packets = list(with_context(connection(said)))
    assert [uri for packet in packets for uri in packet.get("http.request.uri")] == ["/secret"]
    assert [code for packet in packets for code in packet.get("http.response.code")] == [200]
    words = " ".join(summarize(packet).info for packet in packets)
    assert "Finished" in words
    assert "GET /secret HTTP/1.1" in words


def test_without_keys_nothing_is_read(tmp_path: Path) -> None:
    said, _ = encrypted(tmp_path, ssl.TLSVersion.TLSv1_3, "", SAID)
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
