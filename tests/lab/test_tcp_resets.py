"""RFC 9293, section 3.10.7.1: what a closed port answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, IPv4, parse
from dissect.lab.tcp_resets import ClosedPorts

NUMBER = st.integers(0, 2**32 - 1)


def arrived(segment: TCP) -> TCP:
    return parse(bytes(IPv4(src="10.0.0.1", dst="10.0.0.2") / segment), link="raw")[TCP]


@given(NUMBER, NUMBER, st.sampled_from(["S", "F", "", "P", "SF", "FPU"]), st.binary(max_size=40))
def test_without_an_acknowledgment_everything_sent_is_acknowledged(seq: int, ack: int, flags: str, data: bytes) -> None:
    segment = arrived(TCP(sport=40000, dport=80, seq=seq, ack=ack, flags=flags, payload=data))
    (reset,) = ClosedPorts().receive(segment, IPv4(), 0)
    assert (str(reset.flags), reset.seq) == ("RA", 0)
    assert reset.ack == (seq + len(data) + ("S" in flags) + ("F" in flags)) % 2**32
    assert (reset.sport, reset.dport, reset.window) == (80, 40000, 0)


@given(NUMBER, NUMBER, st.sampled_from(["A", "SA", "FA", "PA"]), st.binary(max_size=40))
def test_an_acknowledgment_gives_the_resets_number(seq: int, ack: int, flags: str, data: bytes) -> None:
    segment = arrived(TCP(sport=40000, dport=80, seq=seq, ack=ack, flags=flags, payload=data))
    (reset,) = ClosedPorts().receive(segment, IPv4(), 0)
    assert (str(reset.flags), reset.seq, reset.ack) == ("R", ack, 0)


@pytest.mark.parametrize("flags", ["R", "RA", "SR"])
def test_a_reset_is_not_answered(flags: str) -> None:
    assert ClosedPorts().receive(arrived(TCP(flags=flags)), IPv4(), 0) == []
