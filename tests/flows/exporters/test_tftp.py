"""Files over TFTP: those of which every block was seen, within a bound that unfinished ones do not use up."""

from __future__ import annotations

import pytest

from dissect import UDP, Ethernet, Header, IPv4, Packet, TFTPAcknowledgment, TFTPData, TFTPReadRequest, TFTPWriteRequest
from dissect.flows.exporters import tftp as module
from dissect.flows.objects import objects
from tests.talk import numbered, seen

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"


def sent(src: str, sport: int, dst: str, dport: int, message: Header) -> Packet:
    return Packet(bytes(Ethernet() / IPv4(src=src, dst=dst) / UDP(sport=sport, dport=dport) / message))


def transfer(port: int, request: Header, *blocks: tuple[int, bytes]) -> list[Packet]:
    """A request from a port of the client, and blocks with these numbers in the direction that it asks for."""
    ends = (SERVER, port + 1000, CLIENT, port)
    way = ends if isinstance(request, TFTPReadRequest) else (ends[2], ends[3], ends[0], ends[1])
    answer = [] if isinstance(request, TFTPReadRequest) else [sent(*ends, TFTPAcknowledgment(block=0))]
    data = [sent(*way, TFTPData(block=number) / data) for number, data in blocks]
    return [sent(CLIENT, port, SERVER, 69, request), *answer, *data]


FULL = bytes(range(256)) * 2
"""A block of 512 bytes (RFC 1350, section 2): a shorter one is the last."""


@pytest.mark.parametrize("request_", [TFTPReadRequest("boot/a.cfg"), TFTPWriteRequest("boot/a.cfg")])
def test_a_file_is_whole_with_its_last_block(request_: Header) -> None:
    # Blocks that came again count once.
    packets = transfer(3000, request_, (1, FULL), (2, FULL), (2, FULL), (3, b"end"))
    (found,) = objects(numbered(*packets), "tftp")
    assert (found.name, found.data, found.number) == ("a.cfg", FULL + FULL + b"end", len(packets))


def test_a_file_whose_length_is_whole_blocks_ends_with_an_empty_one() -> None:
    (found,) = objects(numbered(*transfer(3000, TFTPReadRequest("a"), (1, FULL), (2, b""))), "tftp")
    assert found.data == FULL


@pytest.mark.parametrize("blocks", [[(1, FULL)], [(1, FULL), (3, b"end")], [(2, b"end")]])
def test_a_file_of_which_a_block_is_missing_is_none(blocks: list[tuple[int, bytes]]) -> None:
    assert list(objects(numbered(*transfer(3000, TFTPReadRequest("a"), *blocks)), "tftp")) == []


@pytest.mark.parametrize("bound", ["_MOST_BYTES", "_MOST_FILES"])
def test_transfers_that_never_end_make_room_for_others(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(module, bound, {"_MOST_BYTES": 2000, "_MOST_FILES": 3}[bound])
    unfinished = [packet for port in range(3000, 3008) for packet in transfer(port, TFTPReadRequest("x"), (1, FULL))]
    packets = [*unfinished, *transfer(4000, TFTPReadRequest("a"), (1, FULL), (2, b"end"))]
    assert [each.name for each in objects(numbered(*packets), "tftp")] == ["a"]


def test_no_more_is_held_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 2000)
    exporter = module.TFTPExporter()
    packets = [
        each for port in range(3000, 3020) for each in transfer(port, TFTPReadRequest("x"), (1, FULL), (2, FULL))
    ]
    for packet in seen(packets):
        assert list(exporter.take(packet)) == []
        assert exporter._size <= 2000
    assert exporter._size == sum(len(block) for blocks in exporter._files.values() for block in blocks.values())
