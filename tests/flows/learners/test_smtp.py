"""Mail that comes in parts, and the lines of who authenticates himself (RFC 4954)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from dissect import TCP, Packet, with_context
from tests.talk import seen, talk

READY = (1, b"220 ready\r\n")


def message(packet: Packet) -> Any:
    """Return what a pass found the segment to carry."""
    return packet.frame[TCP].learnt("payload")


def test_the_end_has_the_whole_mail() -> None:
    said = [
        *(READY, (0, b"DATA\r\n"), (1, b"354 go on\r\n")),
        *((0, b"Subject: a\r\n\r\n"), (0, b"text\r\n"), (0, b"end\r\n.\r\n"), (1, b"250 taken\r\n")),
    ]
    packets = seen(talk(25, *said))
    end = message(packets[8])
    assert end.learnt("mail") == b"Subject: a\r\n\r\ntext\r\nend\r\n"
    assert end.learnt("mail_frames") == [7, 8, 9]


def test_what_lines_tell_while_somebody_authenticates() -> None:
    name, word = b64encode(b"me") + b"\r\n", b64encode(b"secret") + b"\r\n"
    said = [
        READY,
        (0, b"AUTH LOGIN\r\n"),
        (1, b"334 VXNlcm5hbWU6\r\n"),
        (0, name),
        (1, b"334 UGFzc3dvcmQ6\r\n"),
        (0, word),
    ]
    packets = seen(talk(25, *said))
    told = [message(packet).learnt("authenticates") for packet in (packets[4], packets[6], packets[8])]
    assert told == [("",), ("user",), ("password",)]


def test_a_refusal_ends_it() -> None:
    said = [READY, (0, b"AUTH LOGIN\r\n"), (1, b"504 no\r\n"), (0, b"QUIT\r\n")]
    packets = seen(talk(25, *said))
    assert message(packets[6]).learnt("authenticates") == ("",)


def test_in_a_second_pass_parts_of_a_mail_know_its_end() -> None:
    def said() -> list[Packet]:
        return talk(25, (0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, b"one\r\n"), (0, b"two\r\n.\r\n"))

    packets = list(with_context(said(), before=said()))
    assert [packet.get("smtp.data.reassembled.in") for packet in packets[5:]] == [[7], []]
    assert [packet.get("smtp.data.reassembled.in") for packet in seen(said())[5:]] == [[], []]
