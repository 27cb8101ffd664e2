"""The exercises of "TTL, ICMP and traceroute"."""

from __future__ import annotations

from dissect import TCP, UDP, IPv4, TimeExceeded, UnreachableCode, quotation, updated_checksum
from dissect.lab.icmp_rules import may_be_reported

from . import Exercise, FilterExercise

__all__ = [
    "QUOTING",
    "check_answers",
    "check_checksum",
    "check_diagnosis",
    "check_hops",
    "check_probe",
    "check_quoted_port",
    "check_unreachable",
]

_CHECKSUM = 0xB1E6
_TTL_WORD = 64 << 8
_QUOTED = IPv4(src="10.0.0.1", dst="198.51.100.7", id=0x1234, ttl=1) / TCP(sport=51966, dport=443, flags="S")
QUOTING = bytes(IPv4() / TimeExceeded() / quotation(_QUOTED, 28))[20:]
"""A message of time exceeded that quotes a segment."""
_TO_THE_HOST = IPv4(src="10.0.3.1", dst="10.0.0.2")
_ARRIVALS = {
    "A": may_be_reported(_TO_THE_HOST.replace(protocol=253)),
    "B": may_be_reported(_TO_THE_HOST / UDP(dport=9999), link_broadcast=True),
    "C": may_be_reported(_TO_THE_HOST / TimeExceeded()),
    "D": may_be_reported(_TO_THE_HOST / UDP(dport=9999)),
    "E": may_be_reported(_TO_THE_HOST.replace(fragment_offset=185, protocol=17)),
}

check_hops = Exercise(
    lambda: 128 - 117,
    (lambda answer: answer == 12, "the host at the end takes nothing away."),
    (lambda answer: answer == 10, "each router takes one away, the first as well."),
)

check_checksum = Exercise(
    lambda: updated_checksum(_CHECKSUM, _TTL_WORD, _TTL_WORD - 0x100),
    (
        lambda answer: answer == _CHECKSUM - 0x100,
        "the sum gets smaller, and the checksum is the sum with its bits turned.",
    ),
    (lambda answer: answer == _CHECKSUM + 1, "the TTL is the high byte of its word."),
)

check_quoted_port = Exercise(
    lambda: _QUOTED[TCP].sport,
    (lambda answer: answer == _QUOTED[TCP].dport, "that is the destination port."),
    (lambda answer: answer == int.from_bytes(QUOTING[8:10], "big"), "there an IPv4 header begins."),
)

check_probe = Exercise(
    lambda: IPv4(src="10.0.0.1", dst="10.0.9.9", ttl=3) / UDP(sport=50000, dport=33440),
    (lambda answer: answer.ttl == 2, "that one dies at the router before."),
    (lambda answer: answer.ttl == 4, "the third router would pass that one on."),
)

check_answers = Exercise(
    lambda: {letter for letter, may in _ARRIVALS.items() if may},
    (lambda answer: "C" in answer, "errors about errors would never end."),
    (lambda answer: "E" in answer, "one error about a datagram is enough, and its ports are in the first fragment."),
    (lambda answer: "B" in answer, "what everybody gets, everybody would answer."),
)

check_diagnosis = Exercise(
    lambda: [int(code) for code in (UnreachableCode.HOST, UnreachableCode.NETWORK, UnreachableCode.PROHIBITED)],
    (lambda answer: answer[0] == 0, "the last router knows the network well."),
    (lambda answer: answer[2] in (9, 10), "that is a code of RFC 1122's; RFC 1812 has one more."),
)

check_unreachable = FilterExercise(
    "prohibited.pcap",
    "icmp.type == 3 and icmp.code != 1",
    (lambda answer: answer == "icmp.type == 3", "one of these lies about a host."),
    (lambda answer: answer in {"icmp.code == 13", "icmp.code in {13}"}, "a firewall's codes are more than one."),
    without=["frame.number", "ip.src", "ip.dst", "ip.addr"],
)
