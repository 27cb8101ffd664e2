"""HTTP beside tshark: what two ends may say to each other, right and wrong, in fields and in the list."""

from __future__ import annotations

import json
from gzip import compress
from pathlib import Path
from typing import Any

import pytest

from dissect import TCP, Packet, write
from dissect.commands.main import main
from tests.oracle.tshark import Tshark
from tests.talk import differences, talk

FIELDS = """
    frame.protocols _ws.col.Protocol _ws.col.Info tcp.segment_data tcp.reassembled.length http.chat http.request
    http.request.method http.request.uri http.request.version http.request.line http.request.full_uri
    http.request.uri.path http.request.uri.query http.request.uri.query.parameter http.request_number http.host
    http.response http.response.version http.response.code http.response.code.desc http.response.phrase
    http.response.line http.response_number http.request_in http.response_in http.prev_request_in
    http.prev_response_in http.next_request_in http.next_response_in http.time http.response_for.uri
    http.content_type http.content_length http.content_length_header http.transfer_encoding http.content_encoding
    http.chunk_size http.chunk_data http.chunk_boundary http.file_data http.authbasic http.cookie_pair
    http.te_and_length http.te_unknown http.decompression_failed http.subdissector_failed http.bad_header_name
    http.leading_crlf urlencoded-form.key urlencoded-form.value
    _ws.expert.message _ws.malformed
""".split()
GET = b"GET /a?b=c&d HTTP/1.1\r\nHost: example.com\r\nCookie: x=1; y\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = OK + b"Content-Length: 0\r\n\r\n"
TEXT = b"Content-Type: text/plain\r\n"
XML = b'<?xml version="1.0" encoding="UTF-8"?>'
ZIPPED = compress(b"one two three", mtime=0)
TWICE = b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"

