from __future__ import annotations

import pytest

import dissect
from dissect import UDP, ChecksumState, Data, Ethernet, IPv4, IPv6
from dissect.errors import FieldAbsentError, FieldError
from tests.declared import one

# ports, length, checksum
DATAGRAM = "9c40 270f 000c 1bd5"


def parsed(data: bytes) -> UDP:
    return dissect.parse(bytes(IPv4(protocol="udp", total_length=20 + len(data))) + data, link="ipv4")[UDP]


def test_deconstruct() -> None:
    datagram = parsed(bytes.fromhex(DATAGRAM) + b"data")
    assert (datagram.sport, datagram.dport, datagram.length, datagram.checksum) == (40000, 9999, 12, 0x1BD5)
    assert datagram.payload == Data(b"data")


def test_construct() -> None:
    assert bytes(UDP(sport=40000, dport=9999, checksum=0x1BD5) / b"data") == bytes.fromhex(DATAGRAM) + b"data"
    assert UDP().length == 8


@pytest.mark.parametrize("length", range(1, 8))
def test_impossible_length(length: int) -> None:
    datagram = parsed(bytes.fromhex(DATAGRAM)[:length])
    assert datagram.problems()[0].message == "is cut short"
    assert [problem.name for problem in datagram.problems()[1:]] == (["udp.length.bad"] if length >= 6 else [])
    with pytest.raises(FieldAbsentError):
        _ = datagram.checksum


@pytest.mark.parametrize(
    ("length", "message"),
    [(0, "shorter than the header"), (7, "shorter than the header"), (13, "past the end"), (0xFFFF, "past the end")],
)
def test_lengths_that_lie(length: int, message: str) -> None:
    datagram = parsed(bytes(UDP(length=length, checksum=0) / b"data"))
    (problem,) = datagram.problems()
    assert message in problem.message
    assert problem.field == "length"
    assert problem.found == f"{length} bytes"


def test_zero_checksum() -> None:
    """RFC 768: zero means that the sender made none, and a computed zero is sent as ones."""
    assert parsed(bytes(UDP(checksum=0) / b"data")).checksum_state() is ChecksumState.ABSENT
    assert parsed(bytes(UDP(checksum=0) / b"data")).problems() == []
    sum_is_zero = (IPv4() / UDP() / bytes(2))[UDP].checksum.to_bytes(2, "big")
    zero = IPv4() / UDP() / sum_is_zero
    assert zero[UDP].checksum == 0xFFFF
    assert dissect.parse(bytes(Ethernet() / zero))[UDP].checksum_state() is ChecksumState.GOOD


@pytest.mark.parametrize("name", ["sport", "dport", "length", "checksum"])
def test_boundaries(name: str) -> None:
    for value in (0, 0xFFFF):
        assert getattr(UDP(**one(name, value)), name) == value
    with pytest.raises(FieldError, match=rf"UDP\.{name} is 65536, expected 0 to 65535"):
        UDP(**one(name, 65536))
    with pytest.raises(FieldError, match=rf"UDP\.{name} is -1, expected 0 to 65535"):
        UDP(**one(name, -1))


def test_info() -> None:
    assert (UDP(sport=1, dport=2) / b"abc").info() == "1 → 2 Len=3"


def test_a_jumbogram_has_no_length() -> None:
    """RFC 2675, section 4: over IPv6 alone."""
    assert (IPv6() / UDP(length=0))[UDP].is_jumbogram
    assert not (IPv4() / UDP(length=0))[UDP].is_jumbogram
    assert not (IPv6() / UDP())[UDP].is_jumbogram
