"""Protocols whose messages depend on what was said before, and connections that speak another one from then on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dissect import TCP
from dissect.declare import UNTIL_END, Dialogue, Header, Line, line, u8
from dissect.flows.talking import Speaker, Talk
from tests.declared import Outsiders
from tests.talk import infos, seen, talk

PORT = 9754
OUTSIDERS = Outsiders(TCP)


class Words(Dialogue):
    """Lines; after "all" all is one message, after "bytes" each byte is one of another protocol."""

    def __init__(self) -> None:
        self.is_all = False

    def size(self, way: int, data: bytes) -> int | None:
        return UNTIL_END if self.is_all else Line()(data)

    def took(self, way: int, data: bytes) -> None:
        self.is_all = data == b"all\r\n"
        if data == b"bytes\r\n":
            self.becomes, self.within, self.switches = Single, Said, True
        if data == b"nothing\r\n":
            self.switches = True

    def recognizes(self, way: int, data: bytes) -> bool:
        return data != b"hidden\r\n"

    def announces(self, way: int, data: bytes) -> str:
        return f"begins {data.decode()}"


with OUTSIDERS:

    class Said(Header, name="said", title="Said", source="an example", over={TCP: PORT}, framing=Words):
        """A line."""

        words: str = line("words")

        def info(self) -> str:
            return f"<{self.words}>"

    class Single(Header, name="single", title="Single", source="an example", framing=lambda data: 1):
        """A byte."""

        byte: int = u8("byte", default=0)

        def info(self) -> str:
            return f"{self.byte}"


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with OUTSIDERS:
        yield


def test_messages_and_what_begins() -> None:
    said = infos(talk(PORT, (0, b"one\r\ntwo\r\nthr"), (0, b"ee\r\n"), (1, b"hidden\r\n")))
    assert said[:2] == ["<one><two>", "<three>"]
    assert said[2].startswith(f"{PORT} → 50000")
    begun = infos(talk(PORT, (0, b"thr")))
    assert begun == ["begins thr [TCP segment of a reassembled PDU]"]


def test_until_the_end() -> None:
    packets = seen(talk(PORT, (1, b"all\r\n"), (1, b"a\r\n"), (1, b"b"), (1, b"c", "FA")))
    assert [packet.get("said.words") for packet in packets[3:]] == [["all"], [], [], ["a"]]
    assert packets[-1].get("tcp.segment") == [5, 6, 7]


def test_an_end_without_data_completes() -> None:
    packets = seen(talk(PORT, (1, b"all\r\n"), (1, b"a\r\n"), (1, b"", "FA")))
    assert packets[-1].get("said.words") == ["a"]


def test_a_reset_completes_nothing() -> None:
    packets = seen(talk(PORT, (1, b"all\r\n"), (1, b"a\r\n"), (1, b"", "RA")))
    assert packets[-1].get("said.words") == []


def test_another_protocol_from_then_on() -> None:
    packets = seen(talk(PORT, (0, b"bytes\r\n\5\6"), (1, b"\7")))
    assert packets[3].get("single.byte") == [5, 6]
    assert packets[4].get("single.byte") == [7]
    assert packets[4].get("frame.protocols") == ["eth:ethertype:ip:tcp:said:single"]


def test_bytes_that_nobody_reads() -> None:
    packets = seen(talk(PORT, (0, b"nothing\r\n"), (1, b"x\r\n")))
    assert packets[4].get("frame.protocols") == ["eth:ethertype:ip:tcp:data"]


def test_speakers() -> None:
    talked = Talk(Words, Said.decode)
    client, server = Speaker(talked, 0), Speaker(talked, 1)
    assert client(b"a\r\nb") == 3
    assert server(b"a") is None
    assert client.took(b"a\r\n") is not None
    assert client.took(b"hidden\r\n") is None
    server.took(b"bytes\r\n")
    spoken = client.took(b"\1")
    assert spoken is not None
    assert spoken.decode is Single.decode
    assert spoken.within is Said
