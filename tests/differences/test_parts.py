from __future__ import annotations

from hypothesis import given

from dissect import ARP, MSS, TCP, Ethernet, Header, IPv4, parse
from dissect.differences.parts import parts
from tests.declared import any_bytes


@given(any_bytes)
def test_the_parts_are_all_bits_of_the_frame_once(data: bytes) -> None:
    frame = parse(data)
    covered = [0] * (8 * len(data))
    for part in parts(frame):
        assert part.width > 0
        for bit in range(part.first, part.first + part.width):
            covered[bit] += 1
    assert covered == [1] * len(covered)


@given(any_bytes)
def test_the_value_of_a_part_is_that_of_its_bits(data: bytes) -> None:
    number = int.from_bytes(data, "big")
    for part in parts(parse(data)):
        bits = number >> (8 * len(data) - part.first - part.width) & (1 << part.width) - 1
        raw = part.raw
        assert (int.from_bytes(raw, "big") if isinstance(raw, bytes) else raw) == bits


def names(frame: Header) -> list[str]:
    return [part.name for part in parts(parse(bytes(frame)))]


def test_parts_have_the_names_of_display_filters() -> None:
    found = names(Ethernet() / IPv4() / TCP(options=[MSS(1400)]) / b"data")
    assert found[:4] == ["eth.dst", "eth.src", "eth.type", "ip.version"]
    assert found[-4:] == ["tcp.option_kind", "tcp.option_len", "tcp.options.mss_val", "data.data"]
    assert "eth.trailer" in names((Ethernet() / ARP()).padded())
    assert [part.name for part in parts(parse(bytes(12) + b"\0\3abcd"))][2] == "eth.len"


def test_what_a_cut_header_holds_goes_by_its_name() -> None:
    assert names(Ethernet(type="ipv4", payload=b"\x45\0\0"))[-2:] == ["ip.dsfield.ecn", "ip"]
