"""Mail over SMTP, by its subject."""

from __future__ import annotations

import pytest

from dissect.flows.objects import objects
from tests.talk import numbered, talk


def test_mail_has_the_name_of_its_subject() -> None:
    said = [(0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, b"Subject: Hi there\r\n\r\nbody\r\n.\r\n")]
    (found,) = objects(numbered(*talk(25, *said)), "smtp")
    assert (found.name, found.data) == ("Hi there.eml", b"Subject: Hi there\r\n\r\nbody\r\n")


@pytest.mark.parametrize(
    ("mail", "name"),
    [
        (b"From: a\r\nsubject:  Hi \r\n\r\nbody\r\n", "Hi.eml"),
        ("Subject: Grüße\r\n\r\nbody\r\n".encode(), "Grüße.eml"),
        # A subject in the body is none.
        (b"From: a\r\n\r\nSubject: body\r\n", ".eml"),
        (b"Subject:\r\n\r\nbody\r\n", ".eml"),
        # One may be folded.
        (b"Subject: a\r\n b\r\nTo: c\r\n\r\nbody\r\n", "a\r\n b.eml"),
    ],
)
def test_names_of_mail(mail: bytes, name: str) -> None:
    (found,) = objects(numbered(*talk(25, (0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, mail + b".\r\n"))), "smtp")
    assert (found.name, found.data) == (name, mail)


def test_dots_at_the_beginning_of_lines_stay_doubled_as_in_wireshark() -> None:
    mail = b"Subject: dots\r\n\r\n..hidden\r\n...\r\n"
    (found,) = objects(numbered(*talk(25, (0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, mail + b".\r\n"))), "smtp")
    assert found.data == mail


def test_mail_that_does_not_end_is_none() -> None:
    assert (
        list(objects(numbered(*talk(25, (0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, b"Subject: a\r\n"))), "smtp")) == []
    )


def test_mail_in_a_body_of_http_is_mail_too() -> None:
    body = b"Subject: a\r\n\r\nbody"
    for kind, count in ((b"message/rfc822", 1), (b"text/plain", 0)):
        said = b"POST / HTTP/1.1\r\nContent-Type: " + kind + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        assert [found.data for found in objects(numbered(*talk(80, (0, said))), "smtp")] == [body] * count
