"""Usual frames are printed without the interpretation of declarations: that is counted in calls, not in seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dissect import TCP, Ethernet, IPv4, Packet, Timestamps, write

FRAMES = 1500


@pytest.fixture(scope="module")
def transfer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A connection in which every third segment is an acknowledgment, with timestamps."""
    path = tmp_path_factory.mktemp("usual") / "transfer.pcap"
    packets, sent = [], 1000
    for place in range(FRAMES):
        is_answer = place % 3 == 0
        ends = ("10.0.0.1", 40000, 1000), ("10.0.0.2", 9000, sent)
        (source, sport, seq), (destination, dport, ack) = ends if is_answer else reversed(ends)
        data = b"" if is_answer else bytes(place * 37 % 1400)
        stamps = Timestamps(value=1000 + place, echo=900 + place)
        segment = TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags="A", window=500 + place % 40, options=[stamps])
        frame = Ethernet() / IPv4(src=source, dst=destination, id=place) / segment / data
        packets.append(Packet(bytes(frame), time_ns=10**18 + place * 10**6))
        sent += len(data)
    write(path, packets)
    return path


_COUNT = """
import contextlib, io, sys
from dissect.commands.main import main

calls = 0
def count(frame, event, argument):
    global calls
    calls += event == "call"

with contextlib.redirect_stdout(io.StringIO()):
    # What is made once is made before.
    main(sys.argv[1:])
    sys.setprofile(count)
    main(sys.argv[1:])
    sys.setprofile(None)
print(calls)
"""
"""In a process of its own, for other tests declare protocols that any frame may hold."""


@pytest.mark.parametrize(("options", "most"), [((), 100), (("-V",), 320), (("-T", "json"), 340)])
def test_calls_for_a_frame(options: tuple[str, ...], most: int, transfer: Path) -> None:
    """At most half as many again as were counted: 45, 210 and 229; without forms there are 377, 436 and 473."""
    command = [sys.executable, "-c", _COUNT, "read", *options, str(transfer)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) / FRAMES < most
