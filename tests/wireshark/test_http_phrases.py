"""What Wireshark calls the status of an HTTP response: every one that there is, some in words of its own."""

from __future__ import annotations

from http import HTTPStatus

from dissect.wireshark.http_phrases import PHRASES
from tests.talk import seen, talk


def test_every_status_of_the_standards_has_a_phrase() -> None:
    assert {each.value for each in HTTPStatus} <= set(PHRASES)
    # Wireshark 4.0 writes these otherwise than RFC 9110.
    own = {203: "Non-authoritative Information", 408: "Request Time-out", 418: "I'm a teapot",
           504: "Gateway Time-out", 505: "HTTP Version not supported"}  # fmt: skip
    assert own.items() <= PHRASES.items()
    kept = {each.value: each.phrase for each in HTTPStatus if each.value in (200, 301, 404, 429, 451, 500, 511)}
    assert kept.items() <= PHRASES.items()


def test_the_phrase_stands_beside_what_the_server_said() -> None:
    answer = b"HTTP/1.1 404 Gone fishing\r\nContent-Length: 0\r\n\r\n"
    packets = seen(talk(80, (0, b"GET / HTTP/1.1\r\n\r\n"), (1, answer)))
    assert packets[4].get("http.response.phrase") == ["Gone fishing"]
    assert packets[4].get("http.response.code.desc") == ["Not Found"]
