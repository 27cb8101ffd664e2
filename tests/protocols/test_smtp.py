from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, Ethernet, IPv4, SMTPCommand, SMTPCommands, SMTPMailEnd, SMTPReplies, SMTPReply, parse
from dissect.protocols.smtp import is_command
from tests.talk import infos, seen, talk

TO_CLIENT = Ethernet() / IPv4() / TCP(sport=25, dport=50000)
PUBLIC = {name: getattr(dissect, name) for name in dissect.__all__}


def test_construct() -> None:
    said = SMTPCommands(commands=[SMTPCommand("MAIL", "FROM:<a@example.org>"), SMTPCommand("DATA")])
    assert bytes(said) == b"MAIL FROM:<a@example.org>\r\nDATA \r\n"
    assert bytes(SMTPReplies(replies=[SMTPReply(250, "a", mark=b"-"), SMTPReply(250, "b")])) == b"250-a\r\n250 b\r\n"


def test_deconstruct() -> None:
    frame = TO_CLIENT / SMTPReplies(replies=[SMTPReply(220, "ready")])
    parsed = parse(bytes(frame))
    assert parsed == frame
    assert parsed[SMTPReplies].replies[0].code == 220


@given(st.text("2 0-aA.\r\n\xff", max_size=30).map(str.encode))
def test_any_text_keeps_its_bytes(raw: bytes) -> None:
    data = bytes(TO_CLIENT / raw)
    frame = parse(data)
    assert bytes(frame) == data
    assert eval(repr(frame), dict(PUBLIC)) == frame


@pytest.mark.parametrize(
    ("line", "is_one"),
    [(b"QUIT", True), (b"MAIL FROM", True), (b"starttls", True), (b"abc", False), (b"NOOPX", False), (b"", False)],
)
def test_commands(line: bytes, is_one: bool) -> None:
    assert is_command(line) is is_one


def test_mail_is_put_together() -> None:
    said = [(0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, b"one\r\n"), (0, b"two\r\n..\r\n"), (0, b"end\r\n.\r\n")]
    packets = seen(talk(25, *said))
    end = packets[-1]
    assert end.get("smtp.data.fragment") == [6, 7, 8]
    assert end.get("smtp.data.reassembled.length") == [19]
    assert end.frame[TCP].facts["payload"].facts["mail"] == b"one\r\ntwo\r\n..\r\nend\r\n"


def test_a_refusal_leaves_commands() -> None:
    assert infos(talk(25, (0, b"DATA\r\n"), (1, b"554 no\r\n"), (0, b"QUIT\r\n")))[-1] == "C: QUIT"


@pytest.mark.parametrize(
    ("raw", "mail"), [(b".\r\n", b""), (b"a\r\n.\r\n", b"a\r\n"), (b"a\r\n.\r\nQUIT\r\n", b"a\r\n"), (b"a", b"a")]
)
def test_the_end_of_the_mail(raw: bytes, mail: bytes) -> None:
    assert SMTPMailEnd(lines=raw).mail() == mail


def test_tls_from_then_on() -> None:
    packets = seen(talk(25, (0, b"STARTTLS\r\n"), (1, b"220 go\r\n"), (0, b"\x16\x03\x01\x00\x01\x00")))
    assert packets[-1].get("smtp") == []
