"""Frames, several of them, paths and readers: whatever takes packets takes all of these."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dissect import (
    UDP,
    Ethernet,
    IPv4,
    Packet,
    alarms,
    conversations,
    count_conversations,
    count_endpoints,
    count_intervals,
    count_lengths,
    count_protocols,
    count_remarks,
    flows,
    logins,
    objects,
    told_names,
    with_context,
)
from dissect.captures import read, write
from dissect.captures.given import packets_of, reader_of
from dissect.errors import FieldError

FRAME = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=40000, dport=9999) / b"data"
TAKES: list[Callable[[Any], Any]] = [
    with_context,
    conversations,
    count_conversations,
    count_endpoints,
    count_intervals,
    count_lengths,
    count_protocols,
    count_remarks,
    flows,
    alarms,
    logins,
    objects,
    told_names,
]


@pytest.mark.parametrize("take", TAKES, ids=lambda take: take.__name__)
def test_what_takes_packets_takes_frames_and_bytes(take: Callable[[Any], Any], tmp_path: Path) -> None:
    path = tmp_path / "one.pcap"
    write(path, [FRAME])
    whole = [repr(each) for each in take([Packet(FRAME, time_ns=0)])]
    captures: list[Any] = [path, str(path), read(path), BytesIO(path.read_bytes())]
    for given in captures:
        assert [repr(each) for each in take(given)] == whole
    # These have no time.
    timeless = [repr(each) for each in take(Packet(FRAME))]
    frames: list[Any] = [FRAME, bytes(FRAME), [FRAME], (bytes(FRAME),), iter([FRAME]), bytearray(bytes(FRAME))]
    for given in frames:
        assert [repr(each) for each in take(given)] == timeless


@pytest.mark.parametrize("take", TAKES, ids=lambda take: take.__name__)
@pytest.mark.parametrize("given", [5, None, 1.5, object(), [5], ["text"], [None], [[FRAME]]])
def test_what_holds_no_packets_is_refused_in_a_sentence(take: Callable[[Any], Any], given: object) -> None:
    with pytest.raises(FieldError, match=r"expected a path, a packet, a header|expected a packet, a header or bytes"):
        list(take(given))


def test_a_header_that_begins_no_frame_keeps_what_it_is() -> None:
    (packet,) = packets_of(UDP(sport=5, dport=6) / b"data")
    assert (packet.link, packet[UDP].dport, bytes(packet)) == (147, 6, bytes(UDP(sport=5, dport=6) / b"data"))


def test_a_reader_that_is_given_stays_open(tmp_path: Path) -> None:
    write(tmp_path / "two.pcap", [FRAME, FRAME])
    with read(tmp_path / "two.pcap") as reader:
        assert reader_of(reader) is reader
        assert next(with_context(reader)).number == 1
        assert next(reader).number == 2
    assert reader_of([FRAME]) is None
