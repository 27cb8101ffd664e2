from __future__ import annotations

import io
from pathlib import Path

import pytest

import dissect
from dissect import ARP, UDP, Ethernet, FieldError, IPv4, IPv6, Packet
from dissect.captures.given import link_of
from dissect.differences.sources import Frames, as_packets

FRAME = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2)


def test_one_frame_and_several_are_taken() -> None:
    for source in (FRAME, bytes(FRAME), bytearray(bytes(FRAME)), Packet(bytes(FRAME))):
        assert [packet.data for packet in as_packets(source)] == [bytes(FRAME)]
    mixed = [FRAME, bytes(FRAME), memoryview(bytes(FRAME)), Packet(bytes(FRAME), number=9)]
    assert [(packet.number, packet.data) for packet in as_packets(mixed)] == [(at, bytes(FRAME)) for at in (1, 2, 3, 4)]


def test_an_edited_packet_is_taken_as_it_is_now() -> None:
    packet = Packet(bytes(FRAME), original_length=100)
    packet.frame[IPv4].ttl = 3
    (taken,) = as_packets(packet)
    assert taken[IPv4].ttl == 3
    assert taken.original_length == 100


def test_link_types_are_those_of_the_outermost_headers() -> None:
    assert link_of(FRAME) == 1
    assert link_of(FRAME[IPv4]) == 101
    assert link_of(IPv6()) == 101
    assert link_of(ARP()) == 147
    assert link_of(dissect.SLL()) == 113


def test_a_file_is_read_each_time_and_the_rest_is_held(tmp_path: Path) -> None:
    path = tmp_path / "frames.pcap"
    dissect.write(path, [FRAME, FRAME])
    frames = Frames(path)
    assert len(list(frames.packets())) == len(list(frames.packets())) == 2
    once = Frames(iter([FRAME]))
    assert len(list(once.packets())) == len(list(once.packets())) == 1
    opened = Frames(dissect.read(io.BytesIO(path.read_bytes())))
    assert len(list(opened.packets())) == len(list(opened.packets())) == 2


def test_each_way_through_begins_without_what_another_learnt() -> None:
    frames = Frames([FRAME, FRAME], context=True)
    for _ in range(2):
        assert [packet.get("udp.stream") for packet in frames.packets()] == [[0], [0]]


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(FieldError, match="item 1 is 'text', expected a packet, a header or bytes"):
        list(as_packets(["text"]))
    with pytest.raises(FieldError, match="None is no capture"):
        list(as_packets(None))  # type: ignore[arg-type]
