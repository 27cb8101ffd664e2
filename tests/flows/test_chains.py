"""Frames of any chain of headers are taken in without packets, and teach a reading pass the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import (
    ARP,
    DNS,
    GRE,
    LLC,
    MPLS,
    PPP,
    TCP,
    UDP,
    VLAN,
    VXLAN,
    EchoReply,
    EchoRequest,
    Ethernet,
    FragmentHeader,
    Header,
    IPv4,
    IPv6,
    Packet,
    PPPoESession,
    Question,
    read,
    with_context,
    write,
)
from dissect.declaration.decode_as import decode_as
from dissect.declare import u8
from dissect.flows import chains
from dissect.flows.chains import Chains
from dissect.flows.kept_chains import ChainsOfLink
from dissect.flows.known_chain import Observers
from dissect.flows.learner import Glance, Place
from dissect.flows.reading import ReadingPass
from dissect.protocols.stp import STPMultiple, STPRapid
from tests.declared import real_frames

__all__: list[str] = []
HERE, BACK = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
SEGMENT = TCP(sport=5, dport=6, flags="A", seq=100, payload=b"data")
FRAMES: list[Header] = [
    Ethernet() / ARP(sender_ip="10.0.0.1"),
    Ethernet() / PPPoESession() / PPP() / HERE / SEGMENT,
    Ethernet() / VLAN(id=7) / HERE / EchoRequest(id=1, seq=1, payload=b"abcdefgh"),
    Ethernet() / HERE / EchoReply(id=1, seq=1, payload=b"abcdefgh"),
    Ethernet() / MPLS(label=16) / HERE / SEGMENT,
    Ethernet() / HERE / GRE() / IPv6(src="2001:db8::1") / SEGMENT,
    Ethernet() / HERE / UDP() / VXLAN(vni=1) / Ethernet() / HERE / SEGMENT,
    Ethernet() / IPv4(src="10.0.0.1", flags="MF", id=9, payload=bytes(16)),
    Ethernet() / IPv4(src="10.0.0.1", fragment_offset=2, id=9, payload=bytes(16)),
    Ethernet() / IPv6(src="2001:db8::1") / FragmentHeader(id=9, more_fragments=True) / bytes(16),
    Ethernet() / LLC() / STPRapid(),
    Ethernet() / LLC() / STPMultiple(),
    Ethernet() / HERE / TCP(sport=4321, dport=80, flags="PA", payload=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    Ethernet() / HERE / TCP(sport=4321, dport=4322, flags="PA", payload=bytes.fromhex("1703030004 01020304")),
    Ethernet() / HERE / TCP(sport=4321, dport=80, flags="PA", payload=b"\x00 that goes on"),
    Ethernet() / HERE / UDP(sport=4321, dport=53) / DNS(id=7, questions=[Question("example.com")]),
    Ethernet() / BACK / UDP(sport=53, dport=4321) / DNS(id=7, is_response=True, questions=[Question("example.com")]),
    Ethernet() / VLAN(id=7) / IPv6(src="2001:db8::1") / UDP(sport=4321, dport=53) / DNS(id=7) / b"more",
]

CUT: list[Header] = [
    # Messages that the end of their segment cuts, or that of what was captured: how they are read cannot be followed.
    Ethernet()
    / HERE
    / TCP(sport=80, dport=4321, flags="A", payload=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nA"),
    Ethernet()
    / HERE
    / TCP(sport=80, dport=4321, flags="A", payload=b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n<a"),
    Ethernet() / VLAN(id=7) / HERE / TCP(sport=53, dport=4321, flags="A", payload=b"\x00\x30\x00\x07\x84\x00\x00\x01"),
]


def trace_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trace what comes for the first time."""
    monkeypatch.setattr(chains, "_RARE", 0)
    monkeypatch.setattr(chains, "_FRAMES_PER_TRACE", 0)


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    trace_at_once(monkeypatch)


def chains_of(reading: ReadingPass, link: int = 1, kept: ChainsOfLink | None = None) -> Chains:
    return Chains(link, Observers(reading.learner, reading._observer), lambda time_ns: None, kept=kept)


def take(known: Chains, frame: Header | bytes, number: int = 1, *, left_out: int = 0) -> bool:
    data = b"front" + bytes(frame) + b"behind"
    return known.take(data, 5, len(data) - 6, number, 1000 * number, len(data) - 11 + left_out)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: "/".join(type(each).__name__ for each in frame.layers()))
def test_the_second_frame_of_a_kind_is_taken_in(frame: Header) -> None:
    known = chains_of(ReadingPass())
    assert not take(known, frame)
    assert take(known, frame, 2)
    # Which has other headers, or lacks bytes, is another kind.
    assert not take(known, Ethernet() / VLAN(id=1) / VLAN(id=2) / VLAN(id=3) / HERE)
    assert not take(known, bytes(frame)[:20], 3)


def test_frames_that_are_too_short_for_what_others_are_asked_are_known_as_well() -> None:
    known = chains_of(ReadingPass())
    long, short = FRAMES[6], Ethernet() / HERE / UDP(sport=4321, dport=4322, payload=b"abc")
    assert not take(known, long)
    assert not take(known, short)
    assert take(known, short)
    assert take(known, long)


