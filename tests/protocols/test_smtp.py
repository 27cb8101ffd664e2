from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, Ethernet, IPv4, SMTPCommand, SMTPCommands, SMTPMailEnd, SMTPReplies, SMTPReply, parse
from dissect.protocols.smtp import chunk_of, is_command
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


def test_a_refusal_of_mail_is_passed_over() -> None:
    """So tshark reads it: all up to the dot is mail."""
    said = talk(25, (0, b"DATA\r\n"), (1, b"554 no\r\n"), (0, b"QUIT\r\n"), (0, b".\r\n"), (0, b"QUIT\r\n"))
    assert infos(said)[2:] == ["C: DATA fragment, 6 bytes", "C: .", "C: QUIT"]


def test_text_goes_on_where_tls_was_agreed_on() -> None:
    said = [(0, b"STARTTLS\r\n"), (1, b"220 go\r\n"), (0, b"EHLO x\r\n"), (1, b"250 ok\r\n"), (0, b"DATA\r\n")]
    packets = seen(talk(25, *said, (0, b"line\r\n.\r\n"), (0, b"\x16\x03\x01\x00\x01\x00")))
    assert [each.get("_ws.col.Info")[0] for each in packets[5:9]] == ["C: EHLO x", "S: 250 ok", "C: DATA", "C: ."]
    assert packets[-1].get("frame.protocols") == ["eth:ethertype:ip:tcp:tls"]


@pytest.mark.parametrize(
    ("raw", "mail"), [(b".\r\n", b""), (b"a\r\n.\r\n", b"a\r\n"), (b"a\r\n.\r\nQUIT\r\n", b"a\r\n"), (b"a", b"a")]
)
def test_the_end_of_the_mail(raw: bytes, mail: bytes) -> None:
    assert SMTPMailEnd(lines=raw).mail() == mail


def test_tls_from_then_on() -> None:
    packets = seen(talk(25, (0, b"STARTTLS\r\n"), (1, b"220 go\r\n"), (0, b"\x16\x03\x01\x00\x01\x00")))
    assert packets[-1].get("smtp") == []


def test_chunks_of_a_mail() -> None:
    said = [
        (0, b"BDAT 5\r\n"), (1, b"250 ok\r\n"), (0, b"QUIT\n"), (1, b"250 ok\r\n"),
        (0, b"BDAT 4 LAST\r\nend\n"), (1, b"250 ok\r\n"), (0, b"QUIT\r\n"),
    ]  # fmt: skip
    packets = seen(talk(25, *said))[3:]
    assert [each.get("_ws.col.Info")[0] for each in packets if each.frame[TCP].dport == 25] == [
        "C: BDAT 5",
        "C: DATA fragment, 5 bytes",
        "C: DATA fragment, 17 bytes",
        "C: QUIT",
    ]
    assert packets[4].get("smtp.data.reassembled.in") == [8]


def test_an_empty_last_chunk_ends_the_mail() -> None:
    said = [(0, b"BDAT 5\r\nQUIT\n"), (1, b"250 ok\r\n"), (0, b"BDAT 0 LAST\r\n"), (1, b"250 ok\r\n"), (0, b"NOOP\r\n")]
    packets = seen(talk(25, *said))
    assert packets[5].get("smtp.data.fragment") == [4]
    assert packets[5].get("_ws.col.Info") == ["C: BDAT 0 LAST"]
    assert packets[7].get("smtp.data.fragment") == []


@pytest.mark.parametrize(
    ("command", "chunk"),
    [
        (b"BDAT 5", (5, False)),
        (b"bdat 0 last", (0, True)),
        (b"BDAT 5 X", (5, False)),
        (b"DATA", (0, False)),
        (b"BDAT", (0, False)),
        (b"BDAT " + b"9" * 30, (0xFFFFFFFF, False)),
        (b"BDAT -1 LAST", (0xFFFFFFFF, True)),
    ],
)
def test_sizes_of_chunks(command: bytes, chunk: tuple[int, bool]) -> None:
    assert chunk_of(command) == chunk


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
    ("said", "infos_of_client"),
    [
        # Once chunks have come, no dot ends a mail; nor does anything end one behind a chunk with more in its segment.
        (
            [(0, b"BDAT 6 LAST\r\n"), (0, b"abcd\r\n"), (0, b"DATA\r\n"), (0, b"x\r\n.\r\n"), (0, b"QUIT\r\n")],
            ["C: BDAT 6 LAST", "C: DATA fragment, 6 bytes", "C: DATA", *["C: DATA fragment, 6 bytes"] * 2],
        ),
        (
            [(0, b"BDAT 6 LAST\r\nabcd\r\nNOOP\r\n"), (0, b"QUIT\r\n")],
            ["C: DATA fragment, 25 bytes", "C: DATA fragment, 6 bytes"],
        ),
        ([(0, b"BDAT 6 LAST\r\nabcd\r\n"), (0, b"QUIT\r\n")], ["C: DATA fragment, 19 bytes", "C: QUIT"]),
    ],
)
def test_what_follows_chunks_is_read_as_by_tshark(said: list[tuple[int, bytes]], infos_of_client: list[str]) -> None:
    assert infos(talk(25, *said)) == infos_of_client
