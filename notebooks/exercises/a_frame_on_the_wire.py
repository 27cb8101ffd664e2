"""The exercises of "A frame on the wire"."""

from __future__ import annotations

from dissect import UDP, VLAN, EchoRequest, Ethernet, IPv4, parse

from . import Exercise

__all__ = [
    "CAPTURED",
    "check_group_addresses",
    "check_longest",
    "check_on_the_cable",
    "check_padding",
    "check_padding_bytes",
    "check_tagged",
]

CAPTURED = bytes(
    (
        Ethernet(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")
        / IPv4(id=7, src="10.0.0.1", dst="10.0.0.2")
        / EchoRequest(id=5, seq=1, payload=b"ok!\0\r\n")
    ).padded(b"!!\0*")
)
"""An echo request that ends with two bytes which could be padding, and padding that could be data."""
_ADDRESSES = {
    "A": "02:00:00:00:00:fe",
    "B": "01:80:c2:00:00:0e",
    "C": "00:01:5e:01:01:01",
    "D": "ab:00:00:01:00:00",
    "E": "fe:ff:ff:ff:ff:ff",
    "F": "ff:ff:ff:ff:ff:ff",
}
_AROUND = 8 + 4 + 12
"""Bytes of preamble, frame check sequence and gap."""


def _datagram(size: int) -> Ethernet:
    return Ethernet() / IPv4() / UDP(payload=bytes(size))


check_padding = Exercise(
    lambda: len(_datagram(5).padded().padding),
    (lambda answer: answer == 46 - 5, "the headers of IPv4 and UDP are data to Ethernet, too."),
    (lambda answer: answer == 64 - len(_datagram(5)), "the frame check sequence counts to the 64 bytes."),
)

check_padding_bytes = Exercise(
    lambda: parse(CAPTURED).trailer,
    (lambda answer: len(answer) == 0, "a frame of 60 bytes may well have some."),
    (lambda answer: CAPTURED.endswith(answer) and not any(answer), "zeros are polite, but nobody has to be."),
    (lambda answer: len(answer) == 60 - 34, "the total length of IPv4 counts its own header."),
)

check_group_addresses = Exercise(
    lambda: {letter for letter, address in _ADDRESSES.items() if Ethernet(dst=address).dst_group},
    (lambda answer: "E" in answer, "look at the lowest bit of the first byte, not at how many are set."),
    (lambda answer: "C" in answer, "the bit is in the first byte, not in the second."),
)

check_tagged = Exercise(
    lambda: (
        Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
        / VLAN(id=20, priority=5)
        / IPv4(src="10.0.0.1", dst="10.0.0.2")
        / EchoRequest()
    ),
    (lambda answer: VLAN not in answer, "there is no tag in it."),
)

check_on_the_cable = Exercise(
    lambda: len(_datagram(1).padded()) + _AROUND,
    (lambda answer: answer == len(_datagram(1)) + _AROUND, "such a frame is padded."),
    (lambda answer: answer == len(_datagram(1).padded()), "that is what a capture sees of it."),
    (lambda answer: answer == len(_datagram(1).padded()) + 4, "preamble and gap are missing."),
)

check_longest = Exercise(
    lambda: len(Ethernet() / VLAN() / VLAN() / bytes(1500)),
    (lambda answer: answer == 1500, "the MTU does not count Ethernet's own header."),
    (lambda answer: answer == 1526, "a capture has no frame check sequence."),
)
