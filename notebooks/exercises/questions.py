"""The exercises of "Questions to a large capture"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dissect import TCP, IPv4, Packet, read, with_context

from . import SAMPLES, Exercise

__all__ = ["check_datagrams", "check_frames", "check_loss", "check_opened", "check_ports", "check_talker"]


def _of_tcp() -> Iterator[Packet]:
    """Yield the packets of all samples about TCP."""
    for path in sorted(SAMPLES.glob("tcp*.pcap")):
        yield from read(path)


def _talker() -> str:
    sent: Counter[str] = Counter()
    for packet in _of_tcp():
        if IPv4 in packet:
            sent[packet[IPv4].src] += packet.original_length
    return sent.most_common(1)[0][0]


def _lost() -> int:
    return sum(1 for _ in read(SAMPLES / "tcp_loss.pcap", "tcp.analysis.retransmission"))


def _ports() -> int:
    asked = (packet for packet in _of_tcp() if TCP in packet and str(packet[TCP].flags) == "S")
    return len({packet[TCP].dport for packet in asked if packet[IPv4].dst == "10.0.0.2"})


def _opened() -> int:
    packets = with_context(read(SAMPLES / "tcp_short_connections.pcap"))
    return len({packet["tcp.stream"] for packet in packets if TCP in packet})


check_frames = Exercise(lambda: sum(1 for _ in _of_tcp()))
check_talker = Exercise(_talker)
check_loss = Exercise(
    _lost,
    (lambda answer: answer == sum(1 for _ in read(SAMPLES / "tcp_loss.pcap")), "these are all rows: count the field."),
)
check_ports = Exercise(
    _ports,
    (lambda answer: answer > 10 * _ports(), "these are too many: of equal ports, count one (distinct)."),
)
check_opened = Exercise(
    _opened,
    (lambda answer: answer == _opened() - 1, "streams are counted from 0 on: how many are they?"),
)
check_datagrams = Exercise(
    lambda: sum(1 for _ in read(SAMPLES / "udp_echo.pcap", "udp.length < 9")),
    (lambda answer: answer == 0, "a datagram without data has a length, too: that of its header."),
)
