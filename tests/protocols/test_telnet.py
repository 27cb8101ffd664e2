from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, Ethernet, IPv4, Telnet, parse
from dissect.protocols.telnet import pieces_of
from tests.talk import seen, talk


def test_pieces() -> None:
    assert pieces_of(b"\xff\xfd\x18login: \xff\xff\r\nx") == [
        ("command", 253, 24, b""),
        ("text", 0, None, b"login: \xff\xff\r\n"),
        ("text", 0, None, b"x"),
    ]
    assert pieces_of(b"\xff\xfa\x1f\x00P\x00\x18\xff\xf0\xff\xfb") == [
        ("command", 250, 31, b"\x00P\x00\x18"),
        ("command", 240, None, b""),
        ("cut", 251, None, b""),
    ]


@given(st.binary(max_size=40))
def test_any_bytes_are_kept(raw: bytes) -> None:
    data = bytes(Ethernet() / IPv4() / TCP(sport=50000, dport=23) / raw)
    assert bytes(parse(data)) == data
    assert sum(len(piece[3]) for piece in pieces_of(raw)) <= len(raw)


def test_fields() -> None:
    assert bytes(Telnet(b"hi\r\n")) == b"hi\r\n"
    packets = seen(talk(23, (0, b"\xff\xfa\x18\x00xterm\xff\xf0"), (1, b"login: ")))
    assert packets[3].get("telnet.string_subopt.value") == ["xterm"]
    assert packets[4].get("telnet.data") == ["login: "]


def test_without_anything_to_say_it_is_the_command_that_does_nothing() -> None:
    frame = Ethernet() / IPv4() / TCP(sport=23) / Telnet()
    assert bytes(frame[Telnet]) == b"\xff\xf1"
    assert parse(bytes(frame)) == frame
