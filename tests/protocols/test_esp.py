from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ESP, Ethernet, Header, IPv4, IPv6
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

NETWORK = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2", id=1)


def test_construct() -> None:
    frame = NETWORK / ESP(spi=0x1000, sequence=7, data=b"secret")
    assert frame[IPv4].protocol == 50
    assert bytes(frame[ESP]) == bytes.fromhex("00001000 00000007") + b"secret"
    assert not frame.problems()
    assert not (Ethernet() / IPv6(src="::1", dst="::2") / ESP()).problems()


def test_what_follows_is_not_looked_into() -> None:
    inner = bytes(IPv4() / b"abc")
    frame = dissect.parse(bytes(NETWORK / ESP(data=inner)))
    assert [type(header) for header in frame.layers()] == [Ethernet, IPv4, ESP]
    assert frame[ESP].data == inner


@pytest.mark.parametrize("spi", [0, 1, 255])
def test_reserved_numbers_are_told(spi: int) -> None:
    (problem,) = ESP(spi=spi).problems()
    assert (problem.field, problem.expected, problem.found) == ("spi", "at least 0x100", f"{spi:#x}")


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(Ethernet() / IPv4(protocol=50) / data), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols esp.spi esp.sequence ip.proto _ws.malformed _ws.col.Protocol _ws.col.Info
    """.split()
    frames: list[Header] = [
        NETWORK / ESP(spi=0x1000, sequence=7, data=bytes(40)),
        Ethernet() / IPv6(src="::1", dst="::2") / ESP(spi=1, sequence=8, data=b"abc"),
        NETWORK / ESP(),
        *(Ethernet() / IPv4(protocol=50) / bytes(size) for size in (0, 3, 4, 7, 8)),
    ]
    capture = tmp_path / "esp.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, names) == len(names) * len(frames)
