from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, Ethernet, IPv4, SMTPCommand, SMTPCommands, SMTPMailEnd, SMTPReplies, SMTPReply, parse
from dissect.flows.cutting import cutters
from dissect.flows.stream import Part
from dissect.protocols.smtp import SMTPDialogue, SMTPLastChunk, SMTPMail, chunk_of
from tests.talk import infos, seen, talk

TO_CLIENT = Ethernet() / IPv4() / TCP(sport=25, dport=50000)
PUBLIC = {name: getattr(dissect, name) for name in dissect.__all__}


def test_construct() -> None:
    said = SMTPCommands(commands=[SMTPCommand("MAIL", "FROM:<a@example.org>"), SMTPCommand("DATA")])
    assert bytes(said) == b"MAIL FROM:<a@example.org>\r\nDATA\r\n"
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


def test_mail_is_put_together() -> None:
    said = [(0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, b"one\r\n"), (0, b"two\r\n..\r\n"), (0, b"end\r\n.\r\n")]
    packets = seen(talk(25, *said))
    end = packets[-1]
    assert end.get("smtp.data.fragment") == [6, 7, 8]
    assert end.get("smtp.data.reassembled.length") == [19]
    assert end.frame[TCP].facts["payload"].facts["mail"] == b"one\r\ntwo\r\n..\r\nend\r\n"


@pytest.mark.parametrize(
    ("raw", "mail"), [(b".\r\n", b""), (b"a\r\n.\r\n", b"a\r\n"), (b"a\r\n.\r\nQUIT\r\n", b"a\r\n"), (b"a", b"a")]
)
def test_the_end_of_the_mail(raw: bytes, mail: bytes) -> None:
    assert SMTPMailEnd(lines=raw).mail() == mail


def test_tls_from_then_on() -> None:
    packets = seen(talk(25, (0, b"STARTTLS\r\n"), (1, b"220 go\r\n"), (0, b"\x16\x03\x01\x00\x01\x00")))
    assert packets[-1].get("smtp") == []


def test_lines_of_another_way_to_authenticate_oneself_are_mail_in_lists() -> None:
    said = [(0, b"AUTH CRAM-MD5\r\n"), (1, b"334 PDE=\r\n"), (0, b"bWUgMTIz\r\n"), (1, b"235 ok\r\n"), (0, b"QUIT\r\n")]
    assert infos(talk(25, *said))[2::2] == ["C: DATA fragment, 10 bytes", "C: QUIT"]
    assert seen(talk(25, *said))[5].get("frame.protocols") == ["eth:ethertype:ip:tcp:smtp:data-text-lines"]


@pytest.mark.parametrize(("parts", "size"), [((b"a\r\n\r\n", b".\r\n"), 5), ((b"a\r\n", b"b\r\n\r\n.\r\n"), 6)])
def test_a_blank_line_belongs_to_the_dot_that_comes_with_it(parts: tuple[bytes, ...], size: int) -> None:
    packets = seen(talk(25, (0, b"DATA\r\n"), (1, b"354 go\r\n"), *((0, part) for part in parts)))
    assert packets[-1].get("smtp.data.reassembled.length") == [size]


def test_without_lines_commands_and_replies_have_the_least_one() -> None:
    assert list(SMTPCommands().commands) == [SMTPCommand("NOOP")]
    assert list(SMTPReplies().replies) == [SMTPReply(250)]
    frame = Ethernet() / IPv4() / TCP(sport=25) / SMTPReplies()
    assert parse(bytes(frame)) == frame


@pytest.mark.parametrize(
    ("command", "chunk"),
    [
        (b"BDAT 5", (5, False)),
        (b"bdat 0 last ", (0, True)),
        (b"BDAT 5 X", (0, False)),
        (b"DATA", (0, False)),
        (b"BDAT", (0, False)),
        (b"BDAT " + b"9" * 30, (0, False)),
        (b"BDAT -1 LAST", (0, False)),
    ],
)
def test_sizes_of_chunks(command: bytes, chunk: tuple[int, bool]) -> None:
    """RFC 3030, section 2: digits, and LAST."""
    assert chunk_of(command) == chunk


def cut(*said: tuple[int, bytes]) -> list[tuple[type[object] | None, bytes]]:
    """What each message of a dialogue is, and its bytes, however the streams come in pieces."""
    found: list[tuple[type[object] | None, bytes]] = []

    class Noted(SMTPDialogue):
        def took(self, way: int, data: bytes) -> None:
            found.append((self.speaks(way, data), data))
            super().took(way, data)

    ends = cutters(Noted)
    for way, data in said:
        for place in range(len(data)):
            list(ends[way].take(data[place : place + 1], [Part(1, 1)], None))
    return found


def test_messages_are_commands_replies_and_whole_mails() -> None:
    """RFC 5321, sections 2.4, 4.2.1 and 4.1.1.4."""
    mail = b"Subject: a\r\n\r\ntext\n.\n..\r\n.\r\n"
    said = [
        (0, b"EHLO a\r\n"),
        (1, b"250-a\r\n250 b\r\n"),
        (0, b"DATA\r\n"),
        (1, b"354 go\r\n"),
        (0, mail),
        (0, b"QUIT\r\n"),
    ]
    kinds = [SMTPCommands, SMTPReplies, SMTPCommands, SMTPReplies, SMTPMailEnd, SMTPCommands]
    assert cut(*said) == [(kind, data) for kind, (_, data) in zip(kinds, said, strict=True)]


def test_where_the_server_refuses_mail_none_follows() -> None:
    said = [(0, b"DATA\r\n"), (1, b"554 no\r\n"), (0, b"QUIT\r\n"), (1, b"221 bye\r\n")]
    assert [kind for kind, _ in cut(*said)] == [SMTPCommands, SMTPReplies] * 2


def test_an_empty_mail_is_a_dot() -> None:
    said = [(0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, b".\r\n"), (0, b"QUIT\r\n")]
    assert [data for _, data in cut(*said)][2:] == [b".\r\n", b"QUIT\r\n"]


def test_chunks_have_as_many_bytes_as_are_told() -> None:
    """RFC 3030, section 2: also where they look like commands, and however many follow one another."""
    said = [
        (0, b"BDAT 6\r\nQUIT\r\n"),
        (1, b"250 ok\r\n"),
        (0, b"BDAT 3 LAST\r\n.\r\n"),
        (0, b"DATA\r\n"),
        (1, b"354 go\r\n"),
    ]
    assert cut(*said, (0, b"x\r\n.\r\n")) == [
        (SMTPCommands, b"BDAT 6\r\n"),
        (SMTPMail, b"QUIT\r\n"),
        (SMTPReplies, b"250 ok\r\n"),
        (SMTPCommands, b"BDAT 3 LAST\r\n"),
        (SMTPLastChunk, b".\r\n"),
        (SMTPCommands, b"DATA\r\n"),
        (SMTPReplies, b"354 go\r\n"),
        (SMTPMailEnd, b"x\r\n.\r\n"),
    ]


def test_tls_is_spoken_from_then_on() -> None:
    dialogue = SMTPDialogue()
    for way, data in ((0, b"starttls\r\n"), (1, b"220 go\r\n")):
        dialogue.took(way, data)
    assert (dialogue.switches, getattr(dialogue.becomes, "name", "")) == (True, "tls")
