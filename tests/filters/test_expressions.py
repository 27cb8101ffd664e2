"""Values in a filter: what fields, slices, sums and functions give of a packet, and which of them there are not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, UDP, Ethernet, Header, IPv4, Packet
from dissect.errors import FilterError
from dissect.filters.compiler import compile_filter
from dissect.filters.expressions import ordering
from dissect.wireshark.types import field_type

SEGMENT = (
    Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=64)
    / TCP(sport=40000, dport=80, flags="SA")
    / b"GET /index.html"
)
TUNNEL = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / IPv4(src="10.1.0.1", dst="10.1.0.2", ttl=3) / UDP(dport=53)


def holds(text: str, frame: Header) -> bool:
    return compile_filter(text)(Packet(bytes(frame)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ip.ttl + 1 == 65", True),
        ("ip.ttl - 65 == -1", True),
        ("ip.ttl * 2 == 128", True),
        ("ip.ttl / 3 == 21", True),
        ("ip.ttl % 3 == 1", True),
        # Nothing is divided by 0: no value is equal, and none is not unequal, as in tshark.
        ("ip.ttl / 0 == 0", False),
        ("ip.ttl / 0 != 0", True),
        ("-ip.ttl == -64", True),
        ("ip.src & 255.255.0.0 == 10.0.0.0", True),
        ("eth.src & ff:ff:00:00:00:00 == 02:00:00:00:00:00", True),
        ("abs(ip.ttl - 65) == 1", True),
        ("len(ip.src) == 4", True),
        ("len(tcp.payload) == 15", True),
        ("len(ip.ttl) == 1", True),
        ("count(ip.addr) == 2", True),
        ('upper(frame.protocols) contains "IP:TCP"', True),
        ('string(ip.ttl) matches "^6"', True),
        ('string(eth.src) == "02:00:00:00:00:01"', True),
        ("min(tcp.port) == 80", True),
        ("max(ip.ttl, ip.version) == 64", True),
        ("udp.port + 1 > 0", False),
        ("max(udp.port) > 0", False),
        ("count(udp.port) == 0", False),
    ],
)
def test_values_of_a_segment(text: str, expected: bool) -> None:
    assert holds(text, SEGMENT) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Each of the left values is combined with each of the right ones.
        ("ip.ttl + ip.ttl == 6", True),
        ("ip.ttl + ip.ttl == 128", True),
        ("ip.ttl + ip.ttl == 67", True),
        ("ip.ttl#1 + ip.ttl#2 == 67", True),
        ("max(ip.ttl) - min(ip.ttl) == 61", True),
    ],
)
def test_sums_of_fields_that_are_there_several_times(text: str, expected: bool) -> None:
    assert holds(text, TUNNEL) is expected


@given(st.integers(-20, 20), st.none() | st.integers(1, 20))
def test_slices_are_whole_or_not_there(first: int, size: int | None) -> None:
    payload = b"GET /index.html"
    begin = first if first >= 0 else len(payload) + first
    end = len(payload) if size is None else begin + size
    text = f"tcp.payload[{first}:{'' if size is None else size}]"
    if not 0 <= begin < len(payload) or end > len(payload):
        assert not holds(f'{text} contains ""', SEGMENT) or size is None
        return
    assert holds(
        f"{text} == {payload[begin:end].hex(':') if end - begin > 1 else '0x' + payload[begin:end].hex()}", SEGMENT
    )


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("64 == ip.ttl", 0, "fields stand on the left side"),
        ("1 + ip.ttl == 2", 0, "fields stand on the left side"),
        ("ip.ttl[0] == 64", 0, "cannot be cut into bytes"),
        ("ip.src + 1", 0, 'there is no "+"'),
        ("tcp.flags.syn & 1", 0, 'there is no "&"'),
        ("-eth.src == 1", 0, "has no negative"),
        ("len(frame)", 0, "alone is no test"),
        ("lenght(frame)", 0, "there is no function 'lenght'; did you mean 'len'?"),
        ("lenn(frame) > 1", 0, "did you mean 'len'?"),
        ('len(tcp.port) > "a"', 16, "text is no value"),
        ("len(ip[0]) > 1", 4, "takes a field as it is"),
        ("count(ip.src, ip.dst) > 1", 0, "2 arguments, expected exactly one"),
        ("upper(ip.ttl) == 1", 6, "expected text"),
        ("string(tcp.flags.syn) == 1", 7, "expected a number or an address"),
        ("max(ip.ttl, ip.len) > 1", 12, "compares fields of one type"),
        ("abs(ip.src) > 1", 4, "expected a number"),
        ("ip.ttl == -300", 11, "300 does not fit"),
        ("tcp.seq_raw == -2147483648", 15, "expected at least -2147483648"),
    ],
)
def test_what_there_is_not_is_told_where_it_stands(text: str, position: int, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text)
    assert said in caught.value.message
    assert caught.value.position == position


@given(st.binary(max_size=4), st.binary(max_size=4))
def test_the_longer_string_of_bytes_is_the_greater_one(left: bytes, right: bytes) -> None:
    kind: Any = field_type("tcp.payload")
    less = ordering("<", kind, plain=True)
    assert less(left, right) == (len(left) < len(right) or (len(left) == len(right) and left < right))
