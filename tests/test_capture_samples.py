from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zlib import crc32

import pytest

from capture_samples.recorder import command_line, manifest
from capture_samples.recorder.capture_file import in_byte_order
from capture_samples.recorder.sample import SAMPLES
from tests.oracle.tshark import Tshark

FOLDER = Path(__file__).parents[1] / "capture_samples"
LARGEST_SAMPLE = 100_000
MANIFEST = (FOLDER / manifest.MANIFEST_NAME).read_text(encoding="utf-8")

SECOND = 1_000_000_000
MAGIC = {
    bytes.fromhex("d4c3b2a1"): ("<", 1000),
    bytes.fromhex("a1b2c3d4"): (">", 1000),
    bytes.fromhex("4d3cb2a1"): ("<", 1),
    bytes.fromhex("a1b23c4d"): (">", 1),
}
FLAGS = "FSRPAUEC"


def colons(octets: bytes) -> str:
    return octets.hex(":")


def number(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


@dataclass(frozen=True)
class Frame:
    """A captured frame, read by code that shares nothing with the package: the samples are what that is tested on."""

    time_ns: int
    data: bytes
    original_length: int

    @cached_property
    def tags(self) -> list[tuple[int, int]]:
        found, position = [], 12
        while (tag_type := number(self.data[position : position + 2])) in (0x8100, 0x88A8):
            found.append((tag_type, number(self.data[position + 2 : position + 4])))
            position += 4
        return found

    @property
    def destination(self) -> str:
        return colons(self.data[:6])

    @property
    def source(self) -> str:
        return colons(self.data[6:12])

    @cached_property
    def ether_type(self) -> int:
        return number(self.data[12 + 4 * len(self.tags) :][:2])

    @cached_property
    def content(self) -> bytes:
        return self.data[14 + 4 * len(self.tags) :]

    @property
    def sender(self) -> str:
        """Network address: the sender's in ARP, the source's in IPv4."""
        return socket.inet_ntoa(self.content[14:18] if self.ether_type == 0x0806 else self.content[12:16])

    @property
    def target(self) -> str:
        return socket.inet_ntoa(self.content[24:28] if self.ether_type == 0x0806 else self.content[16:20])

    @property
    def total_length(self) -> int:
        return number(self.content[2:4])

    @property
    def identification(self) -> int:
        return number(self.content[4:6])

    @property
    def dont_fragment(self) -> bool:
        return bool(self.content[6] & 0x40)

    @property
    def more_fragments(self) -> bool:
        return bool(self.content[6] & 0x20)

    @property
    def offset(self) -> int:
        return (number(self.content[6:8]) & 0x1FFF) * 8

    @property
    def ttl(self) -> int:
        return self.content[8]

    @property
    def ip_options(self) -> bytes:
        return self.content[20 : (self.content[0] & 15) * 4]

    @property
    def payload(self) -> bytes:
        """What IPv4 carries, without the frame's padding."""
        return self.content[(self.content[0] & 15) * 4 : self.total_length]

    @property
    def ports(self) -> tuple[int, int]:
        return number(self.payload[:2]), number(self.payload[2:4])

    @property
    def sequence(self) -> int:
        return number(self.payload[4:8])

    @property
    def acknowledgement(self) -> int:
        return number(self.payload[8:12])

    @property
    def flags(self) -> str:
        return "".join(flag for bit, flag in enumerate(FLAGS) if self.payload[13] >> bit & 1)

    @property
    def window(self) -> int:
        return number(self.payload[14:16])

    @property
    def segment(self) -> bytes:
        """What a TCP segment carries."""
        return self.payload[(self.payload[12] >> 4) * 4 :]

    @property
    def tcp_options(self) -> dict[int, bytes]:
        found, rest = {}, self.payload[20 : (self.payload[12] >> 4) * 4]
        while rest and rest[0] != 0:
            length = 1 if rest[0] == 1 else rest[1]
            found[rest[0]] = rest[2:length]
            rest = rest[length:]
        return found

    @property
    def kind(self) -> str:
        """A word for what it is: `arp 1` (its operation), `icmp 3.4` (type and code), `tcp SA`, `udp`, `fragment`."""
        if self.ether_type == 0x0806:
            return f"arp {number(self.content[6:8])}"
        if self.ether_type != 0x0800:
            return f"type {self.ether_type:04x}"
        if self.offset:
            return "fragment"
        match self.content[9]:
            case 1:
                return f"icmp {self.payload[0]}.{self.payload[1]}"
            case 6:
                return f"tcp {self.flags}"
            case 17:
                return "udp"
        return f"protocol {self.content[9]}"


def frames_of(path: Path) -> list[Frame]:
    data = path.read_bytes()
    if path.suffix == ".pcapng":
        return pcapng_frames(data)
    order, unit = MAGIC[data[:4]]
    found, position = [], 24
    while position < len(data):
        seconds, fraction, captured, original = struct.unpack_from(order + "IIII", data, position)
        position += 16
        found.append(Frame(seconds * SECOND + fraction * unit, data[position : position + captured], original))
        position += captured
    assert position == len(data)
    return found


def pcapng_frames(data: bytes) -> list[Frame]:
    """Read a little-endian section with one interface, whose only option of interest is if_tsresol."""
    found, position, unit = [], 0, 1000
    while position < len(data):
        block, length = struct.unpack_from("<II", data, position)
        body = data[position + 8 : position + length - 4]
        if block == 1:
            resolution = re.search(rb"\x09\x00\x01\x00(.)", body[8:], re.DOTALL)
            unit = 10 ** (9 - resolution.group(1)[0]) if resolution else 1000
        if block == 6:
            _, high, low, captured, original = struct.unpack_from("<5I", body)
            found.append(Frame(((high << 32) + low) * unit, body[20 : 20 + captured], original))
        position += length
    return found


CHECKS: dict[str, Callable[[list[Frame]], None]] = {}


def shows(name: str) -> Callable[[Callable[[list[Frame]], None]], Callable[[list[Frame]], None]]:
    def declare(check: Callable[[list[Frame]], None]) -> Callable[[list[Frame]], None]:
        CHECKS[name] = check
        return check

    return declare


def kinds(frames: Sequence[Frame]) -> list[str]:
    return [frame.kind for frame in frames]


def of_kind(frames: Sequence[Frame], *wanted: str) -> list[Frame]:
    return [frame for frame in frames if frame.kind in wanted]


def times(frames: Sequence[Frame]) -> list[float]:
    """Seconds since the first of them."""
    return [(frame.time_ns - frames[0].time_ns) / SECOND for frame in frames]


def message(frames: Sequence[Frame], kind: str) -> bytes:
    (frame,) = of_kind(frames, kind)
    return frame.payload


ARP_EXCHANGE = ["arp 1", "arp 2"]
HANDSHAKE = ["tcp S", "tcp SA", "tcp A"]
BROADCAST = "ff:ff:ff:ff:ff:ff"
FIRST_PING = [*ARP_EXCHANGE, *["icmp 8.0", "icmp 0.0"] * 3]


@shows("notes_arp")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ARP_EXCHANGE
    assert [len(frame.data) for frame in frames] == [60, 60]
    assert all(frame.data[42:] == bytes.fromhex("007731d25010fd7841d30000000000000000") for frame in frames)
    assert frames[1].time_ns - frames[0].time_ns == 200_000
    assert (frames[1].sender, frames[1].source) == ("192.168.0.2", "00:05:5d:a1:b8:40")


@shows("first_ping")
@shows("first_ping_big_endian")
@shows("first_ping_nanosecond")
@shows("first_ping_nanosecond_big_endian")
@shows("pcapng_comments")
@shows("pcapng_nanosecond")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == FIRST_PING
    assert frames[0].destination == BROADCAST
    assert frames[0].target == frames[1].sender == frames[2].target == "10.0.0.2"


@shows("arp_unanswered")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["arp 1"] * 3
    assert times(frames)[1] > 0.9
    assert times(frames)[2] > 1.8


@shows("gratuitous_arp")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["arp 1", "arp 1", "arp 2", "arp 2"]
    assert all(frame.sender == frame.target and frame.destination == BROADCAST for frame in frames)


@shows("arp_probe")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*["arp 1"] * 6, "arp 2"]
    addresses = [(frame.sender, frame.target) for frame in frames]
    assert addresses[:3] == [("0.0.0.0", "10.0.0.9")] * 3
    assert addresses[3:5] == [("10.0.0.9", "10.0.0.9")] * 2
    assert addresses[5:] == [("0.0.0.0", "10.0.0.2"), ("10.0.0.2", "0.0.0.0")]


