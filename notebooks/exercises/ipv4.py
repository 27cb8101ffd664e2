"""The exercises of "IPv4"."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network

from dissect import UDP, IPv4, RecordRoute, internet_checksum

from . import Exercise

__all__ = [
    "HEADER",
    "check_checksum",
    "check_dscp",
    "check_ihl",
    "check_last_hop",
    "check_network",
    "check_prefix",
    "check_same_network",
]

HEADER = bytes(
    IPv4(src="192.168.200.17", dst="203.0.113.250", id=0xF00D, flags="DF", ttl=61, protocol=6, checksum=0, dscp="cs6")
)
"""A header whose sum of words exceeds 16 bits, with 0 for a checksum."""
_HOST = ip_interface("172.20.77.200/20")
_ADDRESSES = {"A": "10.1.190.1", "B": "10.1.127.255", "C": "10.1.192.1", "D": "10.1.128.9", "E": "10.2.130.7"}


def _sum() -> int:
    return sum(int.from_bytes(HEADER[place : place + 2], "big") for place in range(0, len(HEADER), 2))


check_ihl = Exercise(
    lambda: IPv4(options=[RecordRoute(route=["0.0.0.0"] * 5)]).ihl,
    (lambda answer: answer == 44, "the field does not count bytes."),
    (lambda answer: answer == 6, "the first 20 bytes of the header count, too."),
    (lambda answer: answer == 10, "an option has type, length and pointer in front of its places."),
    (lambda answer: answer == 10.75, "a row is never half full."),
)

check_checksum = Exercise(
    lambda: internet_checksum(HEADER),
    (lambda answer: answer == _sum(), "that is the sum, and it has more than 16 bits."),
    (lambda answer: answer == _sum() & 0xFFFF, "what exceeds 16 bits is not thrown away."),
    (lambda answer: answer == (_sum() & 0xFFFF) + (_sum() >> 16), "one step is missing: the last."),
    (lambda answer: answer == ~_sum() & 0xFFFF, "what exceeds 16 bits is added before the bits are turned round."),
)

check_dscp = Exercise(
    lambda: int(IPv4(tos=0x68).dscp),
    (lambda answer: answer == 0x68, "that is the whole byte."),
    (lambda answer: answer == 0x68 >> 5, "that is how RFC 791 read the byte."),
)

check_network = Exercise(
    lambda: (
        str(_HOST.network.network_address),
        str(_HOST.network.broadcast_address),
        _HOST.network.num_addresses - 2,
    ),
    (lambda answer: answer[0] == "172.20.77.0", "20 bits end in the middle of the third byte."),
    (lambda answer: answer[2] == _HOST.network.num_addresses, "two of the addresses are nobody's."),
)

check_same_network = Exercise(
    lambda: {
        letter
        for letter, address in _ADDRESSES.items()
        if ip_address(address) in ip_network("10.1.130.7/18", strict=False)
    },
    (lambda answer: "E" in answer, "the second byte belongs to the network."),
    (lambda answer: "C" in answer, "192 has one bit of network more than 128 has."),
)

check_prefix = Exercise(
    lambda: next(length for length in range(30, 0, -1) if 2 ** (32 - length) - 2 >= 500),
    (lambda answer: answer == 9, "those are the bits of the host."),
    (lambda answer: answer == 24, "that is a class C, and it has room for 254."),
)

check_last_hop = Exercise(
    lambda: IPv4(src="10.0.0.1", dst="10.0.2.1", ttl=1, dscp="ef", flags="DF") / UDP(sport=40000, dport=33434),
    (lambda answer: answer.ttl == 0, "no host sends that: the router is the one that would write it."),
    (lambda answer: answer.ttl > 1, "the first router would pass it on."),
)
