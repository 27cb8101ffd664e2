from __future__ import annotations

import pytest

import dissect
from dissect import UDP, Data, IPv4
from dissect.protocols.raw_ip import IP_LINKS, RAW_LINKS

DATAGRAM = IPv4(src="10.0.0.1") / UDP() / b"x"


@pytest.mark.parametrize("link", [*RAW_LINKS, *IP_LINKS, "raw", "ipv4"])
def test_the_version_says_what_it_is(link: int | str) -> None:
    assert dissect.parse(bytes(DATAGRAM), link=link) == DATAGRAM


@pytest.mark.parametrize("link", RAW_LINKS)
@pytest.mark.parametrize("data", [b"", b"\x00", b"\x50" + bytes(19), b"\xf0"])
def test_what_has_no_known_version_is_data(link: int, data: bytes) -> None:
    frame = dissect.parse(data, link=link)
    assert type(frame) is Data
    assert bytes(frame) == data


def test_what_follows_the_datagram_is_its_trailer() -> None:
    frame = dissect.parse(bytes(DATAGRAM) + b"trailer", link="raw")
    assert frame.trailer == b"trailer"
    assert bytes(frame) == bytes(DATAGRAM) + b"trailer"