def test_fragments_of_two_vlans_are_told_apart() -> None:
    first, last = IPv4(id=9, flags="MF", payload=bytes(16)), IPv4(id=9, fragment_offset=2, payload=bytes(8))
    here = [bytes(Ethernet() / VLAN(id=1) / VLAN(id=7) / part) for part in (first, last)]
    there = [bytes(Ethernet() / VLAN(id=1) / VLAN(id=8) / part) for part in (first, last)]
    outside = [bytes(Ethernet() / part) for part in (first, last)]
    # The first ones become packets; of the others each datagram is whole in its VLAN alone.
    frames = [*here, *outside, *here, *outside, here[0], outside[0], there[1], there[0], here[1], outside[1]]
    assert learnt(frames, quickly=True) == learnt(frames, quickly=False)
    assert learnt([*frames, here[0], there[0]], quickly=True)[0] == {"IPv4Learner": 2}


LATE = """
import sys
from dissect import Ethernet, GRE, IPv4, UDP
from dissect.flows import chains
from dissect.flows.chains import Chains
from dissect.flows.known_chain import Observers
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
chains._RARE = chains._FRAMES_PER_TRACE = 0
reading = ReadingPass()
known = Chains(1, Observers(reading.learner, reading._observer), lambda time_ns: None)
def take(payload, sport=5, dport=6):
    outer = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / GRE()
    frame = bytes(outer / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=sport, dport=dport, payload=payload))
    was_taken = known.take(frame, 0, len(frame), 1, 1, len(frame))
    if not was_taken:
        reading.observe(Packet(frame, number=1, time_ns=1))
    return was_taken
message = bytes.fromhex(sys.argv[1])
there = "dissect.protocols.dns" in sys.modules
print(there, take(b"text"), take(b"text"), take(message), take(message), take(b"words"), take(message, 53, 7))
"""


def test_what_is_declared_late_is_found_behind_chains_that_are_known() -> None:
    message = bytes(DNS(id=1, questions=[Question("example.org")])).hex()
    told = subprocess.run([sys.executable, "-c", LATE, message], capture_output=True, text=True, check=True)
    # A message that is told by its bytes is none of those without one, and what was known before is known still.
    assert told.stdout.split() == ["False", "False", "True", "False", "True", "True", "False"]


def learnt(frames: list[bytes], *, quickly: bool, kept: ChainsOfLink | None = None) -> list[object]:
    """Return what a pass has learnt of frames: what it holds, and what it tells of each of them that comes again."""
    reading = ReadingPass()
    known = chains_of(reading, kept=kept)
    for number, data in enumerate(frames, 1):
        if not quickly or not known.take(data, 0, len(data), number, 1000 * number, len(data)):
            reading.observe(Packet(data, number=number, time_ns=1000 * number))
    held = {kind.__name__: learner.held() for kind, learner in reading._learners.items()}
    # One that holds nothing may have been made for frames that never came.
    told: list[object] = [{name: count for name, count in held.items() if count}]
    for number, data in enumerate(dict.fromkeys(frames), len(frames) + 1):
        packet = Packet(data, number=number, time_ns=1000 * number)
        reading.observe(packet)
        for header in packet.layers():
            told.append({name: fact for name, fact in header.facts.items() if name != "payload"})
    return told


@st.composite
def some_frames(draw: st.DrawFn) -> list[bytes]:
    bases = draw(st.lists(st.sampled_from([*map(bytes, [*FRAMES, *CUT]), *real_frames()]), min_size=1, max_size=4))
    frames = []
    for _ in range(draw(st.integers(2, 14))):
        data = bytearray(draw(st.sampled_from(bases)))
        for _ in range(draw(st.integers(0, 2))):
            place = draw(st.integers(0, len(data) - 1))
            data[place] = draw(st.sampled_from((data[place] + 1 & 0xFF, data[place] ^ 0x80, 0, 0xFF)))
        frames.append(bytes(data[: draw(st.sampled_from((len(data), len(data), len(data) - 1)))]))
    return frames


@given(frames=some_frames(), rare=st.sampled_from((0, 1)))
@settings(max_examples=60)
def test_a_pass_learns_the_same_of_frames_that_become_no_packets(frames: list[bytes], rare: int) -> None:
    with pytest.MonkeyPatch.context() as patching:
        # One that traces each frame at once takes none in by its beginning.
        patching.setattr(chains, "_RARE", rare)
        assert learnt(frames, quickly=True) == learnt(frames, quickly=False)


@given(frames=st.lists(st.sampled_from([*CUT, *FRAMES[-6:]]), min_size=6, max_size=20))
@settings(max_examples=30)
def test_a_pass_learns_the_same_of_messages_that_are_cut(frames: list[Header]) -> None:
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(chains, "_RARE", 1)
        data = [bytes(frame) for frame in frames]
        assert learnt(data, quickly=True) == learnt(data, quickly=False)


