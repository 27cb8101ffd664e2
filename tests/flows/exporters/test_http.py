"""Bodies of HTTP, whole, by the last part of what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.flows.objects import export, objects
from tests.conftest import SAMPLES
from tests.talk import numbered, talk

BIG = bytes(range(256)) * 12_000
CHUNKS = b"".join(b"%x\r\n" % size + BIG[:size] + b"\r\n" for size in (*[1] * 9000, *[700] * 300, 1 << 17))


def test_http_of_a_sample() -> None:
    (found,) = objects(SAMPLES / "web_request.pcap")
    assert (found.name, found.host, found.media_type, found.number) == (
        "index.html",
        "www.example.test",
        "text/html",
        10,
    )
    assert found.data.startswith(b"<!doctype html>")
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (b"Content-Length: %d\r\n\r\n" % len(BIG) + BIG, len(BIG)),
        (b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS + b"0\r\n\r\n", 9000 + 700 * 300 + (1 << 17)),
    ],
    ids=["stated", "chunks"],
)
def test_bodies_of_any_size_are_whole_with_their_last_byte(answer: bytes, size: int, tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + answer
    pieces = [(1, answer[place : place + 30_000]) for place in range(0, len(answer), 30_000)]
    packets = numbered(*talk(80, (0, b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n"), *pieces))
    ((found, path),) = export(packets, "http", tmp_path)
    assert (len(found.data), found.number) == (size, len(packets))
    assert path.read_bytes() == found.data
    assert [each.name for each in tmp_path.iterdir()] == ["big"]


def test_text_that_was_tried_and_is_none_is_exported_as_by_tshark() -> None:
    packets = numbered(*talk(80, (0, b"SSH-2.0-a\r\n"), (1, b"\0\1\2\n"), (1, b"not a line")))
    assert [(found.name, found.data) for found in objects(packets)] == [("object4", b"SSH-2.0-a\r\n")]
