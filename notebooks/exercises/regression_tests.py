"""The exercises of "Regression tests on captured traffic"."""

from __future__ import annotations

from dissect import TCP, UDP, Ethernet, Header, IPv4, compare

from . import Exercise, FilterExercise

__all__ = [
    "AFTER",
    "BEFORE",
    "FAILURE",
    "check_broken_frame",
    "check_canonical",
    "check_causes",
    "check_ignored",
    "check_rule",
]

_CLIENT, _SERVER = "10.0.0.1", "10.0.0.2"
_CANONICAL = frozenset({"ports", "sequence-numbers"})


def _datagram(port: int, ttl: int) -> Header:
    ethernet = Ethernet(src="02:00:00:00:00:02", dst="02:00:00:00:00:01")
    return ethernet / IPv4(src=_SERVER, dst=_CLIENT, ttl=ttl) / UDP(sport=port, dport=40000) / b"ready"


def _connection(port: int, first: int) -> list[Header]:
    to_server = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IPv4(src=_CLIENT, dst=_SERVER)
    to_client = Ethernet(src="02:00:00:00:00:02", dst="02:00:00:00:00:01") / IPv4(src=_SERVER, dst=_CLIENT)
    return [
        to_server / TCP(sport=port, dport=80, seq=first, flags="S"),
        to_client / TCP(sport=80, dport=port, seq=first + 5000, ack=first + 1, flags="SA"),
        to_server / TCP(sport=port, dport=80, seq=first + 1, ack=first + 5001, flags="A"),
    ]


BEFORE = [_datagram(7, 64), *_connection(40000, 1000)]
"""The golden's datagram, and a connection."""
AFTER = _connection(40022, 777_000)
"""The same connection in another run: from another port, and from other sequence numbers on."""
_BROKEN = _datagram(17, 32)
FAILURE = str(compare([BEFORE[0]], [_BROKEN]))
"""What a failing test said."""

check_causes = Exercise(
    lambda: {"ip.ttl", "udp.srcport"},
    (lambda answer: "ip.checksum" in answer or "udp.checksum" in answer, "one of yours only follows from another."),
)

check_broken_frame = Exercise(
    lambda: _BROKEN,
    (lambda answer: answer == BEFORE[0], "that is the golden's."),
    (lambda answer: answer[UDP].dport == 17, "the other port has changed."),
    (lambda answer: not answer[UDP].is_automatic("checksum"), "leave the checksums out: they are computed."),
)

check_canonical = Exercise(
    lambda: set(_CANONICAL),
    (lambda answer: "all" in answer, "there are fewer."),
    (lambda answer: "checksums" in answer, "the checksums only follow from the rest."),
    (
        lambda answer: set(answer) < _CANONICAL,
        "with these alone there are differences left: compare(BEFORE[1:], AFTER, canonical=...) shows them.",
    ),
)

check_ignored = Exercise(
    lambda: "ip.dsfield.dscp",
    (lambda answer: answer in {"ip.dsfield", "ip.tos"}, "that is the whole byte, and congestion is reported in it."),
    (lambda answer: answer == "ip.dsfield.ecn", "that is just what the test should go on seeing."),
    (lambda answer: answer in {"dscp", "ip.dscp"}, "nearly: the field stands below another one."),
)

check_rule = FilterExercise(
    "udp_echo.pcap",
    "udp.srcport == 7 and udp.length > 8",
    (lambda answer: answer == "udp.srcport == 7", "one of these carries nothing."),
    (lambda answer: "length > 0" in answer, "the length of UDP counts its header."),
    without=["frame.number"],
)
