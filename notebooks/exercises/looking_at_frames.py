"""The exercises of "Looking at frames"."""

from __future__ import annotations

from dissect import TCP, Ethernet, IPv4

from . import Exercise

__all__ = ["check_frame", "check_header_bytes"]

check_header_bytes = Exercise(
    lambda: len(bytes(IPv4() / TCP())),
    (lambda answer: answer == len(bytes(Ethernet() / IPv4() / TCP())), "Ethernet's header was not asked for."),
    (lambda answer: answer in (5, 10), "the fields count words of 32 bits, and the question is about bytes."),
)

check_frame = Exercise(
    lambda: Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=1) / TCP(dport=80, flags="S"),
    (lambda answer: answer[IPv4].ttl == 64, "this datagram would pass 64 routers."),
)
