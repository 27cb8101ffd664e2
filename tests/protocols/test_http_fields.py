from __future__ import annotations

import pytest

from dissect import FieldError, HTTPChunk, HTTPField, HTTPResponse
from dissect.protocols.http_fields import chunk_size


def test_fields() -> None:
    assert bytes(HTTPField("A", "b")) == b"A: b\r\n"
    assert HTTPField(b"A:", b"b\n").value == "b"  # type: ignore[arg-type]  # bytes with what ends them
    with pytest.raises(FieldError):
        HTTPField("A:", "b")


@pytest.mark.parametrize(
    ("line", "size"), [(b"a", 10), (b"00F;x", 15), (b" 1 ", 1), (b"", None), (b"g", None), (b"1" * 16, None)]
)
def test_sizes(line: bytes, size: int | None) -> None:
    assert chunk_size(line) == size


def test_chunks() -> None:
    assert bytes(HTTPChunk("3", data=b"abc")) == b"3\r\nabc\r\n"
    assert bytes(HTTPChunk("0")) == b"0\r\n"
    with pytest.raises(FieldError):
        HTTPChunk("x")
    (problem,) = HTTPResponse(200, headers={"Transfer-Encoding": "chunked"}, chunks=b"x\r\n").problems()
    assert problem.message == "HTTPChunk tells no size"
