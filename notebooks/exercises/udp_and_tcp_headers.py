"""The exercises of "UDP and TCP headers"."""

from __future__ import annotations

from hashlib import sha256
from itertools import dropwhile

from dissect import TCP, UDP, IPv4, Packet, read

from . import SAMPLES, Exercise

__all__ = [
    "check_acknowledgments",
    "check_half_closed",
    "check_length",
    "check_mss",
    "check_third_file",
    "check_without_checksum",
    "check_wrapped",
]

_SERVER = "10.0.0.2"


def _data(packet: Packet) -> bytes:
    return bytes(packet[TCP].payload or b"")


def _after_close() -> int:
    """Return how much data the server of the sample sends after the client's FIN."""
    packets = read(SAMPLES / "tcp_half_close.pcap")
    rest = dropwhile(lambda packet: not (packet[TCP].fin and packet[IPv4].dst == _SERVER), packets)
    return sum(len(_data(packet)) for packet in rest if packet[IPv4].src == _SERVER)


def _files() -> list[tuple[str, bytes]]:
    """Return names and contents of the files in the sample, whose segments lie in order."""
    stream = b"".join(
        _data(packet) for packet in read(SAMPLES / "tcp_length_prefixed.pcap") if packet[IPv4].dst == _SERVER
    )
    found = []
    while stream:
        parts = []
        for size in (2, 4):
            end = size + int.from_bytes(stream[:size], "big")
            parts.append(stream[size:end])
            stream = stream[end:]
        found.append((parts[0].decode(), parts[1]))
    return found


def _third() -> tuple[str, str]:
    name, content = _files()[2]
    return name, sha256(content).hexdigest()


check_length = Exercise(
    lambda: (UDP() / bytes(12)).length,
    (lambda answer: answer == 12, "the field counts the header, too."),
    (lambda answer: answer == 40, "IP's header has a length of its own."),
)

check_without_checksum = Exercise(
    lambda: IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=40000, dport=9, checksum=0, payload=b"fast"),
    (lambda answer: answer[UDP].checksum == 0xFFFF, "that is how a sum of 0 is written, not how none is."),
    (lambda answer: answer[UDP].checksum != 0, "it has a checksum: what is left out is computed."),
)

check_acknowledgments = Exercise(
    lambda: [1001, 1021, 1022],
    (lambda answer: answer[0] == 1000, "a SYN takes a number of its own."),
    (lambda answer: answer[1] == 1020, "20 bytes of data begin behind the SYN's number."),
    (lambda answer: answer[2] == answer[1], "a FIN takes a number of its own."),
)

check_wrapped = Exercise(
    lambda: (4294967280 + 32) % 2**32,
    (lambda answer: answer == 4294967280 + 32, "that number has more than 32 bits."),
    (lambda answer: answer == (4294967280 + 32) % (2**32 - 1), "behind the largest number comes 0, not 1."),
)

check_mss = Exercise(
    lambda: 9000 - len(IPv4()) - len(TCP()),
    (lambda answer: answer == 9000, "the MTU counts the headers of IP and TCP, the MSS does not."),
    (lambda answer: answer == 9000 - 20, "there are two headers."),
    (lambda answer: answer == 9000 - 54, "the MTU does not count Ethernet's header."),
)

check_half_closed = Exercise(
    _after_close,
    (lambda answer: answer == 3, "that is the number of segments."),
    (lambda answer: answer == _after_close() + 1, "a FIN takes a number, and is no data."),
)

check_third_file = Exercise(
    _third,
    (lambda answer: answer[0] != _third()[0] and answer[0] in dict(_files()), "that is another of the four files."),
    (lambda answer: len(answer[1]) != 64, "a SHA-256 in hex has 64 digits."),
    (lambda answer: answer == (_third()[0], sha256(b"").hexdigest()), "that is the sum of no bytes at all."),
)