@shows("proxy_arp")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, "icmp 8.0", "icmp 0.0"]
    assert (frames[1].sender, frames[1].source) == ("10.0.1.1", "02:00:00:00:00:03")
    assert frames[3].ttl == 63


@shows("arp_unicast")
def _(frames: list[Frame]) -> None:
    assert {frame.source for frame in of_kind(frames, "arp 1") if frame.destination != BROADCAST}


@shows("ping_4000")
def _(frames: list[Frame]) -> None:
    for sender in ("10.0.0.1", "10.0.0.2"):
        sent = [frame for frame in frames if frame.sender == sender]
        assert [(frame.offset, frame.more_fragments) for frame in sent] == [
            (0, True),
            (1480, True),
            (2960, False),
        ] * 2
        assert len({frame.identification for frame in sent}) == 2
        assert sum(len(frame.payload) for frame in sent[:3]) == 8 + 4000


@shows("fragmentation_needed")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, "udp", "icmp 3.4", "udp", "udp"]
    assert frames[2].dont_fragment
    assert frames[2].total_length == 1428
    assert number(frames[3].payload[6:8]) == 600 >= frames[4].total_length
    assert frames[5].payload[8:] == frames[4].payload[8:]


@shows("router_fragments")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, "udp", "fragment", "fragment"]
    assert [frame.offset for frame in frames[2:]] == [0, 576, 1152]
    assert all(frame.total_length <= 600 and frame.ttl == 63 for frame in frames[2:])


