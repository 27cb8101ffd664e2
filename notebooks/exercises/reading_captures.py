"""The exercises of "Reading captures"."""

from __future__ import annotations

from dissect import TCP, UDP, DestinationUnreachable, IPv4, read, with_context

from . import SAMPLES, Exercise, FilterExercise

__all__ = [
    "check_data",
    "check_largest",
    "check_lost",
    "check_openings",
    "check_refused",
    "check_stuck",
    "check_way_out",
]


def _refused() -> tuple[str, str]:
    (error,) = read(SAMPLES / "host_unreachable.pcap", "icmp.type == 3")
    quoted = error[DestinationUnreachable].payload
    assert isinstance(quoted, IPv4)
    return error[IPv4].src, quoted.dst


def _room() -> int:
    """Return the bytes that an IPv4 datagram with UDP has room for on the narrow link of the sample."""
    (error,) = read(SAMPLES / "fragmentation_needed.pcap", "icmp.type == 3")
    return error[DestinationUnreachable].next_hop_mtu - len(IPv4() / UDP())


def _late() -> list[int]:
    highest, late = 0, []
    for packet in with_context(read(SAMPLES / "tcp_loss_receiver.pcap")):
        if TCP in packet and packet[IPv4].src == "10.0.0.1" and packet[TCP].segment_length:
            (seq,), (following,) = packet.get("tcp.seq"), packet.get("tcp.nxtseq")
            if seq < highest:
                late.append(seq)
            highest = max(highest, following)
    return late


def _stuck() -> int:
    closed: dict[str, bool] = {}
    for packet in with_context(read(SAMPLES / "tcp_deadlock.pcap")):
        closed[packet[IPv4].src] = packet.get("tcp.window_size") == [0]
        if len(closed) == 2 and all(closed.values()):
            return packet.number
    return 0


def _first_closed() -> int:
    return next(iter(read(SAMPLES / "tcp_deadlock.pcap", "tcp.window_size == 0"))).number


check_data = FilterExercise(
    "web_request.pcap",
    "tcp.port == 80 and tcp.len > 0",
    (lambda answer: "port" in answer and "len" not in answer, "the handshake has that port, too."),
    without=["frame.number"],
)

check_openings = FilterExercise(
    "tcp_chat.pcap",
    "tcp.flags.syn == 1 and tcp.flags.ack == 0",
    (lambda answer: answer.strip() == "tcp.flags.syn", "every TCP segment has this field."),
    (lambda answer: answer.replace(" ", "") == "tcp.flags.syn==1", "the server's answer has that flag, too."),
    without=["frame.number"],
)

check_largest = FilterExercise(
    "tcp_loss.pcap",
    "tcp.len == 1448",
    (lambda answer: answer.replace(" ", "") == "tcp.len>0", "some segments with data are shorter."),
    (lambda answer: "1460" in answer, "the timestamps take 12 bytes of each segment."),
)

check_refused = Exercise(
    _refused,
    (lambda answer: tuple(answer) == _refused()[::-1], "it is the other way round: an error's source is who reports."),
    (lambda answer: "10.0.0.1" in answer, "that is the one to whom it is reported."),
)

check_way_out = Exercise(
    _room,
    (lambda answer: answer == _room() + 28, "that is the whole datagram, with the headers of IP and UDP."),
    (lambda answer: answer == _room() + 8, "UDP has a header, too."),
    (lambda answer: answer == _room() - 14, "an MTU does not count Ethernet's header."),
)

check_lost = Exercise(
    _late,
    (lambda answer: len(answer) == len(_late()) and answer != sorted(answer), "in the order of the capture."),
    (lambda answer: max(answer) > 2**20, "count from the first segment: those are the numbers on the wire."),
    (lambda answer: set(answer) < set(_late()), "there are more."),
)

check_stuck = Exercise(
    _stuck,
    (lambda answer: answer == _first_closed(), "there one side is closed, and the other still takes data."),
)
