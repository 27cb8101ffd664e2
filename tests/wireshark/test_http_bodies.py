"""Bodies of HTTP as Wireshark sees them: forms up to an escape that is none, and text that is XML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import HTTPResponse, parse
from dissect.wireshark.http_bodies import is_compressed_by_nothing, pairs_of
from tests.talk import seen, talk


@pytest.mark.parametrize(
    ("data", "pairs", "is_cut"),
    [
        (b"", [], False),
        (b"a=1&b=2", [("a", "1"), ("b", "2")], False),
        (b"a+b=%41%c3%a4", [("a b", "Aä")], False),
        # An "&" in front of "=" belongs to the key, and a key alone has an empty value.
        (b"a&b=1", [("a&b", "1")], False),
        (b"a", [("a", "")], False),
        # What is no escape ends all: of a value, its key is shown, and of a key nothing.
        (b"a=1&b=%zz", [("a", "1"), ("b", None)], False),
        (b"a=1&%zz=2", [("a", "1")], False),
        (b"a=%+1", [("a", None)], False),
        (b"a=% 1", [("a", None)], False),
        (b"a=%4", [("a", None)], True),
        (b"%4", [], True),
    ],
)
def test_keys_and_values(data: bytes, pairs: list[tuple[str, str | None]], is_cut: bool) -> None:
    assert pairs_of(data) == (pairs, is_cut)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_to_the_end(data: bytes) -> None:
    found, _ = pairs_of(data)
    assert len(found) <= data.count(b"&") + data.count(b"=") + 1


def posted(kind: bytes, body: bytes, *fields: bytes) -> list[object]:
    head = b"".join(each + b"\r\n" for each in (b"Content-Type: " + kind, b"Content-Length: %d" % len(body), *fields))
    said = talk(80, (0, b"POST / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n" + body))
    (packet,) = seen(said)[3:]
    return packet.get("frame.protocols")


LONG = b" " * 40


@pytest.mark.parametrize(
    ("kind", "body", "layer"),
    [
        (b"text/plain", b"<?XML" + LONG, "data"),
        (b"text/plain", b"<?xml", "data-text-lines"),
        (b"text/plain", b"plain" + LONG, "data-text-lines"),
        (b"application/x-www-form-urlencoded", b"a=1", "urlencoded-form"),
    ],
)
def test_what_a_body_is_taken_for(kind: bytes, body: bytes, layer: str) -> None:
    (protocols,) = posted(kind, body)
    assert str(protocols).rpartition(":")[2] == layer
    # With a compression that has no name, Wireshark reads nothing.
    (protocols,) = posted(kind, body, b"Content-Encoding: ")
    assert str(protocols).rpartition(":")[2] == "data"


def test_the_last_field_about_a_compression_counts() -> None:
    for said, is_nothing in (([], False), (["gzip", ""], True), (["", "gzip"], False)):
        message = HTTPResponse(200, "OK", headers=[("Content-Encoding", each) for each in said])
        assert is_compressed_by_nothing(message) is is_nothing
    assert not is_compressed_by_nothing(parse(b""))
