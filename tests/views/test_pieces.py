"""The pieces of a frame: all of its bits, once each."""

from __future__ import annotations

from hypothesis import given

import dissect
from dissect import ARP, MSS, TCP, Ethernet, HTTPRequest, IPv4
from dissect.views.pieces import pieces
from tests.declared import any_bytes


@given(any_bytes)
def test_pieces_cover_every_bit_of_any_frame(data: bytes) -> None:
    reached = 0
    for piece in pieces(dissect.parse(data)):
        assert piece.first <= reached, "nothing is left out"
        assert piece.width > 0
        reached = max(reached, piece.first + piece.width)
    assert reached == 8 * len(data)


def test_an_option_is_a_piece() -> None:
    found = [(piece.layer, piece.title) for piece in pieces(TCP(options=[MSS(1460)]))]
    assert found[-1] == ("TCP", "Maximum segment size")


def test_what_ends_a_list_is_a_piece_of_its_own() -> None:
    frame = Ethernet() / IPv4() / TCP(dport=80) / HTTPRequest(headers={"Host": "a"})
    found = [(piece.title, piece.first - 8 * 54, piece.width) for piece in pieces(dissect.parse(bytes(frame)))][-2:]
    assert found == [("Header field", 128, 72), ("Header fields", 200, 16)]


def test_padding_and_what_else_stands_behind_are_told_apart() -> None:
    frame = (Ethernet() / ARP()).padded()
    assert [(piece.title, piece.first, piece.width) for piece in pieces(frame)][-1] == ("Padding", 336, 144)
    parsed = dissect.parse(bytes(Ethernet() / IPv4() / bytes(60)) + b"tail")
    assert [(piece.layer, piece.title, piece.width) for piece in pieces(parsed)][-1] == ("Ethernet", "Trailer", 32)


def test_a_cut_header_has_a_piece_that_nobody_reads() -> None:
    data = bytes(Ethernet() / IPv4())[:-2]
    assert [(piece.layer, piece.title, piece.width) for piece in pieces(dissect.parse(data))][-1] == (
        "IPv4",
        "Unread",
        16,
    )
