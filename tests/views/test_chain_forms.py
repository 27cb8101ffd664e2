"""Frames of a known chain have the text of packets, and what the chain tells is not asked again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from dissect import ARP, PPP, TCP, UDP, Data, Ethernet, Header, IPv4, Packet, PPPoESession
from dissect.declaration.generated import written
from dissect.declaration.named import name_of
from dissect.declaration.traced_decoding import Decoded
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.protocols.tftp import TFTPData, TFTPReadRequest
from dissect.views import chain_forms
from dissect.views.compiled import CompiledText
from dissect.views.listing import list_line
from dissect.wireshark.sight import seen_layers

__all__: list[str] = []
FRAMES: dict[str, Header] = {
    "ARP": Ethernet() / ARP(sender_ip="10.0.0.1"),
    "PPPoE": Ethernet()
    / PPPoESession()
    / PPP()
    / IPv4(src="10.0.0.1", dst="10.0.0.2")
    / TCP(sport=5, flags="A", ack=1),
}


pytestmark = pytest.mark.usefixtures("eager")


def changed(frame: Header, number: int) -> bytes:
    copy = frame.copy()
    for header in copy.layers():
        if isinstance(header, TCP):
            header.window = number
        if isinstance(header, ARP):
            header.target_ip = f"10.0.0.{number}"
    return bytes(copy)


def slow_among(frames: Iterable[bytes], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of the frames that become packets; all texts have to be those of packets."""
    clock = Clock()
    reading, found = ReadingPass(clock=clock), list[str]()
    show = CompiledText(lambda clock: lambda packet: list_line(packet, clock), clock)
    take: Any = show.taker(Packet(b"", link=1), reading, found.append)
    slow: list[int] = []
    make = show.of_chain

    def noted(packet: Packet) -> Any:
        slow.append(packet.number)
        return make(packet)

    monkeypatch.setattr(show, "of_chain", noted)
    other, alone = Clock(), ReadingPass()
    for number, data in enumerate(frames, 1):
        packet = Packet(data, number=number, time_ns=1000 * number)
        if not take(data, 0, len(data), number, 1000 * number, len(data)):
            reading.observe(packet)
            found.append(show(packet))
            clock.show()
        again = Packet(data, number=number, time_ns=1000 * number)
        other.advance(again)
        alone.observe(again)
        assert found[-1] == list_line(again, other)
        assert list(seen_layers(again))
    return slow


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_frames_of_a_chain_have_the_text_of_packets(frame: Header, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = slow_among((changed(frame, number) for number in range(1, 30)), monkeypatch)
    # In the end none of them becomes one.
    assert slow
    assert max(slow) < 20


def test_headers_that_others_tell_of_and_that_have_facts_take_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    client, server = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    request = Ethernet() / client / UDP(sport=3000, dport=69) / TFTPReadRequest(file="a", mode="octet")
    blocks = (
        Ethernet() / server / UDP(sport=4000, dport=3000) / TFTPData(block=block) / Data(bytes(512))
        for block in range(1, 30)
    )
    slow = slow_among([bytes(request), *map(bytes, blocks)], monkeypatch)
    assert slow
    assert max(slow) < 20


def written_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of the names of functions that are written out from now on."""
    names: list[str] = []

    def noted(lines: list[str], known: dict[str, Any], name: str, where: str) -> Any:
        names.append(name)
        return written(lines, known, name, where)

    monkeypatch.setattr(chain_forms, "written", noted)
    return names


@pytest.mark.parametrize("longest", [0, 1000])
def test_what_is_written_out_leaves_other_frames_to_the_branches(longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names = written_names(monkeypatch)
    monkeypatch.setattr(chain_forms, "_SETTLED", 8)
    monkeypatch.setattr(chain_forms, "_LONGEST_INSIDE", longest)
    requests = [bytes(Ethernet() / ARP(target_ip=f"10.0.0.{number}")) for number in range(1, 30)]
    inverse = [bytes(Ethernet() / ARP(opcode=8, target_ip=f"10.0.0.{number}")) for number in range(1, 30)]
    mixed = [each for both in zip(requests, inverse, strict=True) for each in both]
    slow = slow_among([*requests, *mixed, *requests], monkeypatch)
    assert names.count("whole") >= 2
    # The first frame is of no chain yet. Each of both kinds is compared with the text of a packet, and no more.
    assert slow == [2, 31, 33]


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_for_few_frames_no_functions_are_written(frame: Header, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names = written_names(monkeypatch)
    monkeypatch.setattr(chain_forms, "_FEW", few)
    slow = slow_among((changed(frame, number) for number in range(1, 30)), monkeypatch)
    assert max(slow) < 20
    assert ("ask" in names) == (not few)


def test_the_questions_are_written_out_ever_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found branch by branch all the same, as here the second kind, does not have them written each time."""
    names = written_names(monkeypatch)
    monkeypatch.setattr(chain_forms, "_SETTLED", 8)
    monkeypatch.setattr(chain_forms, "_LEAST_INSIDE", 1)
    monkeypatch.setattr(chain_forms, "_OF_SO_MANY", 1 << 20)
    both = [bytes(Ethernet() / ARP(opcode=opcode)) for opcode in (1, 8)]
    slow_among(both * 300, monkeypatch)
    assert 2 <= names.count("whole") <= 6


def test_more_texts_are_written_out_as_more_frames_come(monkeypatch: pytest.MonkeyPatch) -> None:
    names = written_names(monkeypatch)
    monkeypatch.setattr(chain_forms, "_SETTLED", 8)
    monkeypatch.setattr(chain_forms, "_LEAST_INSIDE", 1)
    both = [bytes(Ethernet() / ARP(opcode=opcode)) for opcode in (1, 8)]
    slow_among(both * 300, monkeypatch)
    # The first time one of the two, and both as soon as sixteen were found branch by branch.
    assert names.count("whole") == 2


def test_where_nobody_looks_a_chain_tells_that_nothing_is_carried() -> None:
    tcp = Decoded(name_of(TCP), False, False, True, 34, 54, "total", "size", 0, "", "0")
    carried = chain_forms._carried(tcp)
    assert [eval(carried, {"total": end}) for end in (54, 55)] == [name_of(type(None)), ""]
    # What is seen is the same in all frames, and of some headers nobody knows where they end.
    assert chain_forms._carried(tcp._replace(carried=name_of(ARP))) == repr(name_of(ARP))
    assert chain_forms._carried(tcp._replace(body=None)) == "''"
