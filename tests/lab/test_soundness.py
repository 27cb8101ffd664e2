"""A receiver's sum tells what the state of a checksum tells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, EchoRequest, IPv4, parse
from dissect.declaration.checksum import ChecksumState
from dissect.lab.soundness import sums_up


@given(st.binary(max_size=40), st.integers(0, 0xFFFF), st.booleans(), st.booleans())
def test_it_is_right_where_the_state_is_good(data: bytes, number: int, is_wrong: bool, is_segment: bool) -> None:
    carried = TCP(sport=number, payload=data or None) if is_segment else EchoRequest(id=number, payload=data or None)
    if is_wrong:
        carried.checksum = number
    datagram = parse(bytes(IPv4(src="10.0.0.1", dst="10.0.0.2", id=number) / carried), "raw")
    assert isinstance(datagram, IPv4)
    assert sums_up(datagram.own_bytes)
    inner = datagram.payload
    assert inner is not None
    over = {"over": datagram, "protocol": 6} if is_segment else {}
    is_good = inner.checksum_state() is ChecksumState.GOOD
    assert sums_up(*inner.parts(), **over) == is_good  # type: ignore[arg-type]


def test_nothing_but_zeros_is_no_checksum() -> None:
    assert not sums_up(bytes(20))
