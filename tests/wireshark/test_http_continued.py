from __future__ import annotations

import pytest

from dissect import Packet
from dissect.wireshark.columns import summarize
from dissect.wireshark.http_continued import continued
from tests.talk import seen, talk

REQUEST, RESPONSE = b"GET /x HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def behind_response(data: bytes) -> Packet:
    return seen(talk(80, (0, REQUEST), (1, RESPONSE), (1, data)))[-1]


@pytest.mark.parametrize(
    ("data", "name", "values"),
    [
        (b"Server: a\r\nx y: z\r\n\r\nbody", "http.server", ["a"]),
        (b"Server: a\r\nx y: z\r\n\r\nbody", "http.unknown_header", ["x y: z\r\n"]),
        (b"Server: a\r\nx y: z\r\n\r\nbody", "http.bad_header_name", [1]),
        (b"Server: a\r\nx y: z\r\n\r\nbody", "http.file_data", ["body"]),
        (b"more\r\nAge: 1\r\n", "http.file_data", ["more\r\nAge: 1\r\n"]),
        (b"\x01more: 1\r\n", "http.file_data", []),
        (b"\x01more: 1\r\n", "http.unknown_header", []),
        (b"\r\nAge: 1\r\n", "http.leading_crlf", [1]),
    ],
)
def test_what_goes_on(data: bytes, name: str, values: list[object]) -> None:
    assert behind_response(data).get(name) == values


def test_a_cut_field_is_malformed() -> None:
    packet = behind_response(b"Server: a\r\nDat")
    assert summarize(packet).info == "Continuation[Malformed Packet]"
    assert packet.get("http.server") == ["a"]


def test_without_text_nothing_waits_for_the_end_of_a_line() -> None:
    assert summarize(behind_response(b"\x16\x03\x01")).info == "Continuation"
    assert summarize(behind_response(b"abc")).info.endswith("[TCP segment of a reassembled PDU]")


def test_fields_that_were_not_announced_leave_the_columns() -> None:
    packet = seen(talk(80, (1, b"Server: a\r\n\r\n")))[-1]
    assert (packet.get("http.server"), summarize(packet).protocol) == (["a"], "TCP")


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\n", b"a", b"\r\na"])
def test_nothing_to_read(data: bytes) -> None:
    assert continued(data)[:3] == ((), 0, False)
