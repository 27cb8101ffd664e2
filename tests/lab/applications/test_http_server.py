"""The web server: what it serves, in which pieces, over which connections, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import TCP, Host
from dissect.lab.applications.http_content import Found, Page
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.program import RunsPrograms
from tests.lab.applications.net import SECOND, Home

FILES = {"/index.html": "<h1>Hello</h1>", "/data.txt": "0123456789", "/folder/index.html": "inside", "/empty.txt": ""}
BIG = bytes(range(256)) * 1000


def two(content: Any = None, **options: Any) -> tuple[Home, Host, HTTPServer]:
    home = Home()
    server = home.serve(HTTPServer(FILES if content is None else content, **options))
    return home, home.host("client", "192.168.1.2/24"), server


def told(home: Home, client: Host, *requests: str | bytes, closes: bool = True) -> bytes:
    """Send requests as they are, all at once, and return all that comes back."""

    async def main(host: RunsPrograms) -> object:
        connection = await host.tcp.connect("192.168.1.1", 80)
        await connection.write(b"".join(each.encode() if isinstance(each, str) else each for each in requests))
        if closes:
            connection.shutdown()
        data = b""
        while piece := await connection.read():
            data += piece
        connection.close()
        return data

    got = home.do(client, main, 200 * SECOND)
    assert isinstance(got, bytes), got
    return got


def request(method: str, path: str, *fields: str, version: str = "HTTP/1.1") -> str:
    return "\r\n".join([f"{method} {path} {version}", "Host: server", *fields, "", ""])


def answer(data: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def test_a_file_comes_with_its_type_and_length() -> None:
    home, client, server = two()
    status, fields, body = answer(told(home, client, request("GET", "/data.txt?x=1")))
    assert (status, body) == (200, b"0123456789")
    assert fields == {
        "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
        "Server": "dissect",
        "Content-Type": "text/plain; charset=utf-8",
        "Accept-Ranges": "bytes",
        "Content-Length": "10",
    }
    assert server.lines == ["192.168.1.2 GET /data.txt?x=1 200"]


def test_an_index_stands_for_its_folder_and_a_folder_is_behind_a_slash() -> None:
    home, client, _ = two()
    assert answer(told(home, client, request("GET", "/")))[2] == b"<h1>Hello</h1>"
    status, fields, _ = answer(told(home, client, request("GET", "/folder")))
    assert (status, fields["Location"]) == (301, "/folder/")


def test_head_is_the_head_alone() -> None:
    home, client, _ = two()
    both = told(home, client, request("HEAD", "/data.txt"), request("GET", "/empty.txt"))
    status, fields, rest = answer(both)
    assert (status, fields["Content-Length"]) == (200, "10")
    status, fields, rest = answer(rest)
    assert (status, fields["Content-Length"], rest) == (200, "0", b"")


@pytest.mark.parametrize(
    ("said", "status", "body", "place"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=0-999", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=0-1", 200, b"0123456789", None),
    ],
)
def test_parts_of_a_file(said: str, status: int, body: bytes | None, place: str | None) -> None:
    home, client, _ = two()
    found, fields, data = answer(told(home, client, request("GET", "/data.txt", f"Range: {said}")))
    assert (found, fields.get("Content-Range")) == (status, place)
    assert body is None or data == body


def test_what_is_made_goes_in_chunks_but_to_who_does_not_know_them() -> None:
    class Made:
        def find(self, path: str) -> Found:
            return Found(Page(b"made for you", is_made=True))

    home, client, _ = two(Made())
    _, fields, body = answer(told(home, client, request("GET", "/")))
    assert (fields["Transfer-Encoding"], "Content-Length" in fields) == ("chunked", False)
    assert body == b"c\r\nmade for you\r\n0\r\n\r\n"
    _, fields, body = answer(told(home, client, request("GET", "/", version="HTTP/1.0")))
    assert (fields["Content-Length"], fields["Connection"], body) == ("12", "close", b"made for you")


def test_everything_goes_in_chunks_where_that_is_wanted() -> None:
    home, client, _ = two(chunk_size=4)
    _, fields, body = answer(told(home, client, request("GET", "/data.txt")))
    assert (fields["Transfer-Encoding"], body) == ("chunked", b"4\r\n0123\r\n4\r\n4567\r\n2\r\n89\r\n0\r\n\r\n")


def test_requests_that_come_at_once_are_answered_in_their_order() -> None:
    home, client, server = two({"/a": "first", "/b": BIG, "/c": "last"})
    data = told(home, client, *(request("GET", path) for path in ("/a", "/b", "/none", "/c")))
    bodies = []
    while data:
        _, fields, rest = answer(data)
        size = int(fields["Content-Length"])
        bodies.append(rest[:size])
        data = rest[size:]
    assert [len(body) for body in bodies] == [5, len(BIG), len(bodies[2]), 4]
    assert bodies[1] == BIG
    assert [line.split()[-1] for line in server.lines] == ["200", "200", "404", "200"]


@pytest.mark.parametrize(
    ("version", "fields", "stays"),
    [
        ("HTTP/1.1", [], True),
        ("HTTP/1.1", ["Connection: close"], False),
        ("HTTP/1.0", [], False),
        ("HTTP/1.0", ["Connection: Keep-Alive"], True),
    ],
)
def test_a_connection_stays_as_the_client_wishes(version: str, fields: list[str], stays: bool) -> None:
    home, client, _ = two()
    asked = request("GET", "/", *fields, version=version)
    assert told(home, client, asked, asked).count(b"200 OK") == 1 + stays


def test_an_idle_connection_ends_after_a_minute() -> None:
    home, client, _ = two()
    assert told(home, client, request("GET", "/empty.txt"), closes=False).endswith(b"\r\n\r\n")
    fins = [packet for packet in home.lab.recording.packets(["server-s"]) if TCP in packet and packet[TCP].fin]
    assert round((fins[0].time_ns or 0) / SECOND) == 60


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request("POST", "/", "Content-Length: 3") + "abc", 405),
        (request("BREW", "/"), 501),
        (request("GET", "/none"), 404),
        (request("GET", "/../etc/passwd"), 404),
        (request("GET", "/%2e%2e/%2e%2e/etc/passwd"), 404),
        (request("GET", "/folder%2f..%2f..%2fetc"), 404),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        (request("GET", "/", "Host: other"), 400),
        (request("GET", "/", version="HTTP/2.0"), 505),
        (request("POST", "/", "Content-Length: 3", "Transfer-Encoding: chunked") + "0\r\n\r\n", 400),
        (request("POST", "/", "Content-Length: 3", "Content-Length: 4") + "abc", 400),
        (request("POST", "/", "Content-Length: -1"), 400),
        (request("POST", "/", "Transfer-Encoding: gzip, chunked") + "0\r\n\r\n", 501),
        (request("POST", "/", "Content-Length: 2000000") + "x" * 1_100_000, 413),
        ("nonsense\r\n\r\n", 400),
        ("GET /" + "x" * 70_000, 400),
        (request("GET", "/", "X: " + "y" * 70_000), 400),
    ],
)
def test_what_is_not_served_is_told_why(asked: str, status: int) -> None:
    home, client, _ = two()
    assert answer(told(home, client, asked))[0] == status


def test_the_body_of_a_request_is_not_taken_for_the_next_one() -> None:
    home, client, server = two()
    hidden = request("GET", "/hidden")
    chunked = f"{len(hidden):x}\r\n{hidden}\r\n0\r\nTrailer: x\r\n\r\n"
    told(
        home, client, request("GET", "/", f"Content-Length: {len(hidden)}"), hidden,
        request("GET", "/", "Transfer-Encoding: chunked"), chunked, request("GET", "/data.txt"),
    )  # fmt: skip
    assert [line.split()[2] for line in server.lines] == ["/", "/", "/data.txt"]


def test_who_waits_for_leave_to_send_gets_it() -> None:
    home, client, _ = two()
    data = told(home, client, request("GET", "/empty.txt", "Content-Length: 1", "Expect: 100-continue"), "x")
    assert data.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_what_people_type_is_understood() -> None:
    home, client, _ = two()
    assert answer(told(home, client, "\r\n\nGET /data.txt HTTP/1.0\n\n"))[2] == b"0123456789"
    assert told(home, client, "\r\n") == b""


def test_a_reset_ends_its_own_connection_alone() -> None:
    home, client, server = two({"/": BIG})

    async def rude(host: RunsPrograms) -> None:
        connection = await host.tcp.connect("192.168.1.1", 80)
        await connection.write(request("GET", "/").encode())
        await connection.read()
        connection.abort()

    home.do(client, rude, 5 * SECOND)
    assert any("reset" in line for line in server.lines)
    assert answer(told(home, client, request("HEAD", "/")))[0] == 200
