"""The numbers of TLS: drafts, numbers that mean nothing on purpose, and names in any case."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_numbers import (
    AlertDescription,
    CipherSpec,
    CipherSuite,
    ContentType,
    ExtensionType,
    Group,
    HandshakeType,
    ProtocolVersion,
    SignatureScheme,
    is_grease,
)
from tests.oracle.tshark import Tshark


def test_numbers_that_mean_nothing_on_purpose() -> None:
    # RFC 8701, section 2: 0x0A0A, 0x1A1A and so on, sixteen of them.
    assert [number for number in range(1 << 16) if is_grease(number)] == [
        0x0A0A + 0x1010 * place for place in range(16)
    ]
    assert not CipherSuite(0x2A2A).known
    assert CipherSuite(0x2A2A).title == "Reserved (GREASE)"


@pytest.mark.parametrize(
    ("version", "is_1_3", "title"),
    [
        (0x0304, True, "TLS 1.3"),
        (0x0303, False, "TLS 1.2"),
        (0x7F1C, True, "TLS 1.3 (draft 28)"),
        (0x7F0E, True, "TLS 1.3 (draft 14)"),
        (0x7F0D, False, None),
        (0x0300, False, "SSL 3.0"),
    ],
)
def test_versions_and_their_drafts(version: int, is_1_3: bool, title: str | None) -> None:
    assert ProtocolVersion(version).is_1_3 is is_1_3
    assert title is None or ProtocolVersion(version).title == title


@pytest.mark.parametrize(
    ("code", "text", "number"),
    [
        (CipherSuite, "TLS_AES_128_GCM_SHA256", 0x1301),
        (CipherSuite, "tls_ecdhe_rsa_with_aes_128_gcm_sha256", 0xC02F),
        (Group, "x25519", 0x001D),
        (Group, "SECP256R1", 0x0017),
        (SignatureScheme, "ed25519", 0x0807),
        (HandshakeType, "client_hello", 1),
        (ContentType, "application data", 23),
        (AlertDescription, "handshake_failure", 40),
    ],
)
def test_names_are_taken_in_any_case(code: type[CipherSuite], text: str, number: int) -> None:
    assert int(code.named(text)) == number
    assert code(number).known
    assert code(number) == text
    assert code(number ^ 1) != text


def test_a_name_that_nobody_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="a number or one of"):
        Group.named("x25520")


def test_words_of_unknown_numbers_are_digits() -> None:
    assert (CipherSuite(0x1301).word, CipherSuite(0xFEED).word) == ("TLS_AES_128_GCM_SHA256", "0xfeed")


def test_ssl_2_has_specs_of_its_own_and_the_suites_of_its_successors() -> None:
    # RFC 6101, appendix E: of three bytes, the suites of SSL 3.0 have a zero in front.
    assert CipherSpec(0x010080).title == "SSL2_RC4_128_WITH_MD5"
    assert CipherSpec(0x00002F).title == CipherSuite(0x002F).title == "TLS_RSA_WITH_AES_128_CBC_SHA"


@pytest.mark.parametrize(
    ("code", "field"),
    [
        (CipherSuite, "tls.handshake.ciphersuite"),
        (ExtensionType, "tls.handshake.extension.type"),
        (Group, "tls.handshake.extensions_supported_group"),
        (SignatureScheme, "tls.handshake.sig_hash_alg"),
    ],
)
def test_names_are_those_of_wireshark(tshark: Tshark, code: type[CipherSuite], field: str) -> None:
    theirs = {int(row[2], 0): row[3] for row in tshark.values if row[:2] == ["V", field]}
    ours = {number: title for number, title in code.titles().items() if number in theirs}
    assert len(theirs) > 20
    assert {number: (ours.get(number), title) for number, title in theirs.items() if ours.get(number) != title} == {}
