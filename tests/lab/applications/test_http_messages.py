"""Pieces of HTTP messages: fields of words, and chunks that are read as they were written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import HTTPResponse
from dissect.lab.applications.http_messages import chunk, last_chunk, says


def test_a_field_of_words_is_read_in_any_case() -> None:
    fields = HTTPResponse(headers=[("Connection", "Keep-Alive, x"), ("connection", "Close")]).headers
    assert says(fields, "Connection", "keep-alive")
    assert says(fields, "Connection", "close")
    assert not says(fields, "Connection", "keep")
    assert not says(fields, "Upgrade", "x")


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5))
def test_chunks_are_the_body(pieces: list[bytes]) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = head + b"".join(map(chunk, pieces)) + last_chunk()
    message = HTTPResponse.decode(data, 0, len(data), 0)
    assert (message.body() or b"") == b"".join(pieces)
    assert not message.problems()
