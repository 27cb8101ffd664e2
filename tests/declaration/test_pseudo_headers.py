"""What pseudo-headers sum, told by running them: it is what they give for any header."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, UDP, IPv4, IPv6
from dissect.declaration.checksum import ones_complement_sum
from dissect.declaration.header import Header
from dissect.declaration.pseudo_headers import pseudo_sum
from dissect.declaration.specifiers import u8, u16
from dissect.protocols.ipv6_extensions import HopByHopOptions
from dissect.views.strategies import headers


@pytest.mark.parametrize(("network", "ranges"), [(IPv4, ((12, 20),)), (IPv6, ((8, 24), (24, 40)))])
def test_addresses_are_found(network: type[Header], ranges: tuple[tuple[int, int], ...]) -> None:
    found = pseudo_sum(network, TCP, 6)
    assert found == (ranges, 6)


@pytest.mark.parametrize("network", [IPv4, IPv6])
def test_the_sum_is_that_of_the_pseudo_header(network: Any) -> None:
    @given(headers(network), st.integers(0, 255), st.integers(0, 0xFFFF))
    def check(header: Any, protocol: int, length: int) -> None:
        plain = network.cut(header.own_bytes[: network.least_size]) / UDP()
        told = pseudo_sum(network, UDP, protocol)
        assert told is not None
        summed = sum(ones_complement_sum(plain.own_bytes[start:end]) for start, end in told.ranges)
        whole = ones_complement_sum(plain.pseudo_header(protocol, length))
        assert (summed + told.constant + length - whole) % 0xFFFF == 0

    check()


class MyPlain(Header, name="pseudo_plain", is_network=True):
    kind: int = u8("kind", default=0)
    more: int = u8("more", default=0)
    station: int = u16("station", default=0)

    def pseudo_header(self, protocol: int, length: int) -> bytes:
        return bytes([0, protocol]) + self.buffer[self.own_start + 2 : self.own_start + 4] + length.to_bytes(2)


class MyLooking(MyPlain, name="pseudo_looking"):
    def pseudo_header(self, protocol: int, length: int) -> bytes:
        return super().pseudo_header(protocol, length) if self.kind else b""


class MyComparing(MyPlain, name="pseudo_comparing"):
    def pseudo_header(self, protocol: int, length: int) -> bytes:
        own = self.buffer[self.own_start : self.own_start + 2]
        return b"" if own == b"\0\1" else own + (protocol + length).to_bytes(4)


class MyOdd(MyPlain, name="pseudo_odd"):
    def pseudo_header(self, protocol: int, length: int) -> bytes:
        return self.buffer[self.own_start : self.own_start + 1] + bytes([protocol]) + length.to_bytes(2)


class MyTwice(MyPlain, name="pseudo_twice"):
    def pseudo_header(self, protocol: int, length: int) -> bytes:
        return self.buffer[self.own_start : self.own_start + 2] + (2 * length).to_bytes(4)


class MyDeep(MyPlain, name="pseudo_deep"):
    def pseudo_header(self, protocol: int, length: int) -> bytes:
        payload: Any = self.payload
        return bytes(payload)[:2] + (protocol + length).to_bytes(4)


def test_a_network_of_somebody_elses_is_told() -> None:
    assert pseudo_sum(MyPlain, UDP, 17) == (((2, 4),), 17)


@pytest.mark.parametrize("network", [MyLooking, MyComparing, MyOdd, MyTwice, MyDeep])
def test_what_is_no_sum_of_bytes_and_length_is_not_told(network: type[Header]) -> None:
    assert pseudo_sum(network, UDP, 17) is None


def test_addresses_that_extension_headers_change_are_not_told() -> None:
    assert pseudo_sum(IPv6, HopByHopOptions, 6) is None
