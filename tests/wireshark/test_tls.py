"""TLS as Wireshark sees it: what the last column says of records, one behind the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dissect import TCP, Ethernet, IPv4, Packet
from dissect.protocols.tls import HandshakeMessages
from dissect.protocols.tls_hellos import ClientHello, HelloRetryRequest, ServerHello
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.talk import differences, infos, seen, talk


def packet(records: str) -> Packet:
    segment = TCP(sport=50000, dport=443, seq=1, flags="PA", payload=bytes.fromhex(records))
    (found,) = seen([Packet(bytes(Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2") / segment))])
    return found


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ("15 0303 0002 02 28", "Alert (Level: Fatal, Description: Handshake Failure)"),
        ("17 0303 0004 01020304", "Application Data"),
        ("14 0303 0001 01", "Change Cipher Spec"),
        ("16 0303 0004 0e000000", "Server Hello Done"),
        ("16 0303 0004 0e000000 14 0303 0001 01", "Server Hello Done, Change Cipher Spec"),
    ],
)
def test_the_last_column_says_what_that_of_tshark_says(records: str, words: str) -> None:
    """Tshark 4.0 was asked for each of these."""
    found = packet(records)
    assert (found.get("_ws.col.Protocol"), found.get("_ws.col.Info")) == (["TLSv1.2"], [words])


def test_records_are_counted_and_have_marks_of_what_they_are() -> None:
    found = packet("16 0303 0004 0e000000 14 0303 0001 01 15 0303 0002 02 28")
    assert found.get("tls.record.length") == [4, 1, 2]
    # They stand in one layer.
    assert texts(found, "tls") == ["tls"]
    assert found.get("tls.record.content_type") == [22, 20, 21]
    assert (found.get("tls.handshake.type"), found.get("tls.change_cipher_spec")) == ([14], [1])
    assert found.get("tls.alert_message.level") == [2]


def test_what_is_no_message_behind_others_is_not_told() -> None:
    """Such as what proves that a record is whole, where nothing is encrypted."""
    found = packet("16 0303 000a 0e000000 ab0102030405")
    assert (found.get("_ws.col.Info"), found.get("tls.handshake")) == (["Server Hello Done"], [1])


def test_in_a_connection_without_tls_records_of_ssl_2_are_waited_for(
    tshark: Tshark, tmp_path: Path, capsys: Any
) -> None:
    """Bytes look like one where the third is the type of a message that is not encrypted."""
    said = [
        (0, b"\0\1\2\3\4\5"), (0, b"\x80\x10\1" + b"ab" * 5), (0, b"cd" * 4), (0, b"\x80\x10\3" + b"ab" * 5),
        (0, b"\x80\0\0\0\0\7"), (1, b"\x80\x0c\0" + b"a" * 11), (1, b"\x15\xee\xd1\xaf\xcd\0"),
    ]  # fmt: skip
    fields = ["frame.protocols", "tls.record", "tls.record.version", "tls.record.length", "tcp.segment_data"]
    fields += ["_ws.col.Protocol", "_ws.col.Info"]
    packets = talk(443, *said)
    assert differences(tshark, tmp_path / "older.pcap", packets, fields, capsys) == []
    words = ["Continuation Data", "[TCP segment of a reassembled PDU]", "Encrypted Data"]
    assert infos(packets)[:3] == words


def test_in_a_connection_with_tls_no_record_is_one_of_ssl_2() -> None:
    record = b"\x17\x03\x03\0\x14" + bytes(20)
    assert infos(talk(443, (0, record), (0, b"\x80\x10\1" + b"ab" * 5)))[1] == "Ignored Unknown Record"


def test_messages_that_quic_carries_have_the_line_of_a_record() -> None:
    for message, told in (
        (ClientHello(), "Client Hello"),
        (ServerHello(), "Server Hello"),
        (HelloRetryRequest(), "Hello Retry Request"),
    ):
        carried = HandshakeMessages([message])
        carried.learn(carried_by="quic")
        assert texts(carried, "tls") == [f"TLSv1.3 Record Layer: Handshake Protocol: {told}"]
