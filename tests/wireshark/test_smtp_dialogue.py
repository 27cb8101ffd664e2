"""How Wireshark cuts what is said over SMTP: where it differs from the RFCs, tshark 4.0 was asked."""

from __future__ import annotations

import pytest

from dissect import TCP
from dissect.wireshark.smtp_dialogue import chunk_seen, is_command
from tests.talk import infos, seen, talk


@pytest.mark.parametrize(
    ("line", "is_one"),
    [(b"QUIT", True), (b"MAIL FROM", True), (b"starttls", True), (b"abc", False), (b"NOOPX", False), (b"", False)],
)
def test_commands(line: bytes, is_one: bool) -> None:
    assert is_command(line) is is_one


def test_a_refusal_of_mail_is_passed_over() -> None:
    """So tshark reads it: all up to the dot is mail."""
    said = talk(25, (0, b"DATA\r\n"), (1, b"554 no\r\n"), (0, b"QUIT\r\n"), (0, b".\r\n"), (0, b"QUIT\r\n"))
    assert infos(said)[2:] == ["C: DATA fragment, 6 bytes", "C: .", "C: QUIT"]


def test_text_goes_on_where_tls_was_agreed_on() -> None:
    said = [(0, b"STARTTLS\r\n"), (1, b"220 go\r\n"), (0, b"EHLO x\r\n"), (1, b"250 ok\r\n"), (0, b"DATA\r\n")]
    packets = seen(talk(25, *said, (0, b"line\r\n.\r\n"), (0, b"\x16\x03\x01\x00\x01\x00")))
    assert [each.get("_ws.col.Info")[0] for each in packets[5:9]] == ["C: EHLO x", "S: 250 ok", "C: DATA", "C: ."]
    assert packets[-1].get("frame.protocols") == ["eth:ethertype:ip:tcp:tls"]


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
    assert chunk_seen(command) == chunk


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
