from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, Data, Ethernet, FTPData, FTPReply, FTPRequest, IPv4, TextLines, parse
from dissect.protocols.ftp import FTPDialogue
from tests.talk import infos, seen, talk

TO_SERVER = Ethernet() / IPv4() / TCP(sport=50000, dport=21)
PUBLIC = {name: getattr(dissect, name) for name in dissect.__all__}


def test_construct() -> None:
    assert bytes(FTPRequest("USER", "anonymous")) == b"USER anonymous\r\n"
    assert bytes(FTPReply(220, "ready")) == b"220 ready\r\n"
    assert bytes(FTPReply(211, "Features:", mark=b"-", more=b" UTF8\r\n211 End\r\n")).startswith(
        b"211-Features:\r\n UTF8"
    )


def test_deconstruct() -> None:
    frame = TO_SERVER / FTPReply(220, "ready")
    parsed = parse(bytes(frame))
    assert parsed == frame
    assert (parsed[FTPReply].code, parsed[FTPReply].text) == (220, "ready")


@given(st.text("2 0-aA\r\n\xff", max_size=30).map(str.encode))
def test_any_text_keeps_its_bytes(raw: bytes) -> None:
    data = bytes(TO_SERVER / raw)
    frame = parse(data)
    assert bytes(frame) == data
    assert eval(repr(frame), dict(PUBLIC)) == frame


def test_the_direction_tells_what_asks() -> None:
    assert infos(talk(21, (1, b"hello\r\n"), (0, b"220 x\r\n"))) == ["Response: hello", "Request: 220 x"]


@pytest.mark.parametrize(("data", "inside"), [(b"lines\r\nof text", TextLines), (b"\x89PNG", Data), (b"", None)])
def test_data(data: bytes, inside: type | None) -> None:
    parsed = parse(bytes(Ethernet() / IPv4() / TCP(sport=20, dport=40000) / data))
    carried = parsed[FTPData].payload if data else None
    assert (None if carried is None else type(carried)) is inside


def test_connections_for_data() -> None:
    control = talk(21, (0, b"PASV\r\n"), (1, b"227 ok (198,51,100,20,100,1)\r\n"), (0, b"RETR a\r\n"))
    packets = seen([*control, *talk(25601, (1, b"text\n"), sport=3333), *talk(25601, (1, b"x"), sport=3334)])
    assert packets[9].get("_ws.col.Info") == ["FTP Data: 5 bytes (PASV) (RETR a)"]
    assert packets[9].get("ftp-data.setup-frame") == [5]
    assert packets[-1].get("ftp-data") == []


def test_tls_from_then_on() -> None:
    packets = seen(talk(21, (0, b"AUTH TLS\r\n"), (1, b"234 ok\r\n"), (0, b"\x16\x03\x01\x00\x01\x00")))
    assert packets[-1].get("ftp.request") == []


def test_a_line_is_a_command_and_a_reply_may_have_several() -> None:
    """RFC 959, section 4.2: up to the same code with a blank behind it."""
    dialogue = FTPDialogue()
    assert dialogue.size(0, b"USER a\r\nPASS b\r\n") == 8
    assert dialogue.size(0, b"USER a") is None
    assert dialogue.size(1, b"220 a\r\n220 b\r\n") == 7
    reply = b"211-Features:\r\n 211 x\r\n212 y\r\n211 End\r\n"
    assert dialogue.size(1, reply + b"220 x\r\n") == len(reply)
    assert [dialogue.size(1, reply[:size]) for size in (5, 20, len(reply) - 1)] == [None] * 3


def test_after_an_agreement_tls_is_spoken() -> None:
    dialogue = FTPDialogue()
    for way, data in ((0, b"AUTH TLS\r\n"), (1, b"234 ok\r\n")):
        dialogue.took(way, data)
    assert (dialogue.switches, getattr(dialogue.becomes, "name", "")) == (True, "tls")