@shows("reassembly_timeout")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["udp", "icmp 11.1"]
    assert frames[0].more_fragments
    assert times(frames)[1] > 0.9


def check_traceroute(frames: list[Frame], probe: str, last: str) -> None:
    assert [frame.ttl for frame in of_kind(frames, probe) if frame.sender == "10.0.0.1"] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [frame.sender for frame in of_kind(frames, "icmp 11.0")] == ["10.0.0.254"] * 3 + ["10.0.1.254"] * 3
    assert [frame.sender for frame in of_kind(frames, last)] == ["10.0.2.1"] * 3


@shows("traceroute")
def _(frames: list[Frame]) -> None:
    check_traceroute(frames, "udp", "icmp 3.3")


@shows("traceroute_icmp")
def _(frames: list[Frame]) -> None:
    check_traceroute(frames, "icmp 8.0", "icmp 0.0")


@shows("traceroute_tcp")
def _(frames: list[Frame]) -> None:
    check_traceroute(frames, "tcp S", "tcp SA")
    assert kinds(frames).count("tcp R") == 3


@shows("port_unreachable")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["udp", "icmp 3.3"] * 2
    assert frames[1].payload[8:] == frames[0].content


@shows("protocol_unreachable")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["protocol 253", "icmp 3.2"]


@shows("host_unreachable")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, "udp", "icmp 3.1"]
    assert times(frames)[3] > 2


@shows("network_unreachable")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, "udp", "icmp 3.0"]


@shows("prohibited")
def _(frames: list[Frame]) -> None:
    answers = ["icmp 3.13", "icmp 3.1", "icmp 3.9", "icmp 3.10"]
    assert [frame.kind for frame in frames if frame.kind.startswith("icmp")] == answers
    assert kinds(frames).count("udp") == 5


@shows("redirect")
def _(frames: list[Frame]) -> None:
    redirects = of_kind(frames, "icmp 5.1")
    assert {socket.inet_ntoa(frame.payload[4:8]) for frame in redirects} == {"10.0.0.3"}
    requests = of_kind(frames, "icmp 8.0")
    assert requests[0].destination == "02:00:00:00:00:02"
    assert requests[-1].destination == "02:00:00:00:00:03"


def option_of(frames: list[Frame], kind: str) -> bytes:
    (frame,) = of_kind(frames, kind)
    # Iputils puts a no-op before the options of a ping, so that what follows is aligned.
    return frame.ip_options.lstrip(b"\x01")


@shows("ping_record_route")
def _(frames: list[Frame]) -> None:
    request, reply = option_of(frames, "icmp 8.0"), option_of(frames, "icmp 0.0")
    assert (request[0], request[2]) == (7, 8)
    recorded = [socket.inet_ntoa(reply[at : at + 4]) for at in range(3, reply[2] - 1, 4)]
    assert recorded[:4] == ["10.0.0.1", "10.0.1.253", "10.0.2.253", "10.0.2.1"]


def check_timestamps(frames: list[Frame], flag: int, *, overflow: bool) -> None:
    request, reply = option_of(frames, "icmp 8.0"), option_of(frames, "icmp 0.0")
    assert request[0] == reply[0] == 68
    assert request[3] & 15 == reply[3] & 15 == flag
    assert reply[2] > request[2]
    assert (reply[3] >> 4 > 0) == overflow


@shows("ping_timestamp")
def _(frames: list[Frame]) -> None:
    check_timestamps(frames, 0, overflow=False)


@shows("ping_timestamp_addresses")
def _(frames: list[Frame]) -> None:
    check_timestamps(frames, 1, overflow=True)


@shows("ping_timestamp_prescribed")
def _(frames: list[Frame]) -> None:
    check_timestamps(frames, 3, overflow=False)


@shows("ip_options")
def _(frames: list[Frame]) -> None:
    assert [frame.ip_options[0] for frame in of_kind(frames, "udp")] == [0x94, 0x83, 0x89, 0xDE]
    assert [frame.ip_options[2] for frame in of_kind(frames, "udp")[1:3]] == [8, 8]


@shows("parameter_problem")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["udp", "icmp 12.0"]
    pointer = message(frames, "icmp 12.0")[4]
    assert frames[0].content[pointer] == 1


@shows("icmp_timestamp")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["icmp 13.0", "icmp 14.0"]
    assert frames[0].payload[8:12] == frames[1].payload[8:12]
    assert number(frames[1].payload[12:16]) > 0


@shows("udp_echo")
def _(frames: list[Frame]) -> None:
    assert [len(frame.payload) - 8 for frame in frames] == [14, 14, 0, 0, 3, 3, 1000, 1000]
    assert all(a.payload[8:] == b.payload[8:] for a, b in zip(frames[::2], frames[1::2], strict=True))


