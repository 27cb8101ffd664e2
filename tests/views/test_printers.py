"""Texts of frames of chains that an earlier process knew are made without a packet, and are those of packets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dissect import (
    ARP,
    LLC,
    MPLS,
    NTP,
    PPP,
    TCP,
    UDP,
    Ethernet,
    Header,
    IPv4,
    Packet,
    PPPoESession,
    captures,
    with_context,
    write,
)
from dissect.captures.reader import RecordTaker
from dissect.filters.applied import passing
from dissect.filters.compiler import CompiledFilter, compile_filter
from dissect.flows import chains
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.protocols.stp import STPRapid
from dissect.views.compiled import CompiledText
from dissect.views.details import Details
from dissect.views.kept_forms import KeptForms
from dissect.views.listing import list_line
from dissect.views.rows import compile_row
from tests.flows.connections import talk
from tests.flows.test_chains import CUT, some_frames

Make = Callable[[Clock], Callable[[Packet], str]]
HERE = IPv4(src="10.0.0.1", dst="10.0.0.2")
FRAMES: dict[str, Header] = {
    "ARP": Ethernet() / ARP(sender_ip="10.0.0.1"),
    "PPPoE": Ethernet() / PPPoESession() / PPP() / HERE / TCP(sport=5, flags="A", ack=1),
    "NTP": Ethernet() / HERE / UDP(sport=5, dport=123) / NTP(),
    "STP": Ethernet() / LLC() / STPRapid(),
    "TCP": Ethernet() / HERE / TCP(sport=5, dport=40_001, flags="A", ack=1, payload=b"data"),
    "UDP": Ethernet() / HERE / UDP(sport=5, dport=40_001, payload=b"data"),
}


@pytest.fixture(autouse=True)
def _kept(eager: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files written as a usual start does."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def line(clock: Clock) -> Callable[[Packet], str]:
    return lambda packet: list_line(packet, clock)


def run(
    folder: Path, make: Make, frames: Iterable[bytes], setting: str = "", passes: CompiledFilter | None = None
) -> list[int]:
    """Print frames as one process does, which keeps what it knows; return the numbers of those that became packets."""
    clock = Clock()
    kept = KeptForms(setting, folder=str(folder))
    # Where frames are told apart, the clock of the texts is not the pass's own.
    reading = ReadingPass(clock=clock) if passes is None else ReadingPass()
    texts, packets = list[str](), list[int]()
    show = CompiledText(make, clock, kept=kept)
    sieve, test = (None, None) if passes is None else (passes.sieve, passes.test)
    may_pass = None if passes is None else passes.held().may_pass
    take: Any = show.taker(Packet(b"", link=1), reading, texts.append, sieve, test, may_pass=may_pass)
    call = type(show).__call__

    def noting(text: CompiledText, packet: Packet, **options: bool) -> str:
        packets.append(packet.number)
        return call(text, packet, **options)

    other, alone = Clock(), ReadingPass()
    ordinary, expected = make(other), list[str]()
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(CompiledText, "__call__", noting)
        for number, data in enumerate(frames, 1):
            if not take(data, 0, len(data), number, 1000 * number, len(data)):
                packet = Packet(data, number=number, time_ns=1000 * number)
                if passes is not None:
                    clock.advance(packet)
                reading.observe(packet)
                if passes is None or passes(packet):
                    texts.append(show(packet))
                    clock.show()
            again = Packet(data, number=number, time_ns=1000 * number)
            other.advance(again)
            alone.observe(again)
            if passes is None or passes(again):
                expected.append(ordinary(again))
                other.show()
            assert texts == expected
    kept.keep()
    kept.chains.keep()
    return packets


@pytest.mark.parametrize("make", [line, Details])
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_what_is_known_needs_no_packet(frame: Header, make: Make, tmp_path: Path) -> None:
    data = bytes(frame)
    # The first segment of a connection is another one than those behind it, and comes once in a process.
    for _ in range(5):
        run(tmp_path, make, 12 * [data])
    assert run(tmp_path, make, 3 * [data]) == []
    # Other texts know nothing of it.
    assert run(tmp_path, make, [data], setting="other")


@pytest.mark.parametrize("filter", ["ntp || tcp", "frame.number > 2", "ip.ttl == 64 && udp"])
def test_what_passes_is_known_without_a_packet(filter: str, tmp_path: Path) -> None:
    frames = [bytes(frame) for _ in range(4) for frame in FRAMES.values()]
    counts = [len(run(tmp_path, line, frames, passes=compile_filter(filter))) for _ in range(6)]
    # Some frames of usual chains become packets: those that the sieve cannot tell of.
    assert counts[-1] < counts[0]


@pytest.mark.parametrize("make", [line, Details])
@given(before=some_frames(), frames=some_frames(), rare=st.sampled_from((0, 1)))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_texts_are_those_of_packets_whatever_is_known(
    make: Make, before: list[bytes], frames: list[bytes], rare: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patching:
        # Some cannot be followed, and are taken in by their beginning where not every one is tried.
        patching.setattr(chains, "_RARE", rare)
        for given_frames in (before, frames, before, frames):
            run(folder, make, given_frames)


@pytest.mark.parametrize("make", [line, Details])
@pytest.mark.parametrize("filter", ["", "http || dns", "tcp.seq == 1", "tcp.stream > 2 && tcp.dstport != 4321"])
def test_messages_that_are_cut_become_no_packets(
    make: Make, filter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "_RARE", 1)
    passes = compile_filter(filter) if filter else None
    frames = []
    for number in range(12):
        for frame in CUT:
            cut = frame.copy()
            cut[TCP].dport += number
            frames += [bytes(cut), bytes(frame)]
    counts = [len(run(tmp_path, make, frames, passes=passes)) for _ in range(6)]
    assert max(counts) < len(frames) // 2
    assert passes or counts[-1] < counts[0]


PRINTED = """
import sys
from dissect.commands.main import main
sys.argv = ["dissect", "read", *sys.argv[1:]]
from dissect.flows import chains
from dissect.views import compiled
chains._RARE = chains._FRAMES_PER_TRACE = compiled._RARE = compiled._PACKETS_PER_TRACE = 0
main()
print(*(name for name in ("ntp", "mpls") if f"dissect.protocols.{name}" in sys.modules))
"""


def printed(folder: Path, frames: Iterable[bytes], *options: str) -> list[list[str]]:
    """Return the lines that several processes print of frames, one after the other."""
    capture = folder / "frames.pcap"
    write(str(capture), [Packet(data, time_ns=number) for number, data in enumerate(frames)])
    arguments = [sys.executable, "-c", PRINTED, str(capture), *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "cache")
    told = []
    for _ in range(4):
        done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment)
        told.append(done.stdout.splitlines())
    return told


def test_what_other_frames_tell_of_a_segment_is_no_matter_of_its_bytes(tmp_path: Path) -> None:
    front = Ethernet() / PPPoESession() / PPP() / HERE
    one, other = b"GET / HTTP/1.1\r\nHost: a\r\n", b"Age: 5\r\n\r\n"
    frames = [
        bytes(front / TCP(sport=port, dport=40_001, seq=seq, ack=1, flags="PA") / data)
        for port in range(5000, 5012)
        for seq, data in ((1, one), (1 + len(one), other))
    ]
    told = printed(tmp_path, frames, "-Y", "http", "-T", "fields", "-e", "frame.number", "-e", "http.request.method")
    # The second segments have the message, which began on no port of the protocol, and look like nothing.
    expected = [f"{number}\tGET" for number in range(2, 25, 2)]
    assert [lines[:-1] for lines in told] == 4 * [expected]


def test_a_protocol_that_was_printed_before_need_not_be_imported(tmp_path: Path) -> None:
    told = printed(tmp_path, 6 * [bytes(FRAMES["NTP"])], "-T", "fields", "-e", "ip.src")
    assert [lines[:-1] for lines in told] == 4 * [6 * ["10.0.0.1"]]
    assert not told[-1][-1]


def test_what_stands_between_others_need_not_be_imported_either(tmp_path: Path) -> None:
    frame = Ethernet() / MPLS() / HERE / UDP(sport=5, dport=40_001) / b"data"
    told = printed(tmp_path, 6 * [bytes(frame)], "-T", "fields", "-e", "ip.src")
    assert [lines[:-1] for lines in told] == 4 * [6 * ["10.0.0.1"]]
    assert told[0][-1] == "mpls"
    assert not told[-1][-1]


FILTERS = [
    "tcp.flags.syn == 1",
    "tcp.flags.fin == 1",
    "tcp.len == 0",
    "tcp.len > 20",
    "tcp.flags.push == 1",
    "tcp.flags.reset == 0 && tcp.flags.ack == 0",
    "tcp.window_size_value == 7",
    "ip.ttl == 9",
    "ip.ttl < 60 && tcp.len",
    "ipv6 && tcp.flags.push == 1",
    "frame.len > 120",
    "tcp.srcport == 80 && tcp.flags.ack == 1 && !tcp.flags.push == 1",
]


def passing_texts(path: Path, text: str, *, is_ordinary: bool) -> tuple[list[str], list[bool]]:
    """Return the texts of the frames of a capture that pass, and which reading passes were begun that put off."""
    clock = Clock()
    passes, show, begun = compile_filter(text, clock=clock), line_and_row(clock), list[bool]()
    texts: list[str] = []
    if is_ordinary:
        for packet in with_context(captures.read(path)):
            clock.advance(packet)
            if passes(packet):
                texts.append(show(packet))
                clock.show()
        return texts, []
    compiled = CompiledText(line_and_row, clock)

    def prints(pattern: Packet, reading: ReadingPass) -> RecordTaker | None:
        begun.append(reading.puts_off)
        may_pass = passes.held().may_pass
        return compiled.taker(pattern, reading, texts.append, passes.sieve, passes.test, may_pass=may_pass)

    with captures.read(path) as reader:
        for packet in passing(reader, passes, source=path, clock=clock, reader=reader, prints=prints, facts=()):
            texts.append(compiled(packet))
            clock.show()
    return texts, begun


def line_and_row(clock: Clock) -> Any:
    """Return what makes the line of a packet, and a row of what its connection and its messages tell."""
    row = compile_row(
        ["frame.protocols", "tcp.stream", "tcp.window_size", "http.host", "http.response.code"], clock=clock
    )
    return lambda packet: list_line(packet, clock) + "\n" + row(packet)


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize(("begin", "turns"), [(0, 1), (12, 6)])
def test_what_passes_is_the_same_whenever_its_stream_is_read(text: str, begin: int, turns: int, tmp_path: Path) -> None:
    path = tmp_path / "talk.pcap"
    # It begins with connections, or within them.
    write(path, [Packet(frame, time_ns=at * at * 1000) for at, frame in enumerate(talk()[begin:] + talk() * turns)])
    found, begun = passing_texts(path, text, is_ordinary=False)
    assert found == passing_texts(path, text, is_ordinary=True)[0]
    assert found
    if text == "tcp.flags.syn == 1":
        assert set(begun) == {True}, "no frame that passes carries anything"
    if text == "tcp.len == 0" and not begin:
        assert begun[0]
        assert not begun[-1], "the last segment of a connection ends a message, so that the streams had to be read"


TALK = talk()


@given(
    order=st.lists(st.integers(0, len(TALK) - 1), min_size=4, max_size=60),
    text=st.sampled_from(FILTERS),
    cut=st.sampled_from([0, 0, 54, 56, 70]),
)
@settings(max_examples=60)
def test_in_any_order_the_same_passes_and_says_the_same(order: list[int], text: str, cut: int) -> None:
    frames = [TALK[place] for place in order]
    packets = [
        Packet(frame[:cut] if cut and at % 3 == 2 else frame, time_ns=at * 1000, original_length=len(frame))
        for at, frame in enumerate(frames)
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.pcap"
        write(path, packets)
        assert passing_texts(path, text, is_ordinary=False)[0] == passing_texts(path, text, is_ordinary=True)[0]
