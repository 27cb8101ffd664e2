from __future__ import annotations

import pytest

import dissect
from dissect import TCP, Ethernet, IPv4
from dissect.declare import Data, FramingError
from dissect.flows.usual import guesses_behind
from dissect.protocols.tls import (
    TLS,
    HandshakeMessages,
    SSL2ClientHello,
    SSL2Record,
    TLSAlert,
    TLSApplicationData,
    TLSChangeCipherSpec,
    TLSEncryptedHandshake,
    TLSHandshake,
    TLSHeartbeat,
    TLSNoRecord,
    is_a_version,
    looks_encrypted,
    looks_like_ssl2,
    record_size,
    ssl2_size,
)
from dissect.protocols.tls_hellos import ClientHello

SEGMENT = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2") / TCP(sport=50000)


def test_records_follow_each_other_in_a_segment() -> None:
    hello = TLSHandshake([ClientHello(cipher_suites=[0x1301])])
    frame = SEGMENT / hello / TLSChangeCipherSpec() / TLSApplicationData(b"secret")
    assert frame[TCP].dport == 443
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert not parsed.problems()
    assert [type(header) for header in parsed.layers()][3:] == [TLSHandshake, TLSChangeCipherSpec, TLSApplicationData]


def test_a_length_is_that_of_what_the_record_carries() -> None:
    assert bytes(TLSAlert(level="fatal", description="access_denied")).hex() == "15030300020231"
    assert bytes(TLSHeartbeat(payload_length=1, echoed=b"x" + bytes(16))).hex()[:16] == "1803030014010001"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x16\x03\x01\x00\x05", 10),
        (b"\x16\x03\x01\x00", None),
        (b"\x16", None),
        (bytes.fromhex("802201030100"), 36),
        (b"\x17\x03\x03\xff\xff", 65540),
    ],
)
def test_the_size_of_a_record(data: bytes, size: int | None) -> None:
    assert record_size(data) == size


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1", bytes(5), b"\x16\x09\x01\x00\x05", b"\x1a\x03\x03\0\0"])
def test_what_is_no_record(data: bytes) -> None:
    with pytest.raises(FramingError):
        record_size(data)


def test_text_is_no_tls_and_other_bytes_are_none_of_its_records() -> None:
    assert type(dissect.parse(bytes(SEGMENT.replace() / b"")).payload) is IPv4
    for data, cls in ((b"hello world", Data), (bytes(9), TLSNoRecord)):
        frame = SEGMENT.copy()
        frame[TCP].dport = 443
        assert type(dissect.parse(bytes(frame / data))[TCP].payload) is cls


def test_an_encrypted_handshake_makes_no_sense() -> None:
    assert looks_encrypted(b"\x99", 1)
    assert looks_encrypted(bytes(5), 16)
    assert not looks_encrypted(bytes(5), 15)
    assert looks_encrypted(b"\x01\x01\x00\x00\x00", 20)
    assert not looks_encrypted(b"\x01\x00\xff\xff\x00", 20)
    frame = SEGMENT / TLSEncryptedHandshake(b"\x99" * 40)
    assert dissect.parse(bytes(frame)) == frame


def test_alerts_of_more_than_two_bytes_are_encrypted() -> None:
    alert = TLS.decode(bytes.fromhex("1503030004") + b"abcd", 0, 9, 0)
    assert (alert.level, alert.encrypted, alert.info()) == (None, b"abcd", "Encrypted Alert")


def test_a_record_that_is_too_long_has_a_problem() -> None:
    longest = TLSApplicationData(bytes(16384 + 2048))
    assert not (SEGMENT / longest).problems()
    (problem,) = (SEGMENT / TLSApplicationData(bytes(16384 + 2049))).problems()
    assert problem.field == "length"


def test_a_heartbeat_that_asks_for_more_than_there_is_has_a_problem() -> None:
    (problem,) = (SEGMENT / TLSHeartbeat(payload_length=0x4000)).problems()
    assert (problem.field, problem.found) == ("payload_length", "16384")


def test_a_hello_of_ssl2() -> None:
    raw = bytes.fromhex("802201030100090000001000000400002f010080000102030405060708090a0b0c0d0e0f")
    hello = TLS.decode(raw, 0, len(raw), 0)
    assert isinstance(hello, SSL2ClientHello)
    assert [entry.spec.title for entry in hello.specs][:2] == [
        "TLS_RSA_WITH_RC4_128_MD5",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
    ]
    assert (hello.version.title, hello.challenge) == ("TLS 1.0", bytes(range(16)))
    assert bytes(hello) == raw


def test_messages_alone() -> None:
    alone = HandshakeMessages([ClientHello(cipher_suites=[0x1301])])
    assert alone.info() == "Client Hello"
    assert bytes(alone) == bytes(alone.messages[0])


@pytest.mark.parametrize(
    ("head", "is_likely"),
    [
        ("1603010005", True),
        ("1703030005", True),
        ("1603040005", False),
        ("1604010005", False),
        ("1503010005", False),
        ("16030100", False),
    ],
)
def test_what_may_be_a_record_on_any_port(head: str, *, is_likely: bool) -> None:
    # Bytes that are not likely to be one have none of these files loaded.
    assert any(guess.is_likely(bytes.fromhex(head)) for guess in guesses_behind(TCP) or ()) is is_likely


@pytest.mark.parametrize(
    ("data", "is_one"),
    [(b"\x80\5\1", True), (b"\x80\5\4", True), (b"\x80\5\3", False), (b"\x7f\5\1", False), (b"\x80\5", False)],
)
def test_a_record_of_ssl2_is_told_by_its_length_and_the_type_of_its_message(data: bytes, is_one: bool) -> None:
    """The SSL Protocol, sections 1.1 and 2.5."""
    assert looks_like_ssl2(data) is is_one
    assert ssl2_size(data) == (7 if data[0] == 0x80 else 0x7F07)


def test_what_is_as_long_as_it_says_is_a_record_of_ssl2() -> None:
    frame = SEGMENT / SSL2Record(b"\2abcd")
    frame[TCP].dport = 443
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert (parsed[SSL2Record].length, parsed[SSL2Record].info()) == (5, "Encrypted Data")
    longer = dissect.parse(bytes(frame) + b"x")
    assert type(longer[TCP].payload) is SSL2Record
    frame[SSL2Record].length = 9
    assert type(dissect.parse(bytes(frame))[TCP].payload) is TLSNoRecord


@pytest.mark.parametrize(("number", "is_one"), [(0x0301, True), (0x7F1C, True), (0xFB1A, True), (0xEED1, False)])
def test_versions_and_drafts(number: int, is_one: bool) -> None:
    assert is_a_version(number) is is_one