@shows("udp_broadcast")
def _(frames: list[Frame]) -> None:
    called = [frame for frame in of_kind(frames, "udp") if frame.sender == "10.0.0.1"]
    assert [frame.target for frame in called] == ["10.0.0.255", "255.255.255.255"]
    assert all(frame.destination == BROADCAST for frame in called)


@shows("udp_chat")
def _(frames: list[Frame]) -> None:
    assert {frame.ports for frame in frames} == {(6000, 6000)}
    assert [frame.sender[-1] for frame in frames] == list("121121")
    assert frames[4].payload[8:].decode().endswith("你好")


@shows("udp_no_checksum")
def _(frames: list[Frame]) -> None:
    assert [number(frame.payload[6:8]) == 0 for frame in frames] == [True, True, False]


@shows("udp_fragments")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["udp", "fragment", "fragment", "fragment", "udp"]
    assert sum(len(frame.payload) for frame in frames[:4]) == 8 + 5000


def check_ending(frames: list[Frame], *ending: str) -> None:
    assert kinds(frames[:3]) == HANDSHAKE
    assert kinds(frames)[-len(ending) :] == [f"tcp {flags}" for flags in ending]
    assert not any(flag in kind for kind in kinds(frames)[3 : -len(ending)] for flag in "FR")


@shows("tcp_close_four")
def _(frames: list[Frame]) -> None:
    check_ending(frames, "FA", "A", "FA", "A")
    assert [frame.sender[-1] for frame in frames[-4:]] == list("1221")


@shows("tcp_half_close")
def _(frames: list[Frame]) -> None:
    fin = kinds(frames).index("tcp FA")
    assert [frame.sender for frame in frames[fin + 1 :] if frame.segment] == ["10.0.0.2"] * 3


@shows("tcp_close_three")
def _(frames: list[Frame]) -> None:
    check_ending(frames, "FA", "FA", "A")


@shows("tcp_close_reset")
def _(frames: list[Frame]) -> None:
    check_ending(frames, "RA")


@shows("tcp_simultaneous_open")
def _(frames: list[Frame]) -> None:
    assert kinds(frames[:4]) == ["tcp S", "tcp S", "tcp SA", "tcp SA"]
    assert [frame.sender[-1] for frame in frames[:4]] == list("1212")


@shows("tcp_simultaneous_close")
def _(frames: list[Frame]) -> None:
    check_ending(frames, "FA", "FA", "A", "A")
    first, second = frames[-4:-2]
    # Neither FIN acknowledges the other.
    assert first.acknowledgement == second.sequence
    assert second.acknowledgement == first.sequence


@shows("tcp_closed_port")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["tcp S", "tcp RA"]
    assert frames[1].acknowledgement == frames[0].sequence + 1


@shows("notes_tcp")
def _(frames: list[Frame]) -> None:
    told = [(frame.sender[-1], frame.flags, frame.sequence, len(frame.segment)) for frame in frames]
    assert told == [
        ("1", "S", 1000, 0),
        ("2", "SA", 8000, 0),
        ("1", "A", 1001, 0),
        ("1", "PA", 1001, 20),
        ("2", "PA", 8001, 10),
        ("1", "A", 1021, 0),
        ("1", "FA", 1021, 0),
        ("2", "A", 8011, 0),
        ("2", "FA", 8011, 0),
        ("1", "A", 1022, 0),
    ]
    assert [frame.acknowledgement for frame in frames] == [0, 1001, 8001, 8001, 1021, 8011, 8011, 1022, 1022, 8012]
    assert [number(frame.tcp_options[2]) for frame in frames[:2]] == [1460, 1024]
    assert not any(frame.tcp_options for frame in frames[2:])


@shows("tcp_stale_syn")
def _(frames: list[Frame]) -> None:
    old, new, answer, reset = frames[:4]
    assert kinds(frames[:4]) == ["tcp S", "tcp S", "tcp SA", "tcp R"]
    assert old.ports == new.ports
    assert old.sequence != new.sequence
    assert answer.acknowledgement == old.sequence + 1 == reset.sequence
    opened = next(frame for frame in frames[4:] if frame.flags == "SA")
    assert opened.acknowledgement == (new.sequence + 1) % 2**32
    assert stream(frames, "10.0.0.1", 40000) == b"this is the one\n"


@shows("tcp_syn_flood")
def _(frames: list[Frame]) -> None:
    strangers = [frame for frame in of_kind(frames, "tcp S") if not frame.sender.startswith("10.")]
    answers = [frame for frame in of_kind(frames, "tcp SA") if not frame.target.startswith("10.")]
    assert len({frame.sender for frame in strangers}) == len(strangers) == 120
    # Each is answered, once: of a cookie the server remembers nothing that it could send again.
    assert [frame.target for frame in answers] == [frame.sender for frame in strangers]
    served = [frame for frame in frames if "10.0.0.1" in (frame.sender, frame.target)]
    assert kinds(served[:3]) == HANDSHAKE
    assert stream(served, "10.0.0.2", 8000) == b"for you, yes\n"


