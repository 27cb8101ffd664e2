"""Lines that compute a checksum from the bytes of a frame give what the declaration gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import (
    TCP,
    UDP,
    EchoRequest,
    Ethernet,
    Header,
    ICMPv6EchoRequest,
    IPv4,
    IPv6,
    LooseSourceRoute,
    RoutingHeader,
    parse,
)
from dissect.declaration.automatic import Checksum
from dissect.declaration.symbols import Trace, UntraceableError
from dissect.declaration.traced import Chain
from dissect.protocols.sctp import SCTP
from dissect.views.sums import ONES, Sum
from tests.declaration.traces import values_at

HERE, THERE = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv6(src="2001:db8::1", dst="2001:db8::2")
ROUTE = RoutingHeader(type=0, segments_left=1, data=bytes(4) + bytes(range(16)))
CHAINS: list[Header] = [
    HERE / UDP(sport=1, dport=2), HERE / TCP(sport=1, dport=2), HERE / EchoRequest(), THERE / UDP(sport=1, dport=2),
    THERE / TCP(sport=1, dport=2), THERE / ICMPv6EchoRequest(), HERE / HERE / TCP(),
    HERE.replace(options=[LooseSourceRoute(route=["10.0.0.9"])]) / UDP(), THERE / ROUTE / UDP(),
    HERE / SCTP(),
]  # fmt: skip


def sums_of(frame: Header) -> tuple[Chain, dict[str, tuple[Any, Any, Sum]]]:
    """Return the traced chain of a frame, and what sums each of its headers."""
    data = bytes(frame)
    chain = Chain(Trace(), data, 0, list(parse(data).layers()))
    found = {}
    for index, header in enumerate(chain.headers):
        for field in header.layout:
            if isinstance(field.factory, Checksum):
                name = f"x{index}_{field.name}"
                found[name] = header, field, Sum.of(chain, name, index, field)
    return chain, found


def computed(chain: Chain, name: str, how: Sum, data: bytes) -> int:
    """Return the checksum that the lines give for a frame of the same form."""
    names = values_at(chain.trace.places, data) | {"number_of": int.from_bytes, **ONES, **chain.trace.functions}
    names |= {"buffer": data, "base": 0}
    names |= {f"e{index}": header.carried_end for index, header in enumerate(chain.headers)}
    exec("\n".join(how.lines), names)
    assert how.needs <= names.keys()
    number: int = names[name]
    return number


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: "/".join(type(each).__name__ for each in chain.layers()))
@given(payload=st.binary(max_size=300) | st.integers(300, 1500).map(lambda size: bytes(range(256)) * 6 + bytes(size)))
@settings(max_examples=8)
def test_the_checksum_of_a_frame_is_found(chain: Header, payload: bytes) -> None:
    followed, sums = sums_of(Ethernet() / (chain / payload))
    assert sums
    for name, (header, field, how) in sums.items():
        assert computed(followed, name, how, followed.data) == field.factory.expected(header, field)


def test_it_is_found_in_other_frames_of_the_form() -> None:
    followed, sums = sums_of(Ethernet() / HERE / UDP(sport=1, dport=2, payload=b"data"))
    other = bytes(Ethernet() / HERE.replace(src="192.0.2.200", ttl=9) / UDP(sport=9, dport=7, payload=b"more"))
    frame = parse(other)
    for name, (header, field, how) in sums.items():
        assert computed(followed, name, how, other) == frame[type(header)].raw(field)


@pytest.mark.parametrize("data", [bytes(8), b"\xff" * 8, b"\x00\x00\xff\xff" * 2])
def test_zeros_are_summed_as_the_declaration_does(data: bytes) -> None:
    frame = bytearray(bytes(Ethernet() / HERE / EchoRequest(payload=b"12345678")))
    frame[34:] = data + data
    whole = bytes(frame)
    chain = Chain(Trace(), whole, 0, list(parse(whole).layers()))
    header: Any = chain.headers[2]
    field = header.field("checksum")
    how = Sum.of(chain, "x2_checksum", 2, field)
    assert computed(chain, "x2_checksum", how, whole) == field.factory.expected(header, field)


def test_without_addresses_there_is_no_sum() -> None:
    data = bytes(UDP(sport=1, dport=2))
    chain = Chain(Trace(), data, 0, [UDP.decode(data, 0, len(data), 0)])
    with pytest.raises(UntraceableError, match="no network header"):
        Sum.of(chain, "x0_checksum", 0, UDP.field("checksum"))
