"""The Python of a frame: it builds the same frame, and says nothing that need not be said."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import dissect
from dissect import ARP, TCP, UDP, Data, DissectError, Ethernet, Header, IPv4, Packet
from dissect.views.strategies import frames
from tests.declared import PUBLIC_NAMES, any_bytes


def _built(source: str) -> Any:
    return eval(source, dict(PUBLIC_NAMES))


@given(any_bytes)
def test_the_source_of_any_frame_builds_it(data: bytes) -> None:
    frame = dissect.parse(data)
    assert _built(frame.source()) == frame


def _is_of_public_names(frame: Header) -> bool:
    """Whether all headers are those of the package: other tests of a process declare some of theirs."""
    return all(type(header).__name__ in PUBLIC_NAMES for header in frame.layers())


@given(frames().filter(_is_of_public_names))
def test_the_source_of_a_built_frame_builds_it(frame: Header) -> None:
    again = _built(frame.source())
    assert again == frame
    assert bytes(again) == bytes(frame)


def _check(capture: Path) -> None:
    with suppress(DissectError):
        for packet in dissect.read(capture):
            again = _built(packet.source())
            assert again == packet
            assert bytes(again) == packet.data


def test_the_source_of_every_frame_of_the_samples_builds_it(sample_capture: Path) -> None:
    _check(sample_capture)


def test_the_source_of_every_frame_of_the_corpus_builds_it(corpus_capture: Path) -> None:
    _check(corpus_capture)


@pytest.mark.parametrize(
    "source",
    [
        "Ethernet()",
        "Data(b'abc')",
        "UDP(dport=53) / b'abc'",
        "UDP(dport=53) / bytes(8)",
        "UDP(dport=53) / (b'a' * 100)",
        "(Ethernet() / ARP(target_ip='10.0.0.2')).padded()",
        "Ethernet(trailer=bytes(60)) / IPv4()",
        "Ethernet(trailer=b'abc') / IPv4(flags='DF') / TCP(flags='S', options=[MSS(1400)])",
        "(\n    Ethernet(dst='00:05:5d:a1:b8:40', src='00:05:5d:61:58:a8')\n"
        "    / IPv4(src='192.168.0.55', dst='192.168.0.2')\n    / UDP(sport=1000)\n)",
    ],
)
def test_source_is_this_short(source: str) -> None:
    frame = _built(source)
    assert frame.source() == source
    parsed = dissect.parse(bytes(frame), link="ethernet") if isinstance(frame, Ethernet) else frame
    assert parsed.source() == source


@pytest.mark.parametrize(
    "frame",
    [
        Ethernet(dst="00:05:5d:a1:b8:40") / IPv4(ttl=3) / UDP(checksum=7) / b"data",
        (Ethernet() / ARP(opcode="reply")).padded(),
        IPv4(total_length=3, protocol=200) / TCP(seq=9, window=3),
        Data(b"x") / IPv4(),
    ],
)
def test_no_argument_can_be_left_out(frame: Header) -> None:
    for layer in frame.layers():
        for field in layer.layout:
            if f"{field.name}=" in layer.own_repr():
                without = frame.copy()
                next(each for each in without.layers() if type(each) is type(layer))._reset(field)
                assert bytes(without) != bytes(frame), field


def test_a_packet_is_the_source_of_its_frame() -> None:
    frame = Ethernet() / IPv4() / UDP()
    packet = Packet(bytes(frame), number=3, time_ns=5)
    assert packet.source() == frame.source()
    assert _built(packet.source()) == packet