@shows("tcp_filtered_port")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["tcp S"] * 4
    assert len({frame.sequence for frame in frames}) == 1
    pauses = [later - earlier for earlier, later in zip(times(frames), times(frames)[1:], strict=False)]
    assert [round(pause) for pause in pauses] == [1, 2, 4]


@shows("tcp_keep_alive")
def _(frames: list[Frame]) -> None:
    assert kinds(frames[:3]) == HANDSHAKE
    next_byte = frames[3].sequence + len(frames[3].segment)
    probes = [frame for frame in frames[4:] if frame.sender == "10.0.0.1" and frame.sequence == next_byte - 1]
    assert len(probes) == 6
    assert not any(probe.segment for probe in probes)
    assert len([frame for frame in frames[5:] if frame.sender == "10.0.0.2"]) == 3
    assert frames[-1].kind == "tcp RA"


@shows("accept_queue")
def _(frames: list[Frame]) -> None:
    counts = [[frame.ports[0] for frame in of_kind(frames, "tcp S")].count(40000 + caller) for caller in range(4)]
    assert counts[:2] == [1, 1]
    assert min(counts[2:]) >= 2
    assert len(of_kind(frames, "tcp SA")) == 4


@shows("tcp_urgent")
def _(frames: list[Frame]) -> None:
    (urgent,) = [frame for frame in frames if "U" in frame.flags]
    assert number(urgent.payload[18:20]) == 1


@shows("tcp_fast_open")
def _(frames: list[Frame]) -> None:
    first, second = of_kind(frames, "tcp S")
    assert first.tcp_options[34] == b""
    assert not first.segment
    assert second.tcp_options[34] == of_kind(frames, "tcp SA")[0].tcp_options[34]
    assert second.segment == b"request 1\n"


def zero_windows(frames: list[Frame], sender: str) -> list[Frame]:
    return [frame for frame in frames if frame.sender == sender and frame.window == 0]


@shows("tcp_zero_window")
def _(frames: list[Frame]) -> None:
    first = frames.index(zero_windows(frames, "10.0.0.2")[0])
    probes = [frame for frame in frames[first:] if frame.sender == "10.0.0.1"]
    assert len(probes) >= 4
    assert {frame.sequence for frame in probes} == {frames[first].acknowledgement - 1}
    assert all(frame.window == 0 for frame in frames[first:] if frame.sender == "10.0.0.2")


@shows("tcp_window_update")
def _(frames: list[Frame]) -> None:
    zero = zero_windows(frames, "10.0.0.2")[-1]
    after = frames[frames.index(zero) + 1 :]
    assert after[0].window > 0
    assert after[0].acknowledgement == zero.acknowledgement
    assert any(frame.segment for frame in after)


@shows("tcp_deadlock")
def _(frames: list[Frame]) -> None:
    assert zero_windows(frames[-6:], "10.0.0.1")
    assert zero_windows(frames[-6:], "10.0.0.2")
    assert not any(frame.segment for frame in frames[-6:])


def data_sequences(frames: list[Frame]) -> list[int]:
    return [frame.sequence for frame in frames if frame.kind.startswith("tcp") and frame.segment]


@shows("tcp_loss")
def _(frames: list[Frame]) -> None:
    sequences = data_sequences(frames)
    assert len(sequences) - len(set(sequences)) >= 3
    assert any(5 in frame.tcp_options for frame in frames if frame.kind == "tcp A")


@shows("tcp_loss_receiver")
def _(frames: list[Frame]) -> None:
    sequences = data_sequences(frames)
    assert sequences != sorted(sequences)
    assert any(5 in frame.tcp_options for frame in frames if frame.kind == "tcp A")


@shows("tcp_congestion_notification")
def _(frames: list[Frame]) -> None:
    segments = [frame for frame in frames if frame.kind.startswith("tcp")]
    assert [frame.flags for frame in segments[:2]] == ["SEC", "SAE"]
    assert any(frame.flags == "AE" for frame in segments[2:])
    assert any("C" in frame.flags for frame in segments[2:])


def stream(frames: list[Frame], sender: str, port: int) -> bytes:
    """What a sender's port said, in the order of sequence numbers; wrapping is not considered."""
    parts = {frame.sequence: frame.segment for frame in frames if frame.sender == sender and port in frame.ports}
    return b"".join(parts[sequence] for sequence in sorted(parts))


@shows("tcp_echo")
def _(frames: list[Frame]) -> None:
    asked, answered = stream(frames, "10.0.0.1", 40000), stream(frames, "10.0.0.2", 40000)
    assert asked == answered == b"hello\nare you an echo?\ngood bye\n"


@shows("tcp_short_connections")
def _(frames: list[Frame]) -> None:
    assert [frame.ports[0] for frame in of_kind(frames, "tcp S")] == [40000, 40001, 40002]
    assert all(stream(frames, "10.0.0.1", 40000 + each) == b"request %d\n" % each for each in range(3))


@shows("tcp_long_connection")
def _(frames: list[Frame]) -> None:
    assert len(of_kind(frames, "tcp S")) == 1
    assert stream(frames, "10.0.0.1", 40000) == b"request 0\nrequest 1\nrequest 2\n"


