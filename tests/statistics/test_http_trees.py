"""Trees of HTTP beside tshark: what is a message, whose it is, and what led to what."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

import dissect
from dissect import DestinationUnreachable, Ethernet, IPv4, Packet, count_tree
from dissect.commands.main import main
from tests.oracle.tshark import Tshark
from tests.talk import talk

NAMES = ("http,tree", "http_req,tree", "http_srv,tree", "http_seq,tree", "http,tree,http.response", "credentials")


def asks(method: bytes, target: bytes, *fields: bytes) -> tuple[int, bytes]:
    return 0, method + b" " + target + b" HTTP/1.1\r\n" + b"".join(each + b"\r\n" for each in fields) + b"\r\n"


def says(status: bytes, *fields: bytes) -> tuple[int, bytes]:
    return 1, b"HTTP/1.1 " + status + b"\r\n" + b"".join(e + b"\r\n" for e in (b"Content-Length: 0", *fields)) + b"\r\n"


TALKS = [
    # What is no HTTP counts where it is text.
    [(0, b"SSH-2.0-a\r\n"), (1, b"\0\1\n"), asks(b"GET", b"/"), says(b"200 OK")],
    [
        asks(b"GET", b"/a", b"Host: x.test"), says(b"200 OK"),
        asks(b"GET", b"/b?q=1", b"Host: x.test", b"Referer: http://x.test/a"), says(b"302 Found", b"Location: http://y.test/c"),
        asks(b"POST", b"/c", b"Host: Y.test", b"Referer: http://x.test/b?q=1"), says(b"301 M", b"Location: /d/e"),
        asks(b"GET", b"/d/e", b"Referer: http://n.test/"), says(b"404 no"),
        asks(b"M-SEARCH", b"*", b"Host: z"), says(b"999 odd"), says(b"42 odd"), says(b"299 odd"), says(b"100 Continue"),
        says(b"102 odd"), says(b"503 odd"), asks(b"NOTIFY", b"/pot", b"Host: z", b"Host: z2"),
    ],
    [
        asks(b"GET", b"/p", b"Host: q"), says(b"302 f", b"Location: rel"), says(b"302 f", b"Location: ?rel"),
        asks(b"GET", b"/dir/p?x=/y/", b"Host: q"), says(b"302 f", b"Location: ./a/../b"), says(b"302 f", b"Location: "),
        says(b"302 f", b"Location: HTTPS://u/"), says(b"302 f", b"Location: //v/w"), says(b"302 f", b"Location: #rel"),
        asks(b"GET", b"/", "Host: é".encode()), asks(b"GET", b"/", b"Host:   sp ace  "), (0, b"what is no request\r\n"),
        asks(b"GET", b"/chain", b"Host: x.test", b"Referer: http://y.test/c"),
        asks(b"GET", b"/chain", b"Host: x.test", b"Referer: http://x.test/chain"),
        asks(b"GET", b"/chain", b"Host: x.test", b"Referer: http://x.test/chain"),
    ],
]  # fmt: skip


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "http.pcap"
    packets = chain.from_iterable(talk(80, *said, sport=40000 + number) for number, said in enumerate(TALKS))
    dissect.write(path, [Packet(each.data, time_ns=10**18 + number * 10**6) for number, each in enumerate(packets)])
    return path


def test_beside_tshark(tshark: Tshark, capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [part for name in NAMES for part in ("-z", name)]
    theirs = tshark.ask(capture, "-q", *options).output
    assert main(["read", "-n", "-q", str(capture), *options]) == 0
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        line.rstrip() for line in theirs.splitlines()
    ]


def test_rows(capture: Path) -> None:
    rows = {row.path: row.frames for row in count_tree(capture, "http_req", display_filter="http.host == q")}
    assert rows == {
        ("HTTP Requests by HTTP Host",): 2,
        ("HTTP Requests by HTTP Host", "q"): 2,
        ("HTTP Requests by HTTP Host", "q", "/p"): 1,
        ("HTTP Requests by HTTP Host", "q", "/dir/p?x=/y/"): 1,
    }


def test_what_an_error_quotes_is_not_counted(tmp_path: Path) -> None:
    (*_, asked) = talk(80, asks(b"GET", b"/", b"Host: x"))
    error = Ethernet() / IPv4() / DestinationUnreachable(payload=asked.frame.payload)
    dissect.write(tmp_path / "quoted.pcap", [asked, error])
    assert count_tree(tmp_path / "quoted.pcap", "http")[0].frames == 1
