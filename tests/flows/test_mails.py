"""Mail in mail, as tshark 4.0 exports it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dissect import write
from dissect.flows.mails import mails_in, subject_of
from dissect.flows.objects import objects
from tests.oracle.tshark import Tshark
from tests.talk import numbered, talk

INNER = b"Subject: in\r\n\r\ntwo\r\n"
PART = b"Content-Type: message/rfc822\r\n\r\n" + INNER
IN_PARTS = b"Content-Type: multipart/mixed; boundary="
CODED = PART.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1)
MAILS: list[tuple[bytes, int]] = [
    (b"Subject: whole\r\nContent-Type: message/rfc822\r\n\r\n" + INNER, 0),
    (IN_PARTS + b"x\r\n\r\nin front\r\n--x\r\n" + PART + b"\r\n--x--\r\nbehind\r\n", 1),
    (IN_PARTS + b'"a b"; x=y\r\n\r\n--a b\r\n' + CODED + b"\r\n--a b--\r\n", 1),
    # A part that does not end is none.
    (IN_PARTS + b"x\r\n\r\n--x\r\n" + PART + b"\r\n--x\r\n" + PART, 1),
    (IN_PARTS + b"x\r\n\r\n--y\r\n" + PART + b"\r\n--y--\r\n", 0),
    (b"Content-Type: multipart/mixed\r\n\r\n--x\r\n" + PART + b"\r\n--x--\r\n", 0),
    (b"content-type:\r\n multipart/Mixed;\r\n Boundary=x\r\n\r\n--x\r\n" + PART + b"\r\n--x--\r\n", 1),
]


@pytest.mark.parametrize(("mail", "count"), MAILS)
def test_mails_in_parts_are_found(mail: bytes, count: int) -> None:
    assert list(mails_in(mail)) == [INNER] * count + [mail]


def test_tshark_finds_the_same(tshark: Tshark, tmp_path: Path) -> None:
    packets = numbered(
        *(
            packet
            for number, (mail, _) in enumerate(MAILS)
            for packet in talk(25, (0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, mail), (0, b".\r\n"), sport=20000 + number)
        )
    )
    path, folder = tmp_path / "mails.pcap", tmp_path / "out"
    write(path, packets)
    # The judge's profile knows no mail, so that tshark is asked with one of its own.
    (tmp_path / "profile").mkdir()
    subprocess.run(
        [tshark.program, "-n", "-q", "-r", str(path), "--export-objects", f"imf,{folder}"],
        env={**os.environ, "WIRESHARK_CONFIG_DIR": str(tmp_path / "profile")}, capture_output=True, timeout=60,
    )  # fmt: skip
    theirs = sorted(each.read_bytes() for each in folder.iterdir())
    assert sorted(found.data for found in objects(packets, "smtp")) == theirs


def test_mails_nest_256_deep_at_most() -> None:
    mail = INNER
    for number in range(300):
        mark = b"m%d" % number
        mail = IN_PARTS + mark + b"\r\n\r\n--" + mark + b"\r\nContent-Type: message/rfc822\r\n\r\n" + mail
        mail += b"\r\n--" + mark + b"--\r\n"
    found = list(mails_in(mail))
    assert len(found) == 128
    assert found[-1] == mail


@pytest.mark.parametrize(
    ("mail", "subject"),
    [
        (b"To: a\r\nSUBJECT :  b \r\n\r\n", "b"),
        (b"To: a\r\n\r\nSubject: b\r\n", ""),
        # What ends lines without a carriage return has none.
        (b"To: a\nSubject: b\n\n", ""),
    ],
)
def test_subjects(mail: bytes, subject: str) -> None:
    assert subject_of(mail) == subject