@shows("tcp_length_prefixed")
def _(frames: list[Frame]) -> None:
    said, files = stream(frames, "10.0.0.1", 40000), {}
    while said:
        name_end = 2 + number(said[:2])
        content_end = name_end + 4 + number(said[name_end : name_end + 4])
        files[said[2:name_end].decode()] = said[name_end + 4 : content_end]
        said = said[content_end:]
    assert list(files) == ["poem.txt", "empty.txt", "numbers.bin", "你好.txt"]
    assert files["empty.txt"] == b""
    assert files["numbers.bin"] == bytes(range(256)) * 20


@shows("tcp_sticky_messages")
def _(frames: list[Frame]) -> None:
    assert stream(frames, "10.0.0.1", 40000).count(b";") == 20
    assert len(data_sequences(frames)) < 20


@shows("file_download")
def _(frames: list[Frame]) -> None:
    assert stream(frames, "10.0.0.1", 40000) == b"GET report.txt\n"
    head, _, content = stream(frames, "10.0.0.2", 40000).partition(b"\n")
    assert head == b"LENGTH %d" % len(content) == b"LENGTH 40000"


@shows("tcp_chat")
def _(frames: list[Frame]) -> None:
    assert [frame.sender for frame in of_kind(frames, "tcp S")] == ["10.0.0.1", "10.0.0.3", "10.0.0.4"]
    told = stream([frame for frame in frames if frame.target == "10.0.0.3"], "10.0.0.2", 40000)
    assert told == b"* eve joins\nann: hello\neve: what did I miss?\nann: nothing\n* ann leaves\n"


@shows("dns")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == ["udp"] * 18
    assert [frame.payload[8 + 3] & 15 for frame in frames[1::2]] == [0] * 8 + [3]
    assert [number(frame.payload[8 + 6 : 8 + 8]) for frame in frames[1::2]] == [1, 1, 2, 1, 1, 1, 1, 0, 0]


@shows("dns_truncated")
def _(frames: list[Frame]) -> None:
    assert frames[1].payload[8 + 2] & 0x02
    answer = stream(frames[2:], "10.0.0.2", 53)
    assert number(answer[:2]) == len(answer) - 2 > 512


@shows("dhcp")
def _(frames: list[Frame]) -> None:
    # The first option, in the client's messages as in dnsmasq's, is the message's type.
    assert [frame.payload[8 + 242] for frame in of_kind(frames, "udp")] == [1, 2, 3, 5, 3, 5, 7]


@shows("tftp")
def _(frames: list[Frame]) -> None:
    assert [number(frame.payload[8:10]) for frame in frames] == [1, 3, 4, 3, 4, 3, 4, 1, 5]


@shows("web_request")
def _(frames: list[Frame]) -> None:
    assert kinds(frames[:7]) == [*ARP_EXCHANGE, "udp", "udp", *HANDSHAKE]
    assert stream(frames[4:], "10.0.0.1", 80).startswith(b"GET /index.html HTTP/1.1\r\n")
    assert stream(frames[4:], "10.0.1.1", 80).startswith(b"HTTP/1.1 200 OK\r\n")
    assert kinds(frames[-3:]) == ["tcp FA", "tcp FA", "tcp A"]


@shows("vlan_ping")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, *["icmp 8.0", "icmp 0.0"] * 2]
    assert {tuple(frame.tags) for frame in frames} == {((0x8100, 3 << 13 | 10),)}


@shows("vlan_stacked_ping")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, *["icmp 8.0", "icmp 0.0"] * 2]
    assert {tuple(frame.tags) for frame in frames} == {((0x8100, 100), (0x8100, 3 << 13 | 10))}


TUNNELS: dict[str, tuple[bytes, int]] = {
    # What stands behind the outer addresses of every frame, and where the inner frame begins.
    "gre_ping": (bytes.fromhex("20006558 0000002a"), 14 + 20 + 8),
    "geneve_ping": (bytes.fromhex("00006558 00002a00"), 14 + 20 + 16),
    "vxlan_ping": (bytes.fromhex("08000000 00002a00"), 14 + 20 + 16),
}


def inner(name: str, frame: Frame) -> Frame:
    head, place = TUNNELS[name]
    assert frame.data[place - 8 : place] == head[-8:]
    return Frame(frame.time_ns, frame.data[place:], frame.original_length - place)


@shows("gre_ping")
def _(frames: list[Frame]) -> None:
    assert {frame.content[9] for frame in frames} == {47}
    assert kinds([inner("gre_ping", frame) for frame in frames]) == [*ARP_EXCHANGE, *["icmp 8.0", "icmp 0.0"] * 4]


@shows("geneve_ping")
def _(frames: list[Frame]) -> None:
    assert {number(frame.payload[2:4]) for frame in frames} == {6081}
    assert kinds([inner("geneve_ping", frame) for frame in frames]) == [*ARP_EXCHANGE, *["icmp 8.0", "icmp 0.0"] * 4]


