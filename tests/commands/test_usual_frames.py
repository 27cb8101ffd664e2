"""Usual frames are printed without the interpretation of declarations: that is counted in calls, not in seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dissect import DNS, TCP, UDP, EchoReply, EchoRequest, Ethernet, Header, IPv4, Packet, Question, Timestamps, write

FRAMES = 2700
"""The first ones are gone through question by question, before functions are written."""


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


@pytest.fixture(scope="module")
def exchanges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions to a name server, and pings, each with its answer."""
    path = tmp_path_factory.mktemp("usual") / "exchanges.pcap"
    packets = []
    for place in range(FRAMES):
        number, is_answer = place // 4, place % 2 == 1
        client = 5400 + number % 90
        carried: Header = EchoRequest(id=7, seq=number) / bytes(48)
        if place % 4 < 2:
            message = DNS(id=number, is_response=is_answer, questions=[Question(domain=f"host{number % 50}.example")])
            carried = UDP(sport=53 if is_answer else client, dport=client if is_answer else 53) / message
        elif is_answer:
            carried = EchoReply(id=7, seq=number) / bytes(48)
        source, destination = ("10.0.0.2", "10.0.0.1") if is_answer else ("10.0.0.1", "10.0.0.2")
        frame = Ethernet() / IPv4(src=source, dst=destination, id=place) / carried
        packets.append(Packet(bytes(frame), time_ns=10**18 + place * 10**6))
    write(path, packets)
    return path


_COUNT = """
import contextlib, io, json, sys
from dissect.commands.main import main

calls = 0
def count(frame, event, argument):
    global calls
    calls += event == "call"

counted = []
for arguments in json.loads(sys.argv[1]):
    calls = 0
    with contextlib.redirect_stdout(io.StringIO()):
        # What is made once is made before.
        main(arguments)
        sys.setprofile(count)
        main(arguments)
        sys.setprofile(None)
    counted.append(calls)
print(json.dumps(counted))
"""
"""In a process of its own, for other tests declare protocols that any frame may hold."""

# At most half as many again as were counted. Without forms, a line takes 377 calls, details 436 and JSON 473.
PRINTED = {"": 70, "-V": 280, "-T json": 305}
COUNTED = {
    "io,stat,1": 7,
    "io,phs": 46,
    "conv,tcp": 46,
    "endpoints,ip": 46,
    "hosts": 140,
    "io,stat,1,SUM(tcp.len)tcp.len": 320,
    "follow,tcp,ascii,0": 210,
    "plen,tree": 330,
    "http,tree": 190,
    "flow,tcp,network": 1200,
    "expert": 96,
}
LEARNT = {"tcp.stream tcp.seq": 52, "udp.stream": 170, "dns.time": 410, "icmp.resptime": 170}


@pytest.fixture(scope="module")
def calls(transfer: Path, exchanges: Path) -> dict[str, float]:
    """The calls for each frame of what is printed, of what is counted, and of what is learnt."""
    commands: dict[str, list[str]] = {}
    for options in PRINTED:
        commands[options] = ["read", *options.split(), str(transfer)]
    for tap in COUNTED:
        commands[tap] = ["read", "-q", "-z", tap, str(transfer)]
    for names in LEARNT:
        asked = [part for name in names.split() for part in ("-e", name)]
        commands[names] = ["read", "-T", "fields", *asked, str(transfer if names.startswith("tcp") else exchanges)]
    command = [sys.executable, "-c", _COUNT, json.dumps(list(commands.values()))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {what: count / FRAMES for what, count in zip(commands, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize(("what", "most"), [*PRINTED.items(), *COUNTED.items(), *LEARNT.items()])
def test_calls_for_a_frame(what: str, most: int, calls: dict[str, float]) -> None:
    assert 0 < calls[what] < most
