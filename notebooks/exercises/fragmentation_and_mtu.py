"""The exercises of "Fragmentation and MTU"."""

from __future__ import annotations

from dissect import UDP, IPv4, OverlapPolicy, Reassembler, fragment

from . import Exercise

__all__ = [
    "OVERLAPPING",
    "PIECES",
    "check_count",
    "check_field",
    "check_missing",
    "check_overlap",
    "check_path",
    "check_ping",
    "check_text",
]

_PROTOCOL = 253
"""For experiments (RFC 3692)."""


def _datagram(number: int, data: bytes) -> IPv4:
    return IPv4(src="10.0.0.1", dst="10.0.0.2", id=number, protocol=_PROTOCOL) / data


_WHOLE = b"Only the first fragment knows what all of them are about, and the last how long it is."
_OTHER = (
    b"Whoever is missing one single piece of a datagram has nothing of it at all, and has to be sent all of it anew."
)
_ONE, _TWO = fragment(_datagram(11, _WHOLE), 68), fragment(_datagram(12, _OTHER), 68)
PIECES = [_TWO[2], _ONE[1], _TWO[0], _ONE[0]]
"""Both fragments of one datagram, and the first and the last of three of another."""
OVERLAPPING = [
    _datagram(13, b"PORT 80 is all I").replace(flags="MF"),
    _datagram(13, b"PORT 22 is what ").replace(flags="MF", fragment_offset=1),
    _datagram(13, b"I want!").replace(fragment_offset=3),
]
"""Of the second fragment, the first half comes for the second time."""
_MTUS = (1500, 1492, 1500, 1280, 1400)


def _first_policy() -> bytes:
    reassembler = Reassembler(policy=OverlapPolicy.FIRST)
    ended = [each for piece in OVERLAPPING for each in reassembler.receive(piece, 0)]
    return bytes(ended[0].datagram or b"")[20:]


def _errors() -> tuple[int, int]:
    size, errors = _MTUS[0], 0
    for mtu in _MTUS:
        if mtu < size:
            size, errors = mtu, errors + 1
    return errors, size


check_count = Exercise(
    lambda: len(fragment(IPv4() / UDP() / bytes(6000), 1500)),
    (lambda answer: answer == 4, "each fragment needs an IPv4 header of its own."),
    (lambda answer: isinstance(answer, float), "there are no parts of fragments."),
)

check_field = Exercise(
    lambda: int(fragment(_datagram(1, bytes(3000)), 630)[2].fragment_offset),
    (lambda answer: answer in (1216, 1220), "the field doesn't count bytes."),
    (lambda answer: answer in (152.5, 153), "what does not divide by eight does not go into a fragment."),
    (lambda answer: answer in (76, 228), "that is the one of another fragment."),
)

check_ping = Exercise(
    lambda: 1500 - 20 - 8,
    (lambda answer: answer == 1480, "ICMP has a header, too."),
    (lambda answer: answer == 1460, "that would be right for TCP."),
    (lambda answer: answer == 1500, "the headers have to go in as well."),
)

check_text = Exercise(
    lambda: _WHOLE,
    (lambda answer: answer == bytes(_ONE[1])[20:] + bytes(_ONE[0])[20:], "they don't stand in their order."),
    (lambda answer: b"Whoever" in answer, "of this one a fragment is missing."),
)

check_missing = Exercise(
    lambda: (8 * int(_TWO[1].fragment_offset), 8 * int(_TWO[2].fragment_offset) - 1),
    (lambda answer: answer[1] == 8 * int(_TWO[2].fragment_offset), "the last byte that is missing comes one before."),
    (lambda answer: answer[0] == 8 * int(_TWO[1].fragment_offset) - 1, "that byte is there: they count from 0."),
)

check_overlap = Exercise(
    _first_policy,
    (lambda answer: b"22" in answer, "these came later."),
    (lambda answer: len(answer) > len(_first_policy()), "no byte is read twice."),
)

check_path = Exercise(
    _errors,
    (lambda answer: answer[0] == 3, "what has become small enough for one cable may fit the next."),
    (lambda answer: answer[1] == 1400, "there is a narrower one."),
)