def test_of_what_cannot_be_followed_the_beginning_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = ReadingPass()
    known = chains_of(reading)
    assert not take(known, CUT[0])
    monkeypatch.setattr(chains, "_RARE", 9)
    observed: list[str] = []
    learner: Any = reading.learner(TCP)
    observe = learner.observe

    def note(header: Any, place: Place) -> None:
        assert place.addresses == (header.network_header.raw("src"), header.network_header.raw("dst"))
        observed.append(bytes(header.payload).decode())
        observe(header, place)

    learner.observe = note
    # Those that begin alike are made of their bytes from there on, also those that could be followed.
    assert all(take(known, frame, number) for number, frame in enumerate([*CUT[:2], FRAMES[-6]]))
    assert [text[:15] for text in observed] == ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "GET / HTTP/1.1\r"]
    # One that begins in another way is none of them.
    assert not take(known, CUT[2])
    # What can be followed is found out as before.
    monkeypatch.setattr(chains, "_RARE", 1)
    assert [take(known, FRAMES[-6], number) for number in range(3)] == [False, True, True]


@pytest.mark.parametrize("network", [HERE, IPv6(src="2001:db8::1")], ids=["IPv4", "IPv6"])
def test_segments_are_told_where_their_datagrams_end(network: Header) -> None:
    reading = ReadingPass()
    learner = reading.learner(TCP)
    assert learner is not None
    observe, told = learner.observe, []

    def note(header: Any, place: Place) -> None:
        told.append((place.datagram_end, header.segment_length, header.own_end))
        observe(header, place)

    learner.observe = note  # type: ignore[method-assign]
    known = chains_of(reading)
    frame = bytes(Ethernet() / VLAN(id=7) / network / TCP(sport=4321, dport=23, flags="PA", payload=b"some words"))
    end = len(frame)
    taken = [take(known, frame), take(known, frame), take(known, frame + bytes(9)), take(known, frame + bytes(9))]
    taken += [take(known, frame[:-4], left_out=4) for _ in range(2)]
    assert taken == [False, True, False, True, False, True]
    assert told == 3 * [(end, 10, end - 10)]


class Sealed(Header, name="chained_seal", title="Seal", over={UDP: 40_421}):
    """A header that is looked at in a way that can't be followed."""

    kind: int = u8("kind", default=0)

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        memoryview(self.buffer)
        return super().other_payload(outer, deep)


def test_frames_that_cannot_be_followed_are_in_nobodys_way() -> None:
    known = chains_of(ReadingPass())
    sealed, plain = (Ethernet() / VLAN(id=1) / HERE / UDP(sport=5, dport=port) / b"abcd" for port in (40_421, 9))
    assert not any(take(known, sealed, number) for number in range(20))
    assert [take(known, plain, number) for number in range(2)] == [False, True]


def test_what_somebody_chooses_is_heeded_at_once() -> None:
    known = chains_of(ReadingPass())
    frame = Ethernet() / MPLS(label=16) / HERE / UDP(sport=5, dport=7777, payload=b"abcd")
    assert [take(known, frame, number) for number in range(2)] == [False, True]
    with decode_as("udp.port==7777", VXLAN):
        # How such frames are read has changed, and is found out again.
        assert [take(known, frame, number) for number in range(2)] == [False, True]
    assert [take(known, frame, number) for number in range(2)] == [False, True]


def test_messages_are_told_apart_by_the_datagram_around_them(tmp_path: Path) -> None:
    # The same number from two ports of a host, and both answers.
    frames = []
    for number in range(6):
        for port in (40000, 40001):
            message = DNS(id=number, questions=[Question("example.com")])
            frames.append(Ethernet() / HERE / UDP(sport=port, dport=53) / message)
        for port in (40001, 40000):
            message = DNS(id=number, is_response=True, questions=[Question("example.com")])
            frames.append(Ethernet() / BACK / UDP(sport=53, dport=port) / message)
    path = tmp_path / "names.pcap"
    write(path, [Packet(bytes(frame), number=number) for number, frame in enumerate(frames, 1)])
    expected = [packet.get("dns.response_to") for packet in with_context(read(path))]
    assert expected[:4] == [[], [], [2], [1]]
    reading = ReadingPass()
    found = []
    known = chains_of(reading)
    learner = reading.learner(DNS)
    assert learner is not None
    observe, look = learner.observe, learner.look

    def note(header: Header, place: Place) -> None:
        observe(header, place)
        found.append([each for each in [header.learnt("question_frame")] if each is not None])

    def note_numbers(seen: Glance, transport: str, stream: int) -> dict[str, Any]:
        facts = look(seen, transport, stream)
        found.append([facts["question_frame"]] if "question_frame" in facts else [])
        return facts

    learner.observe = note  # type: ignore[method-assign]
    learner.look = note_numbers  # type: ignore[method-assign]
    taken = 0
    for packet in read(path):
        if take(known, packet.data, packet.number):
            taken += 1
        else:
            reading.observe(packet)
    assert taken > len(frames) // 2
    assert found == expected
