"""Frames with tags: as many as are wanted, in their order."""

from __future__ import annotations

import pytest

from dissect import UDP, FieldError, IPv4, Network, parse
from dissect.lab.attacks.tagged_send import TaggedSend
from dissect.protocols.vlan import VLANTag


def test_a_datagram_behind_its_tags() -> None:
    lab = Network()
    a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    lab.link(a, b)
    program = lab.start_program(a, TaggedSend("10.0.0.2", "02:00:00:00:00:02", 9, [1, 20, 300]))
    lab.run()
    (packet,) = lab.recording.packets()
    assert [layer.id for layer in packet.layers() if isinstance(layer, VLANTag)] == [1, 20, 300]
    assert (packet[IPv4].src, packet[UDP].dport) == ("10.0.0.1", 9)
    assert b"hello" in packet.data
    assert parse(packet.data).problems() == []
    assert program.lines == ["sent to 10.0.0.2 with the tags 1, 20, 300"]


@pytest.mark.parametrize("tags", [[], [1] * 9, [4096], [-1]])
def test_tags_that_are_none(tags: list[int]) -> None:
    with pytest.raises(FieldError):
        TaggedSend("10.0.0.2", "02:00:00:00:00:02", 9, tags)
