"""SMTP beside tshark: commands, replies, mail, and what is said to authenticate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dissect.wireshark.expert import expert_items
from tests.oracle.tshark import Tshark
from tests.talk import differences, seen, talk

FIELDS = """
    frame.protocols _ws.col.Protocol _ws.col.Info smtp.req smtp.rsp smtp.req.command smtp.req.parameter
    smtp.command_line smtp.response smtp.response.code smtp.rsp.parameter smtp.auth.username smtp.auth.password smtp.eom
    smtp.data.fragment smtp.data.fragment.count smtp.data.reassembled.length tcp.segment_data _ws.malformed
    _ws.expert.message
""".split()
DATA = [(0, b"DATA\r\n"), (1, b"354 go\r\n")]
TALKS: list[list[Any]] = [
    [(1, b"220 hi\r\n"), (0, b"EHLO a\r\n"), (1, b"250-x\r\n250-SIZE 1\r\n250 y\r\n"), (0, b"MAIL x\r\nDATA\r\n")],
    [(0, b"NO"), (0, b"OP x\r\n"), (1, b"25"), (1, b"0 ok\r\n250 x\r\n"), (1, b"hello\r\n"), (1, b"250\r\n")],
    [(1, b"250-\r\n251 x\r\n"), (1, b"2501 x\r\n"), (1, b"220 a\n"), (0, b"\r\n"), (0, b"abc\r\n"), (0, b"QUIT \r\n")],
    [(0, b"NOOPX y\r\n"), (0, b"RSET\n"), (0, b"MAIL\tx\r\n"), (0, b"rset\r\n")],
    [*DATA, (0, b"Subject: x\r\n\r\nbody\r\n.\r\n"), (1, b"250 q\r\n"), (0, b"QUIT\r\n")],
    [*DATA, (0, b"line one\r\n"), (0, b"line two\r\n..dot\r\n"), (0, b".\r\n"), (0, b"NOOP\r\n")],
    [*DATA, (0, b"line one\r\n.\r\nQUIT\r\n"), (0, b"NOOP\r\n")],
    [*DATA, (0, b"half a li"), (0, b"ne\r\n.\r\n"), (0, b"NOOP\r\n")],
    [*DATA, (0, b"ab\n.\n"), (0, b"x\r\n.\n"), (0, b"\r\n.\r\n"), (0, b"QUIT\r\n")],
    [*DATA, (0, b".\r\n"), (0, b"QUIT\r\n")],
    [(0, b"AUTH LOGIN\r\n"), (1, b"334 x\r\n"), (0, b"dXNlcg==\r\n"), (1, b"334 y\r\n"), (0, b"cA==\r\n")],
    [(0, b"AUTH PLAIN AHVz\r\n"), (1, b"235 ok\r\n"), (0, b"AUTH PLAIN\r\n"), (1, b"334 \r\n"), (0, b"AHVzZA==\r\n")],
    [(0, b"AUTH LOGIN dXNlcg==\r\n"), (1, b"334 x\r\n"), (0, b"cA==\r\n"), (1, b"235 ok\r\n"), (0, b"QUIT\r\n")],
    [(0, b"STARTTLS\r\n"), (1, b"454 no\r\n"), (0, b"NOOP\r\n")],
]  # fmt: skip


@pytest.mark.parametrize("two_pass", [False, True])
def test_smtp(tshark: Tshark, tmp_path: Path, capsys: Any, two_pass: bool) -> None:
    packets = [
        packet
        for number, said in enumerate(TALKS)
        for packet in talk(25 if number % 2 else 587, *said, sport=20000 + number, shakes_hands=False)
    ]
    options = ["-2"] if two_pass else []
    assert differences(tshark, tmp_path / "smtp.pcap", packets, FIELDS, capsys, *options) == []


def test_a_name_and_password_that_are_not_decoded_are_remarked_with_the_group_of_tshark() -> None:
    (packet,) = [each for each in seen(talk(25, (0, b"AUTH PLAIN AHVz\r\n"))) if each.get("smtp.req")]
    (item,) = [each for each in expert_items(packet) if each.name == "smtp.base64_decode"]
    assert (item.severity, item.group) == ("Warning", "Protocol")
