"""Files over FTP: what was asked for, whole, and within a bound."""

from __future__ import annotations

import pytest

from dissect import Packet
from dissect.flows.exporters import ftp as module
from dissect.flows.objects import objects
from tests.talk import numbered, talk


def test_what_was_retrieved_has_the_name_that_was_asked_for() -> None:
    control = talk(21, (0, b"PASV\r\n"), (1, b"227 ok (198,51,100,20,100,1)\r\n"), (0, b"RETR dir/a.txt\r\n"))
    packets = numbered(*control, *talk(25601, (1, b"one "), (1, b"two"), (1, b"", "FA"), sport=3333))
    (found,) = objects(packets, "ftp")
    assert (found.name, found.data) == ("a.txt", b"one two")


def transfer(port: int, command: bytes, *pieces: bytes) -> list[Packet]:
    """A passive transfer over a data port of its own."""
    told = b"227 ok (198,51,100,20,%d,%d)\r\n" % divmod(port, 256)
    control = talk(21, (0, b"PASV\r\n"), (1, told), (0, command + b"\r\n"), sport=port + 20000)
    way = 0 if command.startswith(b"STOR") else 1
    return [*control, *talk(port, *((way, piece) for piece in pieces), (way, b"", "FA"), sport=3333)]


@pytest.mark.parametrize(("command", "names"), [
    (b"RETR /a/b.txt", ["b.txt"]),
    (b"STOR c.bin", ["c.bin"]),
    (b"APPE c.bin", []),
    (b"LIST", []),
    (b"NLST /a", []),
])  # fmt: skip
def test_files_are_handed_on_and_lists_are_not(command: bytes, names: list[str]) -> None:
    assert [each.name for each in objects(numbered(*transfer(25601, command, b"data")), "ftp")] == names


def test_segments_that_came_again_or_out_of_order_count_once_and_in_order() -> None:
    packets = transfer(25601, b"RETR a", b"one ", b"two ", b"three")
    first, second, third = (packet for packet in packets if packet.data.endswith((b"one ", b"two ", b"three")))
    at = packets.index(first)
    packets[at : at + 3] = [first, third, first, second]
    (found,) = objects(numbered(*packets), "ftp")
    assert found.data == b"one two three"


def test_all_files_together_have_one_bound_and_none_has_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 10)
    packets = [*transfer(25601, b"RETR a", b"12345"), *transfer(25602, b"RETR b", b"abc", b"defgh", b"i")]
    # The third piece would fit, and would stand in the place of the second.
    assert [each.data for each in objects(numbered(*packets), "ftp")] == [b"12345", b"abc"]


def test_of_too_many_files_the_first_are_done_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_FILES", 1)
    packets = [*transfer(25601, b"RETR a", b"12345"), *transfer(25602, b"RETR b", b"abc")]
    found = objects(numbered(*packets), "ftp")
    assert [(each.name, each.data) for each in found] == [("a", b"12345"), ("b", b"abc")]