@shows("vxlan_ping")
def _(frames: list[Frame]) -> None:
    assert {number(frame.payload[2:4]) for frame in frames} == {4789}
    carried = kinds([inner("vxlan_ping", frame) for frame in frames])
    assert [kind for kind in carried if kind.startswith(("arp", "icmp "))][:4] == [
        *ARP_EXCHANGE,
        "icmp 8.0",
        "icmp 0.0",
    ]
    assert carried.count("icmp 0.0") == 4


@shows("mpls_ping")
def _(frames: list[Frame]) -> None:
    labelled = [frame for frame in frames if frame.ether_type == 0x8847]
    assert kinds([frame for frame in frames if frame not in labelled]) == ARP_EXCHANGE
    assert {frame.data[14:22] for frame in labelled} == {bytes.fromhex("000640ff 000c8140")}
    datagrams = [Frame(each.time_ns, each.data[:12] + b"\x08\0" + each.data[22:], 0) for each in labelled]
    assert kinds(datagrams) == ["icmp 8.0", "icmp 0.0"] * 4


@shows("provider_ping")
def _(frames: list[Frame]) -> None:
    assert kinds(frames) == [*ARP_EXCHANGE, *["icmp 8.0", "icmp 0.0"] * 4]
    assert {tuple(frame.tags) for frame in frames} == {((0x88A8, 0xB064), (0x8100, 3 << 13 | 10))}


@shows("check_sequences")
def _(frames: list[Frame]) -> None:
    right = [crc32(frame.data[:-4]).to_bytes(4, "little") == frame.data[-4:] for frame in frames]
    assert right.count(False) == 1
    assert right[2] is False


@shows("ping_snap_length")
def _(frames: list[Frame]) -> None:
    assert {len(frame.data) for frame in frames} == {64}
    assert [frame.original_length for frame in frames] == [1514, 1514, 1082] * 4


@pytest.mark.parametrize("name", SAMPLES)
def test_shows_what_it_is_for(name: str) -> None:
    CHECKS[name](frames_of(FOLDER / SAMPLES[name].file_name))


def test_manifest_names_the_files_that_are_there() -> None:
    present = {path.name for path in FOLDER.iterdir() if path.suffix in (".pcap", ".pcapng")}
    assert set(manifest.lines_of(MANIFEST)) == present == {sample.file_name for sample in SAMPLES.values()}


@pytest.mark.parametrize("name", SAMPLES)
def test_manifest_says_what_is_so(name: str) -> None:
    sample = SAMPLES[name]
    line = manifest.lines_of(MANIFEST)[sample.file_name]
    _, count, purpose, how, recorded = re.split(r"(?<!\\)\|", line.strip("| "))
    assert int(count) == len(frames_of(FOLDER / sample.file_name))
    assert purpose.strip() == sample.shows
    assert sample.how in how, f"{name} was recorded before its scenario said so: record it again"
    assert re.match(r" \d{4}-\d\d-\d\d \d\d:\d\d UTC", recorded)


@pytest.mark.parametrize("name", SAMPLES)
def test_is_small_and_of_the_stated_format(name: str) -> None:
    data = (FOLDER / SAMPLES[name].file_name).read_bytes()
    assert len(data) < LARGEST_SAMPLE
    if SAMPLES[name].suffix == ".pcapng":
        assert data[:4] == bytes.fromhex("0a0d0d0a")
    else:
        order, unit = MAGIC[data[:4]]
        assert (order == ">") == name.endswith("big_endian")
        assert (unit == 1) == ("nanosecond" in name)


def test_derived_samples_hold_the_packets_of_their_bases() -> None:
    derived = [sample for sample in SAMPLES.values() if sample.base is not None]
    assert derived
    for sample in derived:
        base = SAMPLES[sample.base or ""]
        # What is added to each frame stands behind it.
        added = 4 if sample.name == "check_sequences" else 0
        frames = [
            Frame(frame.time_ns, frame.data[: len(frame.data) - added], frame.original_length - added)
            for frame in frames_of(FOLDER / sample.file_name)
        ]
        assert frames == frames_of(FOLDER / base.file_name)


def test_comments_are_in_the_pcapng_sample() -> None:
    data = (FOLDER / "pcapng_comments.pcapng").read_bytes()
    assert b"The first ping across a bridge." in data
    assert b"The reply." in data


