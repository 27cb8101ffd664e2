"""Frames of TCP segments that are written down in one line each, for what watches connections."""

from __future__ import annotations

from dissect import TCP, Ethernet, IPv4, Packet

__all__ = ["SECOND", "segments"]

SECOND = 1_000_000_000


def segments(
    text: str, *, client: str = "10.0.0.1:4000", server: str = "10.0.0.2:80", first: int = 1, start: float = 0.0,
    step: float = 0.1, lettered: bool = False,
) -> list[Packet]:  # fmt: skip
    """Return packets `step` seconds apart: `> S 1000` from the client, with flags, number, acknowledgment, bytes.

    A number in front, as in `@5 > S 1000`, is the time in seconds since the start. Data are zeros, or with `lettered`
    another letter in each segment.
    """
    packets = []
    ends = [end.rpartition(":") for end in (client, server)]
    time = start
    for number, segment in enumerate(text.split(","), first):
        words = segment.split()
        if words[0].startswith("@"):
            time = start + float(words.pop(0)[1:])
        arrow, letters, *numbers = words
        seq, ack, length = (*map(int, numbers), *([0] * (3 - len(numbers))))
        (source, _, sport), (destination, _, dport) = ends if arrow == ">" else reversed(ends)
        frame = (
            Ethernet()
            / IPv4(src=source, dst=destination)
            / TCP(
                sport=int(sport), dport=int(dport), seq=seq % 2**32, ack=ack % 2**32,
                flags="" if letters == "-" else letters,
            )
            / bytes([number % 26 + 97 if lettered else 0] * length)
        )  # fmt: skip
        packets.append(Packet(bytes(frame), number=number, time_ns=round(time * SECOND)))
        time += step
    return packets
