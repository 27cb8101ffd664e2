from __future__ import annotations

from gzip import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    HTTP,
    TCP,
    Data,
    Ethernet,
    FieldError,
    HTTPChunk,
    HTTPRequest,
    HTTPResponse,
    IPv4,
    Media,
    TextLines,
    parse,
)

TO_SERVER = Ethernet() / IPv4() / TCP(sport=50000, dport=80)
TO_CLIENT = Ethernet() / IPv4() / TCP(sport=80, dport=50000)


def test_construct() -> None:
    frame = TO_SERVER / HTTPRequest("POST", "/form", headers={"Host": "example.com", "Content-Length": "2"}) / b"hi"
    raw = b"POST /form HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\n\r\nhi"
    assert bytes(frame).endswith(raw)
    parsed = parse(bytes(frame))
    assert parsed == frame
    assert parsed[HTTPRequest].headers["host"] == "example.com"


def test_deconstruct() -> None:
    answer = HTTPResponse(200, "OK", headers={"Content-Type": "text/html; charset=utf-8", "Content-Length": "4"})
    parsed = parse(bytes(TO_CLIENT / answer / b"<p>\n"))
    assert [type(layer) for layer in parsed.layers()][3:] == [HTTPResponse, TextLines]
    assert (parsed[HTTPResponse].status, parsed[HTTPResponse].reason) == (200, "OK")
    assert parsed[HTTPResponse].body() == b"<p>\n"


@pytest.mark.parametrize(
    ("said", "inside"),
    [
        ({"Content-Length": "3"}, Data),
        ({"Content-Length": "3", "Content-Type": "application/octet-stream"}, Data),
        ({"Content-Length": "3", "Content-Type": "TEXT/plain;x"}, TextLines),
        ({"Content-Length": "3", "Content-Type": "image/png"}, Media),
        ({"Content-Length": "3", "Content-Type": "text/plain", "Content-Encoding": "br"}, Data),
        ({}, Data),
    ],
)
def test_bodies_by_their_type(said: dict[str, str], inside: type) -> None:
    parsed = parse(bytes(TO_CLIENT / HTTPResponse(200, headers=said) / b"abc"))
    assert type(parsed[HTTPResponse].payload) is inside


@pytest.mark.parametrize("status", [100, 204, 304])
def test_no_body(status: int) -> None:
    parsed = parse(bytes(TO_CLIENT / HTTPResponse(status, headers={"Content-Length": "9"})))
    assert parsed[HTTPResponse].payload is None


def test_what_stands_behind_a_message_is_a_trailer() -> None:
    request = HTTPRequest("GET", "/", headers={"Host": "a"})
    frame = parse(bytes(TO_SERVER / (bytes(request) + bytes(request))))
    assert frame[HTTPRequest].payload is None
    assert frame[HTTPRequest].trailer == bytes(request)


def test_chunks() -> None:
    chunks = [HTTPChunk("5;x=y", data=b"hello"), HTTPChunk("6", data=b" world"), HTTPChunk("0")]
    answer = HTTPResponse(200, headers={"Transfer-Encoding": "chunked"}, chunks=chunks, trailers={"X-Sum": "1"})
    raw = b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"
    assert bytes(answer) == raw
    parsed = parse(bytes(TO_CLIENT / answer))[HTTPResponse]
    assert parsed.body() == b"hello world"
    assert parsed.trailers["x-sum"] == "1"
    decoded = parsed.decoded_payload()
    assert isinstance(decoded, Data)
    assert decoded.data == b"hello world"


def test_compressed_bodies() -> None:
    body = compress(b"text " * 20)
    said = {"Content-Encoding": "gzip", "Content-Type": "text/plain", "Content-Length": str(len(body))}
    parsed = parse(bytes(TO_CLIENT / HTTPResponse(200, headers=said) / body))[HTTPResponse]
    assert parsed.body() == body
    assert parsed.decoded_body() == b"text " * 20
    assert isinstance(parsed.decoded_payload(), TextLines)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"\r\nGET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /un finished",
        b"HTTP/1.1 200",
        b"HTTP/1.1 abc \r\n: x\r\nA:\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\nabc",
    ],
)
def test_odd_messages_lose_nothing(raw: bytes) -> None:
    data = bytes(TO_SERVER / raw)
    frame = parse(data)
    assert isinstance(frame[TCP].payload, HTTP)
    assert bytes(frame) == data
    assert eval(repr(frame), {name: getattr(dissect, name) for name in dissect.__all__}) == frame


@given(st.text("GET / HTP1.20:\r\nab;chunked", max_size=60).map(str.encode))
def test_any_text_keeps_its_bytes(raw: bytes) -> None:
    data = bytes(TO_SERVER / raw)
    frame = parse(data)
    assert bytes(frame) == data
    assert eval(repr(frame), {name: getattr(dissect, name) for name in dissect.__all__}) == frame


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: HTTPRequest("GE T", "/"),
        lambda: HTTPRequest("GET", "/a b"),
        lambda: HTTPRequest("GET", "/", version="1.1"),
        lambda: HTTPRequest("GET", "/", headers={"A b": "c"}),
        lambda: HTTPRequest("GET", "/", headers={"A": "b\r\nC: d"}),
        lambda: HTTPResponse(1000),
        lambda: HTTPResponse(200, chunks=[HTTPChunk("0")]),
    ],
)
def test_what_does_not_fit_is_refused(wrong: object) -> None:
    with pytest.raises(FieldError):
        wrong()  # type: ignore[operator]


def test_a_zero_behind_a_coding_is_no_part_of_it() -> None:
    assert HTTPResponse(200, headers=b"Content-Encoding: gzip\0\r\n\r\n").coding == "gzip"
