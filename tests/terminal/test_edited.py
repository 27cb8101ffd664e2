"""Editing one packet: fields and bytes, a step back, what differs and what a repair would do."""

from __future__ import annotations

import pytest

from dissect import UDP, Ethernet, FieldError, IPv4, Packet, TFTPReadRequest
from dissect.terminal.edited import Edited, FieldAt
from dissect.terminal.visible import visible

PACKET = Packet(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=9) / b"data"))


def at(edited: Edited, layer: int, name: str) -> FieldAt:
    """Return a field of a layer of the packet."""
    return FieldAt(layer, list(edited.packet.layers())[layer].field(name))


def test_a_field_is_set_and_set_back() -> None:
    edited = Edited(PACKET)
    field = at(edited, 1, "ttl")
    edited.set_field(field, "7")
    assert edited.packet["ip.ttl"] == 7
    assert edited.is_changed
    assert edited.value(field) == "7"
    # The checksum of the header is that of the captured one, and a repair would change it.
    assert any("ip.checksum" in line.text for line in edited.lines() if line.kind == "follows")
    edited.repair()
    assert not edited.packet.problems()
    edited.undo()
    edited.undo()
    assert not edited.is_changed
    edited.undo()
    assert edited.data == PACKET.data


def test_what_does_not_fit_is_told_and_changes_nothing() -> None:
    edited = Edited(PACKET)
    with pytest.raises(FieldError):
        edited.set_field(at(edited, 1, "ttl"), "256")
    with pytest.raises(FieldError, match="pairs of hex digits"):
        edited.set_byte(0, "0x")
    with pytest.raises(FieldError, match="run past the end"):
        edited.set_byte(len(PACKET.data) - 1, "0a ff")
    assert not edited.is_changed
    assert [line.kind for line in edited.lines()] == [""]


def test_bytes_are_set_where_they_stand() -> None:
    edited = Edited(PACKET)
    edited.set_byte(22, "0x07")
    assert edited.packet["ip.ttl"] == 7
    assert edited.data[:22] + edited.data[23:] == PACKET.data[:22] + PACKET.data[23:]


def test_a_value_that_was_only_looked_at_stays() -> None:
    asked = b"\x00\x01a\x1b[2Jb\x00octet\x00"
    edited = Edited(
        Packet(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=69) / asked))
    )
    place = [type(each) for each in edited.packet.layers()].index(TFTPReadRequest)
    field = at(edited, place, "file")
    assert visible(edited.value(field)) == r"a\x1b[2Jb"
    edited.set_field(field, r"a\x1b[2Jb")
    assert not edited.is_changed
    edited.set_field(field, "c")
    assert edited.packet[TFTPReadRequest].file == "c"
