from __future__ import annotations

import pytest

import dissect
from dissect import UDP, ChecksumState, Data, Ethernet, IPProtocol, IPv4, IPv4Flags, RecordRoute, ServiceClass
from dissect.errors import FieldError
from dissect.wireshark.columns import summarize
from tests.declared import one

# version and length, class, total length, identification, flags and offset, ttl, protocol, checksum, addresses
DATAGRAM = "45 b9 001c 1234 4000 40 11 a5e0 c0a80037 c0a80002" + "0035 0035 0008 0000"


def parsed(data: str | bytes) -> IPv4:
    raw = bytes.fromhex(data) if isinstance(data, str) else data
    return dissect.parse(raw, link="ipv4")[IPv4]


def messages(datagram: IPv4) -> list[str]:
    return [f"{problem.field} {problem.message}" for problem in datagram.problems() if problem.layer == "ip"]


def test_deconstruct() -> None:
    datagram = parsed(DATAGRAM)
    assert (datagram.version, datagram.ihl, datagram.total_length) == (4, 5, 28)
    assert (datagram.dscp, datagram.ecn, datagram.tos) == (ServiceClass.EF, 1, 0xB9)
    assert (datagram.id, datagram.flags, datagram.fragment_offset) == (0x1234, IPv4Flags.DF, 0)
    assert (datagram.ttl, datagram.protocol) == (64, IPProtocol.UDP)
    assert (datagram.src, datagram.dst) == ("192.168.0.55", "192.168.0.2")
    assert datagram.options == ()
    assert UDP in datagram


def test_construct() -> None:
    datagram = IPv4(dscp="ef", ecn=1, id=0x1234, flags="DF", src="192.168.0.55", dst="192.168.0.2")
    datagram = datagram / UDP(sport=53, dport=53, checksum=0)
    raw = bytes(datagram)
    assert raw[:10] + raw[12:] == bytes.fromhex(DATAGRAM)[:10] + bytes.fromhex(DATAGRAM)[12:]
    assert datagram.checksum_state() is ChecksumState.GOOD
    assert parsed(raw) == datagram


@pytest.mark.parametrize("length", range(1, 20))
def test_impossible_length(length: int) -> None:
    frame = dissect.parse(bytes.fromhex(DATAGRAM)[:length], link="ipv4")
    assert frame.problems()[0].message == "is cut short"
    # The length is known to be wrong as soon as it is there.
    assert [problem.name for problem in frame.problems()[1:]] == (["ip.bogus_ip_length"] if length >= 4 else [])
    assert len(frame) == length


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ihl", 4, "ihl is shorter than the header"),
        ("ihl", 0, "ihl is shorter than the header"),
        ("total_length", 19, "total_length is shorter than the header"),
        ("total_length", 29, "total_length runs past the end of the data"),
        ("version", 5, "version is unknown"),
    ],
)
def test_impossible_values(name: str, value: int, expected: str) -> None:
    datagram = parsed(DATAGRAM)
    setattr(datagram, name, value)
    again = dissect.parse(bytes(Ethernet(type="ipv4")) + bytes(datagram))[IPv4]
    assert expected in messages(again)
    assert bytes(again) == bytes(datagram)


def test_zero_checksum() -> None:
    datagram = parsed(bytes(IPv4(checksum=0, src="10.0.0.1") / b"x"))
    assert datagram.checksum_state() is ChecksumState.OFFLOADED
    assert messages(datagram) == []


@pytest.mark.parametrize(
    ("name", "greatest"),
    [("version", 15), ("ihl", 15), ("dscp", 63), ("ecn", 3), ("total_length", 0xFFFF), ("id", 0xFFFF), ("flags", 7),
     ("fragment_offset", 0x1FFF), ("ttl", 255), ("protocol", 255), ("checksum", 0xFFFF),
     ("tos", 255), ("precedence", 7)],
)  # fmt: skip
def test_boundaries(name: str, greatest: int) -> None:
    for value in (0, greatest):
        assert getattr(IPv4(**one(name, value)), name) == value
    with pytest.raises(FieldError, match=rf"IPv4\.{name} is {greatest + 1}, expected 0 to {greatest}"):
        IPv4(**one(name, greatest + 1))


def test_boundaries_of_addresses() -> None:
    for address in ("0.0.0.0", "255.255.255.255"):
        assert IPv4(src=address, dst=address).src == address
    for wrong in ("10.0.0.256", "10.0.0", "host", 1 << 32, b"abc"):
        with pytest.raises(FieldError, match=r"IPv4\.dst is .*, expected 4 numbers of at most 255"):
            IPv4(dst=wrong)


def test_readings_of_the_octet_of_service() -> None:
    """RFC 791, RFC 1349, and RFC 2474 with RFC 3168."""
    datagram = IPv4(precedence=6, low_delay=True, high_reliability=True)
    assert datagram.tos == 0b11010100
    assert datagram.dscp == 0b110101
    assert IPv4(minimum_cost=True).tos == 2
    assert IPv4(high_throughput=True).tos == 8
    assert IPv4(dscp="af41").tos == 0x88


def test_flags() -> None:
    datagram = IPv4(flags="DF+MF")
    assert (datagram.dont_fragment, datagram.more_fragments, datagram.reserved_flag) == (True, True, False)
    datagram.dont_fragment = False
    assert datagram.flags == "MF"
    assert IPv4(flags=4).flags == "EVIL"
    assert "flags says both more fragments and don't fragment" in messages(IPv4(flags=3))
    assert "flags has the reserved bit set" in messages(IPv4(flags=4))


def test_fragments() -> None:
    fragment = IPv4(more_fragments=True, fragment_offset=185, protocol="udp") / bytes(15)
    again = dissect.parse(bytes(Ethernet() / fragment))[IPv4]
    assert type(again.payload) is Data
    assert any(message.startswith("total_length makes a fragment") for message in messages(again))
    assert again.info() == "UDP (17), fragment at 1480"
    assert "off=1480" in summarize(again).info
    last = IPv4(fragment_offset=0x1FFF) / bytes(100)
    assert "fragment_offset makes the datagram longer than 65535 bytes" in messages(last)


def test_options_lengthen_the_header() -> None:
    datagram = IPv4(options=[RecordRoute(route=["0.0.0.0"] * 9)]) / UDP()
    assert datagram.ihl == 15
    assert parsed(bytes(datagram)) == datagram
    with pytest.raises(FieldError, match="options is too long: ihl would be 16, expected at most 15"):
        IPv4(options=bytes(41))


def test_source_routes_hide_the_destination_of_a_segment() -> None:
    """The pseudo-header has the end of the route, until the route is used up (RFC 791, section 3.1)."""
    direct = IPv4(src="10.0.0.1", dst="10.0.0.9") / UDP(sport=1) / b"x"
    route = dissect.LooseSourceRoute(route=["10.0.0.5", "10.0.0.9"])
    routed = IPv4(src="10.0.0.1", dst="10.0.0.2", options=[route]) / UDP(sport=1) / b"x"
    assert routed[UDP].checksum == direct[UDP].checksum
    used_up = dissect.LooseSourceRoute(route=["10.0.0.5", "10.0.0.2"], pointer=12)
    arrived = IPv4(src="10.0.0.1", dst="10.0.0.9", options=[used_up]) / UDP(sport=1) / b"x"
    assert arrived[UDP].checksum == direct[UDP].checksum


def test_info() -> None:
    assert (IPv4() / UDP()).info() == "UDP (17)"
    assert IPv4.cut(b"").info() == "Internet Protocol Version 4"
