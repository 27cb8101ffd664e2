"""What two ends say inside of TLS: records that were decrypted, by the direction of the first of them."""

from __future__ import annotations

from typing import Any

from dissect import TCP, TLS, Packet
from dissect.flows.followed_tls import TLSFollower
from tests.talk import seen, talk

RECORD = bytes.fromhex("1703030004 01020304")
"""A record of application data (RFC 8446, section 5.2)."""


def decrypted(*said: tuple[int, bytes | None], stream: int = 0) -> list[Packet]:
    """Packets with a record each, of the client (0) or the server (1), of which this was decrypted; None: nothing."""
    packets = seen(talk(443, *((way, RECORD) for way, _ in said)))[3:]
    for packet, (_, data) in zip(packets, said, strict=True):
        packet[TCP].learn(stream=stream)
        if data is not None:
            packet[TLS].learn(decrypted=data)
    return packets


def followed(*packets: Packet, stream: int | None = None) -> tuple[TLSFollower, list[Any]]:
    follower = TLSFollower()
    return follower, [
        (each.number, each.way, each.data) for packet in packets for each in follower.take(packet, stream)
    ]


def test_each_record_is_a_stretch_of_its_frame() -> None:
    packets = decrypted((0, b"GET /"), (1, b"200"), (1, b"OK"))
    follower, found = followed(*packets)
    assert found == [(4, 0, b"GET /"), (5, 1, b"200"), (6, 1, b"OK")]
    assert follower.ends == [("192.0.2.10", 50000), ("198.51.100.20", 443)]


def test_the_first_record_that_was_decrypted_tells_the_direction() -> None:
    # As in Wireshark; one of the handshake, with nothing that is said, counts for it.
    follower, found = followed(*decrypted((0, None), (1, b""), (0, b"question"), (1, b"answer")))
    assert [(way, data) for _, way, data in found] == [(1, b"question"), (0, b"answer")]
    assert follower.ends[0] == ("198.51.100.20", 443)


def test_another_connection_is_passed_over() -> None:
    packets = [*decrypted((0, b"other"), stream=7), *decrypted((0, b"this"), stream=3)]
    assert [data for _, _, data in followed(*packets, stream=3)[1]] == [b"this"]
    assert [data for _, _, data in followed(*packets)[1]] == [b"other", b"this"]


def test_without_keys_nobody_says_anything() -> None:
    follower, found = followed(*decrypted((0, None), (1, None)))
    assert (follower.ends, found) == ([("", 0), ("", 0)], [])
