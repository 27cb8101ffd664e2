"""FTP beside tshark: commands, replies, directories, and the connections for data that they open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.oracle.tshark import Tshark
from tests.talk import differences, talk

FIELDS = """
    frame.protocols _ws.col.Protocol _ws.col.Info ftp.request ftp.response ftp.request.command ftp.request.arg
    ftp.response.code ftp.response.arg ftp.current-working-directory ftp.passive.ip ftp.passive.port ftp.passive.nat
    ftp.active.cip ftp.active.port ftp.active.nat ftp.eprt.af ftp.eprt.ip ftp.eprt.port ftp.epsv.ip ftp.epsv.port
    ftp-data.setup-method ftp-data.setup-frame ftp-data.command ftp-data.command-frame
    ftp-data.current-working-directory tcp.completeness _ws.expert.message
""".split()
LINES = [
    (0, b"USER a\r\nPASS b\r\n"), (1, b"220-hello\r\n more\r\n220 end\r\n"), (0, b"USER a"), (0, b"user  x y \r\n"),
    (0, b" USER x\r\n"), (0, b"USER\n"), (0, b"\r\n"), (1, b"hello\r\n"), (1, b"22\r\n"), (1, b"220\r\n"),
    (1, b"2205 x\r\n"),
    (0, b"PWD\r\n"), (1, b'257 "/home/x""y" is cwd\r\n'), (0, b"CWD sub\r\n"), (1, b"250 ok\r\n"), (0, b"CWD /abs\r\n"),
    (1, b"550 no\r\n"), (0, b"CWD ..\r\n"), (1, b"250 ok\r\n"), (0, b"NOOP\r\n"), (1, b"227 x 1,2,3,4,5,6\r\n"),
    (1, b"227 (1,2,3,4,5)\r\n"), (1, b"229 x (|||5|)\r\n"), (1, b"229 (!!!99!)\r\n"), (0, b"PORT 192,0,2,10,5,6\r\n"),
    (0, b"PORT 1,2\r\n"), (0, b"EPRT |1|1.2.3.4|5\r\n"), (0, b"EPRT |1|1.2.3.4|55|\r\n"),
]  # fmt: skip


@pytest.mark.parametrize("two_pass", [False, True])
def test_ftp(tshark: Tshark, tmp_path: Path, capsys: Any, two_pass: bool) -> None:
    control = talk(21, *LINES, (0, b"PASV\r\n"), (1, b"227 (198,51,100,20,100,1)\r\n"), (0, b"RETR a b\r\n"))
    sent = [(1, b"text\nlines"), (1, b"\x00\x01"), (0, b"up")]
    packets = [*control, *talk(25601, *sent, sport=3333), *talk(25601, (1, b"other"), sport=3334)]
    options = ["-2"] if two_pass else []
    assert differences(tshark, tmp_path / "ftp.pcap", packets, FIELDS, capsys, *options) == []
