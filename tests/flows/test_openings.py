"""Conversations that another one opens, and those whose first bytes tell what is spoken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect import TCP, Data, write
from dissect.commands.main import main
from dissect.declare import Header, Line, line
from dissect.flows.learner import Learner, Place
from dissect.flows.openings import MOST_OPENINGS, Opening, Openings
from tests.declared import Outsiders
from tests.talk import infos, seen, talk

PORT = 9755
OUTSIDERS = Outsiders(TCP)

with OUTSIDERS:

    class Told(Header, name="told", title="Told", source="an example", framing=Line()):
        """A line over a connection that was opened."""

        words: str = line("words")

        def info(self) -> str:
            return f"told {self.words} {self.learnt('by', '')}"

    class Opens(Header, name="opens", title="Opens", source="an example", over={TCP: PORT}, framing=Line()):
        """A line with a port."""

        port: str = line("port")

    class OpensLearner(Learner, of=Opens):
        """Opens the port at the end that says it."""

        def observe(self, header: Opens, place: Place) -> None:
            if place.addresses is not None and header.port.isdigit():
                end = place.addresses[0] + int(header.port).to_bytes(2, "big")
                self.openings["tcp"].expect(Opening(Told, {"by": place.number}), end)


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with OUTSIDERS:
        yield


def test_a_connection_is_opened() -> None:
    said = infos([*talk(PORT, (1, b"7777\r\n")), *talk(7777, (0, b"one\r\n"), (1, b"three\r\n"), sport=4000)])
    assert [each for each in said if each.startswith("told")] == ["told one 4", "told three 4"]


def test_only_from_then_on() -> None:
    packets = [*talk(7778, (0, b"before\r\n"), sport=4000), *talk(PORT, (1, b"7778\r\n"))]
    assert not any(each.startswith("told") for each in infos(packets))


def test_lists_without_packets_see_it_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.pcap", [*talk(PORT, (1, b"7777\r\n")), *talk(7777, *[(0, b"a\r\n")] * 9, sport=4000)])
    capsys.readouterr()
    assert main(["read", str(tmp_path / "a.pcap")]) == 0
    assert capsys.readouterr().out.count("told a") == 9


def test_the_first_bytes_tell_for_the_rest() -> None:
    body = b"\x00\x01" * 20
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"
    packets = seen(talk(8123, (0, b"GET / HTTP/1.1\r\n\r\n"), (1, answer + body[:9]), (1, body[9:]), (1, b"x")))
    assert packets[5].get("http.response.code") == [200]
    assert packets[5].get("tcp.segment") == [5, 6]
    assert packets[6].get("frame.protocols") == ["eth:ethertype:ip:tcp"]


def test_both_ends_or_one() -> None:
    awaited = Openings()
    one, two, three = Opening(Data), Opening(Data), Opening(Data)
    awaited.expect(one, b"aaaa\0\1")
    awaited.expect(two, b"bbbb\0\2")
    awaited.expect(three, b"cccc\0\3", b"aaaa\0\1")
    assert awaited.find(b"xxxx\0\5", b"aaaa\0\1") is one
    assert awaited.find(b"aaaa\0\1", b"bbbb\0\2") is two
    assert awaited.find(b"aaaa\0\1", b"cccc\0\3") is awaited.find(b"cccc\0\3", b"aaaa\0\1") is three
    assert awaited.find(b"xxxx\0\5", b"yyyy\0\6") is None


def test_they_are_bounded() -> None:
    awaited = Openings()
    for number in range(MOST_OPENINGS + 10):
        awaited.expect(Opening(Data), number.to_bytes(6, "big"))
    assert len(awaited) == MOST_OPENINGS
    awaited.clear()
    assert len(awaited) == 0


def test_any_port_of_an_address_is_awaited() -> None:
    client, server, other = b"\x0a\0\0\x01\xc0\x01", b"\x0a\0\0\x02\xd4\x31", b"\x0a\0\0\x03\xd4\x31"
    awaited, told = Openings(), []
    awaited.tell(lambda: told.append(1))
    wide, narrow = Opening(Data), Opening(Data)
    awaited.expect(wide, client, server[:-2])
    assert awaited.find(server, client) is awaited.find(client, server[:-2] + b"\0\x07") is wide
    assert awaited.find(other, client) is awaited.find(client[:-2] + b"\0\x07", server) is None
    awaited.expect(narrow, server, client)
    assert awaited.find(client, server) is narrow
    assert told == [1, 1]