def test_no_checksum_is_bad_and_nothing_is_malformed(tshark: Tshark, tmp_path: Path) -> None:
    # One capture of all of them, because starting tshark costs more than reading a sample.
    together = [(sample.name, frame) for sample in SAMPLES.values() for frame in frames_of(FOLDER / sample.file_name)]
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    records = [
        struct.pack("<IIII", time_ // SECOND, time_ % SECOND // 1000, len(frame.data), frame.original_length)
        + frame.data
        for _, frame in together
        for time_ in [frame.time_ns]
    ]
    path = tmp_path / "together.pcap"
    path.write_bytes(header + b"".join(records))
    statuses = ["ip.checksum.status", "icmp.checksum.status", "tcp.checksum.status", "udp.checksum.status"]
    rows = tshark.fields(path, [*statuses, "_ws.malformed"])
    for (name, frame), row in zip(together, rows, strict=True):
        # 0 is bad; the first is the frame's own, those after it are of datagrams that an ICMP error quotes.
        assert not any(cell.startswith("0") for cell in row[:4]), (name, frame, row)
        assert not row[4], (name, frame)


def test_byte_order_is_turned_and_turned_back() -> None:
    data = (FOLDER / "first_ping.pcap").read_bytes()
    turned = in_byte_order(data, ">")
    assert turned != data
    assert in_byte_order(turned, "<") == data


def run_recorder(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(FOLDER / "record.py"), *arguments], capture_output=True, text=True, timeout=60
    )


def test_list_names_every_sample() -> None:
    result = run_recorder("--list")
    assert result.returncode == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(SAMPLES)


def test_unknown_name_is_one_sentence() -> None:
    result = run_recorder("first_pong")
    assert result.returncode == 2
    assert result.stderr == "record.py: no sample is called first_pong: --list names them all\n"


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert command_line.main(["first_ping"]) == 2
    said = capsys.readouterr().err
    assert said == "record.py: recording needs root, for network namespaces and tcpdump: run it again with sudo\n"


def test_missing_tools_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda tool: None if tool in ("nft", "ethtool") else f"/usr/sbin/{tool}")
    assert command_line.main(["tcp_loss"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("record.py: recording needs ethtool, nft, not found in PATH")
    assert said.count("\n") == 1


def test_notes_are_written_without_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert command_line.main(["notes_arp", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "notes_arp.pcap").read_bytes() == (FOLDER / "notes_arp.pcap").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["MANIFEST.md", "notes_arp.pcap"]


def test_derived_sample_needs_its_base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["first_ping_big_endian", "--out", str(tmp_path)]) == 2
    assert "record first_ping first" in capsys.readouterr().err


def test_new_line_replaces_its_own_and_no_other() -> None:
    sample = SAMPLES["ping_4000"]
    new_line = manifest.line(sample, 12, "", ["client: true | false"], "today")
    text = manifest.with_line(MANIFEST, sample, new_line)
    before, after = MANIFEST.splitlines(), text.splitlines()
    assert [line for line in after if line not in before] == [new_line]
    assert len(before) == len(after)
    assert manifest.with_line(text, sample, manifest.lines_of(MANIFEST)[sample.file_name]) == MANIFEST


def namespaces_of(process: int) -> list[str]:
    folder = Path("/run/netns")
    return [path.name for path in folder.iterdir() if f"-{process}-" in path.name] if folder.exists() else []


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A folder to record into; skips where this machine can't record."""
    reason = command_line.obstacle([SAMPLES["first_ping"], SAMPLES["port_unreachable"]])
    if reason is not None:
        pytest.skip(f"Nothing is recorded here: {reason}.")
    namespace = f"dissect-{os.getpid()}-attempt"
    try:
        for attempt in (
            f"ip netns add {namespace}",
            f"ip -n {namespace} link add v0 type veth peer name v1",
            f"ip -n {namespace} link add br0 type bridge",
        ):
            result = subprocess.run(attempt.split(), capture_output=True, text=True)
            if result.returncode != 0:
                pytest.skip(f"Nothing is recorded here: `{attempt}` fails ({result.stderr.strip()}).")
    finally:
        subprocess.run(["ip", "netns", "delete", namespace], capture_output=True)
    return tmp_path


def test_recorded_again_they_show_the_same(recording: Path) -> None:
    for name in ("first_ping", "port_unreachable"):
        assert command_line.main([name, "--out", str(recording)]) == 0
        CHECKS[name](frames_of(recording / f"{name}.pcap"))
    assert sorted(manifest.lines_of(manifest.read(recording))) == ["first_ping.pcap", "port_unreachable.pcap"]
    assert namespaces_of(os.getpid()) == []


@pytest.mark.parametrize(("number", "status"), [(2, 130), (15, 143)], ids=["SIGINT", "SIGTERM"])
def test_interrupted_it_leaves_nothing_behind(recording: Path, number: int, status: int) -> None:
    command = [sys.executable, str(FOLDER / "record.py"), "arp_unanswered", "--out", str(recording)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 10
        while not namespaces_of(process.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert namespaces_of(process.pid)
        process.send_signal(number)
        assert process.wait(timeout=20) == status
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert namespaces_of(process.pid) == []
    assert list(recording.iterdir()) == []


def test_failing_command_leaves_nothing_behind(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from capture_samples.recorder import laboratory

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "not now")

    monkeypatch.setattr(laboratory.Laboratory, "capture", refuse)
    assert command_line.main(["port_unreachable", "--out", str(recording)]) == 2
    assert capsys.readouterr().err == "record.py: port_unreachable: [Errno 1] not now\n"
    assert namespaces_of(os.getpid()) == []
