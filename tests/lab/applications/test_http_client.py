"""The web client fetches pages of any framing, follows those that moved, and is not led astray."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import DNS, TCP, Host
from dissect.errors import FieldError
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.applications.http_client import HTTPGet, fetch
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import RunsPrograms
from tests.lab.applications.net import SECOND, Home

BIG = bytes(range(251)) * 1000


def two(**options: Any) -> tuple[Home, Host]:
    home = Home()
    return home, home.host("client", "192.168.1.2/24", **options)


def fetched(home: Home, client: Host, url: str, **options: Any) -> Any:
    async def main(host: RunsPrograms) -> object:
        return await fetch(host, url, **options)

    return home.do(client, main, 200 * SECOND)


def says(home: Home, data: bytes, *, port: int = 80, ends: bool = True) -> None:
    """Have the server say the same to everybody."""

    async def main(host: RunsPrograms) -> None:
        listener = host.tcp.listen(port)
        while True:
            connection = await listener.accept()
            await connection.read_until(b"\r\n\r\n")
            await connection.write(data)
            if ends:
                connection.close()

    home.serve(AsyncProgram(main))


def test_a_name_is_asked_for_and_the_page_fetched() -> None:
    home, client = two(name_servers=["192.168.1.1"])
    home.serve(DNSServer([Zone("home.lan", {"www": {"A": "192.168.1.1"}})]))
    home.serve(HTTPServer({"/a": BIG}, port=8080))
    response = fetched(home, client, "http://www.home.lan:8080/a")
    assert (response.status, response.reason, response.body) == (200, "OK", BIG)
    assert len(home.seen(DNS)) == 2
    assert [str(segment.flags) for segment in home.seen(TCP)][-3:] == ["FA", "FA", "A"]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", b"hello"),
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", b"to the end"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n",
            b"hello",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b""),
    ],
)
def test_a_body_ends_where_its_fields_say(answer: bytes, body: bytes) -> None:
    home, client = two()
    says(home, answer)
    assert fetched(home, client, "http://192.168.1.1/").body == body


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "the end came 45 bytes before that of the body"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "a chunk has no size"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "the end came 3 bytes before"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "the fields behind the chunks do not end"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 20_000,
            "the fields behind the chunks do not end",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "a body has a length, and chunks as well",
        ),
        (b"SSH-2.0-x\r\n\r\n", "what came is no head of HTTP"),
        (b"", "the end came in place of an answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, "bytes came without"),
    ],
)
def test_what_is_no_answer_is_told(answer: bytes, sentence: str) -> None:
    home, client = two()
    says(home, answer)
    (line,) = fetched(home, client, "http://192.168.1.1/")
    assert sentence in line


def test_a_server_that_says_nothing_is_left_after_a_minute() -> None:
    home, client = two()
    says(home, b"", ends=False)
    (line,) = fetched(home, client, "http://192.168.1.1/")
    assert "nothing happened for 60 s" in line


def test_a_page_that_has_moved_is_fetched_from_where_it_is() -> None:
    home, client = two()
    home.serve(HTTPServer({"/a/index.html": "here"}))
    assert fetched(home, client, "http://192.168.1.1/a").body == b"here"
    assert fetched(home, client, "http://192.168.1.1/a", follows=False).status == 301
    says(home, b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n", port=81)
    assert fetched(home, client, "http://192.168.1.1:81/").status == 302


def test_a_body_is_sent_and_too_much_is_not_taken() -> None:
    home, client = two()
    home.serve(HTTPServer({"/": BIG}))
    assert fetched(home, client, "http://192.168.1.1/", method="POST", body=b"x" * 70_000).status == 405
    (line,) = fetched(home, client, "http://192.168.1.1/", most=1000)
    assert "the body has more than 1000 bytes" in line
    assert fetched(home, client, "http://192.168.1.1/", method="HEAD").headers["Content-Length"] == str(len(BIG))


@pytest.mark.parametrize("url", ["https://a/", "a", "http://", "http://a:x/", "http://[/"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(FieldError, match=r"expected one as 'http://www\.example\.com/'"):
        HTTPGet(url)


def test_a_program_prints_what_came() -> None:
    home, client = two()
    home.serve(HTTPServer({"/": "0123456789"}))
    program = home.start(client, HTTPGet("http://192.168.1.1/", part="2-4"))
    missing = home.start(client, HTTPGet("http://nobody.example/"))
    home.run(5 * SECOND)
    assert program.lines == ["http://192.168.1.1/: 206 Partial Content, 3 bytes"]
    assert missing.lines == ["nobody knows nobody.example: the host has no name server"]
