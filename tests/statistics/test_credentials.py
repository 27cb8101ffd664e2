"""Names and passwords in the clear, beside tshark."""

from __future__ import annotations

from base64 import b64encode
from itertools import chain
from pathlib import Path

import pytest

import dissect
from dissect import Login, logins
from dissect.commands.main import main
from tests.oracle.tshark import Tshark
from tests.talk import talk


def basic(text: bytes, field: bytes = b"Authorization") -> bytes:
    return field + b": Basic " + b64encode(text)


def asks(*fields: bytes) -> tuple[int, bytes]:
    return 0, b"GET / HTTP/1.1\r\n" + b"".join(each + b"\r\n" for each in fields) + b"\r\n"


def login(name: bytes, word: bytes, code: bytes = b"235") -> list[tuple[int, bytes]]:
    lines = [b"AUTH LOGIN", b"334 VXNlcm5hbWU6", name, b"334 UGFzc3dvcmQ6", word, code + b" done"]
    return [(number % 2, line + b"\r\n") for number, line in enumerate(lines)]


FTP = [
    [
        (1, b"220 hi\r\n"), (0, b"USER alice\r\n"), (1, b"331 go\r\n"), (0, b"PASS secret\r\n"), (0, b"USER bob\r\n"),
        (0, b"PASS\r\n"), (0, b"pass x\r\n"), (0, b"NOOP\r\nPASS behind\r\n"),
    ],
    [(0, b"PASS secret\r\n"), (0, b"USER\r\n"), (0, b"PASS zz\r\n"), (0, b"USER  two\r\n"), (0, b"PASS  two\r\n")],
    [(0, b"US al\r\n"), (0, b"PA x\r\n"), (0, b"P x\r\n"), (0, b" PASS x\r\n"), (0, b"PASSX x\r\n"), (1, b"PASS\r\n")],
]  # fmt: skip
HTTP = [
    asks(basic(b"al:pw")), asks(basic(b"p:q", b"Proxy-Authorization")), asks(basic(b"no colon")), asks(basic(b":pw")),
    asks(b"Authorization: basic YTpi"), asks(b"Authorization: Bearer abc"), asks(b"Authorization: Digest x"),
    asks(b"Authorization: NTLM TlRM"), asks(b"Authorization:"), asks(basic(b"a:b"), basic(b"c:d")),
    asks(basic("mü:b".encode())), asks(b"Authorization: Basic YTpi%%%"), asks(b"Authorization: Basic YTp"),
    (1, b"HTTP/1.1 200 OK\r\n" + basic(b"s:t") + b"\r\n\r\n"),
]  # fmt: skip
SMTP = [
    [(1, b"220 x\r\n"), (0, b"EHLO a\r\n"), *login(b"alice", b"pw"), *login(b"dan iel", b"p w", b"535")],
    [
        (1, b"220 x\r\n"),
        (0, b"AUTH LOGIN Y2Fyb2w=\r\n"),
        (1, b"334 UGFz\r\n"),
        (0, b"c2VjcmV0\r\n"),
        (1, b"535 no\r\n"),
    ],
    [(0, b"AUTH LOGIN\r\n"), (0, b"alice\r\n"), (1, b"334 a\r\n"), (0, b"bob\r\n"), (1, b"334 b\r\n"), (0, b"pw2\r\n")],
    [(0, b"AUTH PLAIN AGEAYg==\r\n"), (1, b"235 ok\r\n")],
]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "logins.pcap"
    talks = [*((21, said) for said in FTP), (80, HTTP), *((25, said) for said in SMTP)]
    said = [talk(port, *lines, sport=40000 + number) for number, (port, lines) in enumerate(talks)]
    dissect.write(path, list(chain.from_iterable(said)))
    return path


def test_beside_tshark(tshark: Tshark, capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = tshark.ask(capture, "-q", "-z", "credentials").output
    assert main(["read", "-n", "-q", str(capture), "-z", "credentials"]) == 0
    assert capsys.readouterr().out.splitlines() == theirs.splitlines()
    assert len(theirs.splitlines()) == 22


def test_rows_have_no_passwords(capture: Path) -> None:
    found = logins(capture)
    assert found[0] == Login(7, "FTP", "alice", 5)
    assert "secret" not in repr(found)
