"""Passwords in the clear are told of, once, and never told."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

import dissect
from dissect import alarms
from tests.talk import talk

SECRET = b"pa55word"


def typed(text: bytes, *, is_echoed: bool) -> list[tuple[int, bytes]]:
    """What comes of letters that are typed one by one."""
    found = []
    for place in range(len(text)):
        letter = text[place : place + 1]
        found += [(0, letter), *([(1, letter)] if is_echoed else [])]
    return found


BASIC = b"GET / HTTP/1.1\r\nAuthorization: %s " + b64encode(b"ann:" + SECRET) + b"\r\n\r\n"
TALKS = {
    "basic": (80, [(0, BASIC % b"Basic")], "HTTP as ann"),
    "basic on a port of its own": (9999, [(0, BASIC % b"basic")], "HTTP as ann"),
    "ftp": (21, [(0, b"USER ann\r\n"), (1, b"331 go\r\n"), (0, b"PASS " + SECRET + b"\r\n")], "FTP as ann"),
    "no name": (21, [(0, b"pass " + SECRET + b"\r\n")], "FTP under a name that was not seen"),
    "login": (
        25,
        [
            (0, b"AUTH LOGIN\r\n"), (1, b"334 VXNlcm5hbWU6\r\n"), (0, b64encode(b"ann") + b"\r\n"),
            (1, b"334 UGFzc3dvcmQ6\r\n"), (0, b64encode(SECRET) + b"\r\n"),
        ],
        "SMTP as ann",
    ),
    "plain": (587, [(0, b"AUTH PLAIN " + b64encode(b"\0ann\0" + SECRET) + b"\r\n")], "SMTP as ann"),
    "plain later": (
        25, [(0, b"AUTH PLAIN\r\n"), (1, b"334 \r\n"), (0, b64encode(b"\0ann\0" + SECRET) + b"\r\n")], "SMTP as ann",
    ),
    "telnet": (
        23,
        [
            (1, b"\xff\xfd\x18Welcome\r\n\r\nhost log"), (1, b"in: "), *typed(b"anb\x7fn\r\0", is_echoed=True),
            (1, b"\r\nPassword: "), *typed(SECRET + b"\r\0", is_echoed=False), (1, b"\r\n$ "),
        ],
        "Telnet as ann",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TALKS)
def test_a_login(name: str, tmp_path: Path) -> None:
    port, said, words = TALKS[name]
    path = tmp_path / "login.pcap"
    dissect.write(path, talk(port, *said, *said, (1, b"", "FA"), (0, b"", "FA"), (1, b"", "A")))
    (alarm,) = alarms(path)
    assert alarm.kind == "clear-password"
    assert f"over {words}, and everybody" in alarm.text
    assert "pa55" not in repr(alarm)
    assert b64encode(SECRET).decode() not in repr(alarm)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (80, [(0, BASIC % b"Digest")]),
        (80, [(1, b"HTTP/1.1 401 no\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")]),
        (21, [(0, b"USER anonymous\r\n"), (0, b"PASS me@example.com\r\n")]),
        (21, [(0, b"USER ann\r\n"), (0, b"PASS\r\n")]),
        (25, [(0, b"AUTH CRAM-MD5\r\n"), (1, b"334 PDE+\r\n"), (0, b"YW5uIDEyMw==\r\n")]),
        (23, [(1, b"login: "), (0, b"ann\r\n"), (1, b"$ "), (0, b"ls\r\n"), (1, b"Password: "), (0, b"\r\n")]),
    ],
)
def test_what_tells_no_password(port: int, said: list[tuple[int, bytes]], tmp_path: Path) -> None:
    path = tmp_path / "login.pcap"
    dissect.write(path, talk(port, *said, (1, b"", "FA"), (0, b"", "FA"), (1, b"", "A")))
    assert list(alarms(path)) == []