TALKS: dict[str, list[Any]] = {
    "simple": [(0, GET), (1, OK + TEXT + b"Content-Length: 3\r\n\r\nabc"), (0, GET), (1, EMPTY)],
    "cut": [
        (0, GET[:9]), (0, GET[9:30]), (0, GET[30:]),
        (1, OK), (1, TEXT + b"Content-Length: 9\r\n\r\n123"), (1, b"456789"),
    ],
    "pipelined": [(0, GET * 3), (1, (OK + b"Content-Length: 2\r\n\r\nhi") * 2), (1, OK + b"Content-Length: 0\r\n\r\n")],
    "a beginning behind another end": [(0, GET[:9]), (0, GET[9:] + GET + GET[:2]), (0, GET[2:])],
    "messages that go on behind others": [
        (0, GET[:9]), (0, GET[9:] + GET + GET[:-4]), (0, GET[-4:]),
        (1, EMPTY + OK + TEXT + b"Content-Length: 3\r\n\r\na"), (1, b"bc" + EMPTY + OK), (1, b"\r\n", "FA"),
    ],
    "a chunk over many segments": [
        (0, GET),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n10\r\nabcd"),
        (1, b"efgh"), (1, b"ijkl"), (1, b"mnop\r\n0\r\n\r\n"),
    ],
    "until the end": [(0, GET), (1, OK + TEXT + b"\r\nab"), (1, b"cd"), (1, b"ef", "FA")],
    "until an end alone": [(0, GET), (1, OK + b"\r\nab"), (1, b"", "FA")],
    "until a reset": [(0, GET), (1, OK + b"\r\nab"), (1, b"", "RA")],
    "chunks": [
        (0, GET),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n00A\r\n0123456789\r\n"),
        (1, b"0\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n"),
    ],
    "compressed": [
        (0, GET),
        (1, OK + TEXT + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED),
    ],
    "no body": [
        (0, GET.replace(b"GET", b"HEAD")),
        (1, OK + b"Content-Length: 50\r\n\r\n"),
        (0, GET),
        (1, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n"),
        (1, b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    "a body where there is none": [
        (0, GET),
        (1, b"HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\nabc"),
        (1, b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nab"),
        (1, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1\r\n\r\na" + EMPTY),
    ],
    "blanks that are none": [
        (1, OK + b"Content-Encoding:\x0cgzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n\x0b1\r\na\r\n0\r\n\r\n"),
        (1, OK + TEXT + b"Transfer-Encoding:\x0cchunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "FA"),
    ],
    "wrong check sums": [
        (1, OK + TWICE + b"Content-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED[:-8] + bytes(8)),
    ],
    "a status too short": [(1, b"HTTP/1.1 2 ok\r\nContent-Length: 0\r\n\r\n")],
    "a status too long": [(1, b"HTTP/1.1 2040 ok\r\nContent-Length: 0\r\n\r\n")],
    "switching to nothing": [(0, GET), (1, b"HTTP/1.1 101 ok\r\nContent-Length: 3\r\n\r\nabc"), (0, GET), (1, EMPTY)],
    "lengths with a coding": [
        (1, OK + TEXT + b"Transfer-Encoding: identity\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
        (1, OK + TEXT + b"Content-Length: 3\r\nTransfer-Encoding: identity\r\n\r\nabc"),
        (1, OK + TEXT + b"Content-Length: 3 4\r\n\r\nabc", "FA"),
    ],
    "no coding": [(0, GET), (1, OK + TEXT + b"Transfer-Encoding: \rchunked\r\n\r\nabc"), (1, b"d", "FA")],
    "chunks in front of a blank line": [
        (0, GET),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\nA: b\n \n1\r\na\r\n0\r\n\r\n"),
        (1, b"", "FA"),
    ],
    "an odd end of chunks": [
        (0, GET),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\n\r\r\n"),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\n\r\n"),
    ],
    "chunks behind a line that is no field": [
        (0, GET),
        (1, OK + TEXT + b"no field\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na"),
        (1, b"\r\n0\r\n\r\n"),
    ],
    "chunks that no size begins": [
        (0, GET),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n \r\nA: b\r\n\r\n1\r\na\r\n0\r\n\r\n"),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n" + EMPTY),
        (1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n;\r\nA: b\r\n\r\nabc\r\n"),
    ],
    "coded on its way": [
        (1, OK + TEXT + b"Transfer-Encoding: %b\r\nContent-Length: 3\r\n\r\nabc" % coding)
        for coding in (b"gzip", b"identity", b"x-gzip,chunky", b"deflate, gzip", b"other", b"x-compress")
    ],
    "nothing known": [(0, b"hello\r\n"), (1, b"\x16\x03\x01\n\n"), (0, b"x\r\n")],
    "something behind": [(0, GET + b"hello\r\n"), (1, OK + b"Content-Length: 1\r\n\r\nabc\r\n"), (0, b"more\r\n")],
    "odd lines": [
        (0, b"\r\nGET /x\n\n"),
        (0, b"GET / HTTP/1.1\r\nA b: c\r\n: d\r\nE:\r\n\r\n"),
        (1, b"HTTP/1.1 299 what ever\r\nContent-Length: 0\r\n\r\n"),
        (1, b"HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n"),
    ],
    "a form": [
        (0, b"POST / HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n"),
        (0, b"Content-Length: 13\r\n\r\na=b+%41&c&d=e"),
        (1, b"HTTP/1.0 302 Found\r\nAuthorization: Basic YTpi\r\nContent-Length: 0\r\n\r\n"),
    ],
    "both lengths": [(1, OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")],
    "text that is XML": [
        (1, OK + b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        for body in (XML, XML + b"<a/>", XML.upper() + b"a")
    ] + [(1, OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n2a\r\n%b\r\n0\r\n\r\n" % (XML + b"<a/>"))],
    "odd codings": [
        (0, GET),
        (1, OK + TEXT + b"Content-Encoding:\r\nContent-Length: 3\r\n\r\nabc"),
        (1, OK + TEXT + b"Content-Encoding:\r\nContent-Length: 0\r\n\r\n"),
        (1, OK + TWICE + b"Content-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED),
        (1, OK + b"Content-Encoding: gzip\r\nContent-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc"),
        (1, OK + b"Content-Length: 5\r\nContent-Length: x\r\nContent-Length: 3\r\n\r\nabc"),
        (1, OK + b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked;\r\n\r\n1\r\na\r\n0\r\n\r\n"),
        (1, OK + b"Transfer-Encoding: chunkedx\r\n\r\n1\r\na\r\n0\r\n\r\n"),
    ],
    "fields behind a body": [
        (0, GET), (1, EMPTY), (1, b"Age: 5\r\nContent-Type: text/html\r\n\r\nabc"),
        (1, b"Content-Type: image/jpeg\r\n\r\nabc"), (1, b"Content-Length: 7 x\r\nContent-Length: x\r\n"),
    ],
    "a request sent again": [(0, GET), (1, b"HTTP/1.1 102 Processing\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n")],
}  # fmt: skip


@pytest.mark.parametrize("two_pass", [False, True])
@pytest.mark.parametrize("port", [80, 8080])
def test_http(tshark: Tshark, tmp_path: Path, capsys: Any, port: int, two_pass: bool) -> None:
    packets = [
        packet
        for number, said in enumerate(TALKS.values())
        for packet in talk(port, *said, sport=20000 + number, shakes_hands=False)
    ]
    options = ["-2"] if two_pass else []
    assert differences(tshark, tmp_path / "http.pcap", packets, FIELDS, capsys, *options) == []


CHUNKED = OK + TEXT + b"Transfer-Encoding: chunked\r\n\r\n"


def test_segments_with_wrong_checksums_stand_alone(tshark: Tshark, tmp_path: Path, capsys: Any) -> None:
    talks: list[list[Any]] = [
        [(0, b"GET / HTTP/1.1\r\n")],
        [(0, b"GET / HTTP/1.1\r\nHost: exam")],
        [(0, GET), (1, OK + b"Content-Type: text/ht")],
        [(0, GET), (1, OK + TEXT + b"Content-Length: 50\r\n\r\nabc"), (1, b"def")],
        [(0, GET), (1, CHUNKED + b"5\r\nab")],
        [(0, GET), (1, CHUNKED + b"5\r\nabcde\r\n")],
        [(0, GET), (1, b"Age: 5\r\nX: 7")],
        [(0, GET), (1, b"Age: 5\r\nContent-Type: text/html\r\n\r\nbody")],
        [(0, b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\na=b"), (0, b"&c")],
        [(0, b"Age: 5\r\nX: 7\r\n\r\nbody")],
    ]
    packets = [
        _with_a_wrong_checksum(packet) if packet.get("tcp.len") != [0] else packet
        for number, said in enumerate(talks)
        for packet in talk(80, *said, sport=20000 + number)
    ]
    fields = [name for name in FIELDS if name != "_ws.expert.message"]
    assert differences(tshark, tmp_path / "http.pcap", packets, fields, capsys) == []


def _with_a_wrong_checksum(packet: Packet) -> Packet:
    frame = packet.frame
    frame[TCP].checksum ^= 0x1155
    return Packet(bytes(frame), time_ns=packet.time_ns, number=packet.number)


CUT = [
    [(0, GET), (0, b"abcdefghij" * 30)],
    [(0, GET), (0, b"\0\1\2" * 100)],
    [(0, GET), (0, b"Key: value\r\n" * 25)],
    [(0, GET), (0, b"line\r\nline\r\n" * 25)],
    [(0, GET), (0, b"ab\r\n" + bytes(296))],
    [(0, b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n" + b"x" * 250)],
    [(0, b"GET / HTTP/1.1\r\nHost: " + b"h" * 270 + b"\r\n\r\n")],
    [(0, GET), (1, OK + b"Content-Length: 250\r\nContent-Type: text/html\r\n\r\n" + b"y" * 235)],
    [(0, b"nothing that was heard before" * 9)],
]


@pytest.mark.parametrize("size", [80, 96, 128, 300])
def test_what_the_capture_cut(tshark: Tshark, tmp_path: Path, capsys: Any, size: int) -> None:
    packets = []
    for number, said in enumerate(CUT):
        *before, last = talk(80, *said, sport=20000 + number)
        packets += [*before, Packet(last.data[:size], time_ns=last.time_ns, original_length=len(last.data))]
    assert differences(tshark, tmp_path / "http.pcap", packets, [*FIELDS, "data.data"], capsys) == []


def members(layer: Any) -> list[Any]:
    """The names of what stands in a layer of a JSON document, in order, with what stands below."""
    return [(name, members(below) if isinstance(below, list) else below) for name, below in layer]


@pytest.mark.parametrize(
    "said",
    [
        [(0, GET + b"")],
        [(0, GET.replace(b"Cookie", b"X-Other"))],
        [(0, b"POST /\xc3\xa9 HTTP/1.1\r\nAuthorization: Basic YTpi\r\nContent-Length: 0\r\n\r\n")],
        [(0, b"NOTIFY / HTTP/1.1\r\nHost: a\r\nNT: b\r\n\r\n")],
        [(0, b"GET / HTTP/1.1\nHost: a\n\n")],
        [(0, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nOther: x\r\n\r\n")],
        [(1, b"HTTP/1.1 204 No Content\r\nServer: a\r\nX-Other: b\r\nContent-Length: 0\r\n\r\n")],
    ],
)
def test_lines_stand_in_the_order_of_the_message(tshark: Tshark, tmp_path: Path, capsys: Any, said: list[Any]) -> None:
    """In JSON, as in tshark's: the first line, those of the fields, and the blank one, each with what it tells."""
    path = tmp_path / "lines.pcap"
    write(path, talk(80, *said, shakes_hands=False))
    options = ["-T", "json", "-j", "http"]
    theirs = json.loads(tshark.ask(path, *options).output, object_pairs_hook=list)
    capsys.readouterr()
    assert main(["read", str(path), *options]) == 0
    ours = json.loads(capsys.readouterr().out, object_pairs_hook=list)
    for mine, other in zip(ours, theirs, strict=True):
        one, two = (dict(dict(dict(each)["_source"])["layers"]).get("http", []) for each in (mine, other))
        place = next((number for number, (name, _) in enumerate(two) if name.startswith("\\")), len(two) - 1) + 1
        assert members(one)[:place] == members(two)[:place]
        assert sorted(map(str, one)) == sorted(map(str, two))
