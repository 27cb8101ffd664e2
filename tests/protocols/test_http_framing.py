from __future__ import annotations

import pytest

from dissect import Packet
from dissect.declaration.framing import UNTIL_END, Begun, FramingError
from dissect.protocols.http_framing import HTTPDialogue, is_request, is_response
from tests.talk import infos, talk

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (GET, len(GET)),
        (GET + b"more", len(GET)),
        (GET[:-1], None),
        (GET[:5], None),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", 38 + 5),
        (OK + b"\r\n", 19 + UNTIL_END),
        # What is called over such a channel follows as messages of its own.
        (b"RPC_IN_DATA / HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n", 54),
        (b"RPC_OUT_DATA / HTTP/1.1\r\nContent-Length: 76\r\n\r\n", 47 + 76),
        (OK + b"Content-Length: 0\r\n\r\n", 38),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 48),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nX", 47 + 8 + 5),
    ],
)
def test_sizes(data: bytes, size: int | None) -> None:
    assert HTTPDialogue().size(0, data) == size


def test_chunks_are_understood_once() -> None:
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    for part, begun in ((b"3\r\nab", 8), (b"3\r\nabc\r\n2", 8), (b"", 0), (b"0\r\n", 0)):
        size = HTTPDialogue().size(0, head + part)
        assert (isinstance(size, Begun), size) == (True, len(head) + begun)
    assert HTTPDialogue().rest(0, b"2\r\nde\r\n0\r\n\r\nGET") == 12
    assert HTTPDialogue().rest(0, b"2\r\nde\r\n0") == Begun(7)
    assert HTTPDialogue().rest(0, b"2") is None


def test_a_response_to_head_has_no_body() -> None:
    dialogue = HTTPDialogue()
    dialogue.took(0, b"HEAD / HTTP/1.1\r\n\r\n")
    assert dialogue.size(1, OK + b"Content-Length: 9\r\n\r\n") == 38


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\n",
        b"hello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n\r\nx\r\n",
        OK + b"A: b\r\n" * (1 << 22),
    ],
)
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(FramingError):
        HTTPDialogue().size(0, data)


def test_forms() -> None:
    assert is_request(b"GET ")
    assert is_request(b"PROPFIND /x HTTP/1.1\r\n")
    assert not is_request(b"PURGE /x HTTP/1.1\r\n")
    assert is_response(b"HTTP/1.1 200")
    assert is_response(b"ICY 200 OK\r\n")
    assert not is_response(b"GET ")


def test_data_are_shown_only_where_messages_were() -> None:
    dialogue = HTTPDialogue()
    assert not dialogue.recognizes(0, b"hello\r\n")
    dialogue.took(1, OK + b"\r\n")
    assert dialogue.recognizes(0, b"hello\r\n")
    assert dialogue.announces(0, b"GET /x HTTP/1.1\r\nHos") == "GET /x HTTP/1.1 "
    assert dialogue.announces(0, b"GET /x") == ""


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"0x5\r\nhello\r\n0\r\n\r\n", 17),
        (b"5 ;a=b\r\nhello\r\n0\r\n", None),
        (b"0\r\nX: 1\r\n", None),
        (b"0\r\nX: 1\r\n\r\n", 11),
    ],
)
def test_chunks(body: bytes, size: int | None) -> None:
    head = OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n"
    found = HTTPDialogue().size(1, head + body)
    assert isinstance(found, Begun) if size is None else found == len(head) + size


def test_a_body_behind_the_answer_to_head_counts_as_far_as_it_is_there() -> None:
    dialogue = HTTPDialogue()
    dialogue.took(0, b"HEAD / HTTP/1.1\r\n\r\n")
    head = OK + b"Content-Length: 5\r\n\r\n"
    assert [dialogue.size(1, head + body) for body in (b"", b"hel", b"hello")] == [
        len(head),
        len(head) + 3,
        len(head) + 5,
    ]


def test_a_body_begins_behind_the_blank_line_also_where_the_fields_end_earlier() -> None:
    fields = OK + b"Content-Length: 6\n"
    head = fields + b"\t\nab\n\n"
    assert HTTPDialogue().size(1, head + b"cdef") is None
    assert HTTPDialogue().size(1, head + b"cdefgh") == len(fields) + 6


def test_what_stands_between_the_fields_and_the_blank_line_belongs_to_the_body_and_the_rest_goes_on() -> None:
    head = OK + b"X-Long: " + b"x" * 60 + b"\r\nContent-Length: 6\r\nno field\r\n\r\n"
    assert infos(talk(80, (0, GET), (1, head + b"abcdef")))[1] == "HTTP/1.1 200 OK Continuation"


def test_a_request_with_a_coding_that_has_no_name_ends_with_its_segment() -> None:
    folded = b"POST / HTTP/1.1\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"
    with pytest.raises(FramingError):
        HTTPDialogue().size(0, folded)
    assert infos(talk(80, (0, folded))) == ["POST / HTTP/1.1 "]


def test_what_follows_a_request_line_in_a_segment_with_errors_goes_on() -> None:
    packets = talk(80, (0, b"GET /long"), (0, b"er HTTP/1.1\r\n"))
    wrong = [Packet(each.data[:50] + b"\x12\x34" + each.data[52:], time_ns=each.time_ns) for each in packets]
    assert infos(wrong)[1] == "Continuation"
