"""What a header carries: found by its numbers, of two ports the lower one first, and never deeper than 64 layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import DNS, UDP, Data, Ethernet, Header, IPv4, decode_as, parse
from dissect.declaration.decoder import MAXIMUM_DEPTH
from dissect.protocols.tftp import TFTP

QUESTION = bytes(DNS(id=7))
DNS_PORT, TFTP_PORT = 53, 69


def carried(sport: int, dport: int, data: bytes = QUESTION) -> type[Header]:
    frame = parse(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=sport, dport=dport) / data))
    payload = frame[UDP].payload
    assert payload is not None
    return type(payload)


@pytest.mark.parametrize(
    ("sport", "dport", "expected"),
    [
        (40000, DNS_PORT, DNS),
        (DNS_PORT, 40000, DNS),
        (TFTP_PORT, DNS_PORT, DNS),
        (DNS_PORT, TFTP_PORT, DNS),
        (TFTP_PORT, 40000, TFTP),
        (40000, 40001, Data),
    ],
)
def test_of_two_ports_the_lower_one_tells_first(sport: int, dport: int, expected: type[Header]) -> None:
    assert issubclass(carried(sport, dport), expected)
    # Once more by what was kept of these ports.
    assert issubclass(carried(sport, dport), expected)


def test_what_a_user_chose_goes_before_what_is_declared() -> None:
    assert issubclass(carried(40000, DNS_PORT), DNS)
    with decode_as("udp.port==40000", TFTP):
        assert issubclass(carried(40000, DNS_PORT), TFTP)
        assert issubclass(carried(DNS_PORT, 40000), TFTP)
    assert issubclass(carried(40000, DNS_PORT), DNS)


def test_ports_of_many_conversations_take_bounded_memory() -> None:
    frame = bytearray(bytes(IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / QUESTION))
    for number in range(10_000):
        frame[20:24] = (20_000 + number).to_bytes(2, "big") + (DNS_PORT if number % 2 else 61_000).to_bytes(2, "big")
        payload = parse(bytes(frame), "raw")[UDP].payload
        assert isinstance(payload, DNS) == bool(number % 2)
    assert len(UDP._known) <= 4096


@pytest.mark.parametrize("count", [MAXIMUM_DEPTH - 1, MAXIMUM_DEPTH, MAXIMUM_DEPTH + 1, 3 * MAXIMUM_DEPTH])
def test_layers_nest_no_deeper_than_they_may(count: int) -> None:
    data = b"end"
    for number in range(count):
        # The innermost says that nobody knows what it carries.
        data = bytes(IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=4 if number else 253, payload=data))
    read = parse(data, "raw")
    layers = list(read.layers())
    # What stands behind the deepest header is data.
    assert len(layers) == min(count, MAXIMUM_DEPTH) + 1
    assert bytes(read) == data
    assert isinstance(layers[-1], Data)


@given(st.binary(max_size=30))
def test_a_payload_is_given_and_taken_away(data: bytes) -> None:
    frame = parse(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"old"))
    frame[UDP].payload = data
    assert bytes(frame)[42:] == data
    frame[UDP].payload = None
    assert frame[UDP].payload is None
    assert bytes(frame)[42:] == b""
    inner = DNS(id=9)
    frame[UDP].payload = inner
    assert bytes(frame)[42:] == bytes(inner)
    assert frame[DNS].id == 9
