"""Datagrams in fragments: bytes, flags and options of every piece, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    UDP,
    VLAN,
    ChecksumState,
    Data,
    DestinationOptions,
    Ethernet,
    FragmentHeader,
    Header,
    HopByHopOptions,
    IPv4,
    IPv4NoOperation,
    IPv4Option,
    IPv6,
    LooseSourceRoute,
    Packet,
    RecordRoute,
    RouterAlert,
    RoutingHeader,
    ServiceTag,
    UnknownIPv4Option,
    parse,
    with_context,
)
from dissect.errors import FieldError, FragmentationNeededError
from dissect.flows.fragments import fragment
from dissect.wireshark.sight import seen_layers
from tests.flows.datagrams import datagrams
from tests.oracle import scapy_judge as scapy


def payload_of(datagram: IPv4) -> bytes:
    """What an IPv4 datagram carries, as bytes."""
    return bytes(datagram)[4 * datagram.ihl :]


@given(datagrams(), st.integers(68, 3000))
def test_pieces_fit_and_carry_every_byte_once(datagram: IPv4, mtu: int) -> None:
    pieces = fragment(datagram, mtu)
    assert b"".join(map(payload_of, pieces)) == payload_of(datagram)
    at = 0
    for piece in pieces:
        assert len(piece) == piece.total_length <= mtu
        assert 8 * piece.fragment_offset == at
        assert piece.more_fragments is (piece is not pieces[-1])
        assert piece.checksum_state() is ChecksumState.GOOD
        assert (piece.id, piece.ttl, piece.protocol, piece.tos) == (
            datagram.id,
            datagram.ttl,
            datagram.protocol,
            datagram.tos,
        )
        at += len(payload_of(piece))
    assert len(pieces) == 1 or len(bytes(datagram)) > mtu


@given(datagrams(), st.integers(68, 600), st.integers(68, 600))
def test_fragments_can_be_fragmented_again(datagram: IPv4, first: int, second: int) -> None:
    again = [smaller for piece in fragment(datagram, first) for smaller in fragment(piece, second)]
    at = 0
    for piece in again:
        assert len(piece) <= min(first, second)
        assert 8 * piece.fragment_offset == at
        assert piece.more_fragments is (piece is not again[-1])
        at += len(payload_of(piece))
    assert b"".join(map(payload_of, again)) == payload_of(datagram)


@given(st.integers(1, 4000), st.integers(6, 200))
def test_scapy_cuts_the_same_pieces(length: int, units: int) -> None:
    # Scapy is told the bytes of data, and takes multiples of 8 only.
    data = bytes(number % 251 for number in range(length))
    ours = IPv4(src="10.0.0.1", dst="10.0.0.2", id=7, protocol=17, payload=data)
    theirs = scapy.IP(src="10.0.0.1", dst="10.0.0.2", id=7, proto=17) / scapy.Raw(data)
    pieces = scapy.fragment(theirs, fragsize=8 * units)  # type: ignore[no-untyped-call]
    assert [bytes(piece) for piece in fragment(ours, 20 + 8 * units)] == [bytes(piece) for piece in pieces]


def test_only_copied_options_stand_in_the_others() -> None:
    options: list[IPv4Option] = [
        RecordRoute(route=["10.0.0.9"]),
        LooseSourceRoute(route=["10.0.0.8"]),
        IPv4NoOperation(),
        RouterAlert(),
    ]
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, options=options, payload=bytes(200))
    first, *others = fragment(datagram, 100)
    assert first.ihl == datagram.ihl == 10
    assert bytes(first)[20:40] == bytes(datagram)[20:40]
    for piece in others:
        assert piece.ihl == 8
        assert bytes(piece)[20:32] == bytes(LooseSourceRoute(route=["10.0.0.8"])) + bytes(RouterAlert()) + b"\0"
        assert piece.checksum_state() is ChecksumState.GOOD
    assert first.fragment_offset == 0
    assert others[0].fragment_offset == 7


def test_unknown_options_go_by_their_copy_bit() -> None:
    kept, left = UnknownIPv4Option(type=0x9E, data=b"\1\2"), UnknownIPv4Option(type=0x1E, data=b"\3\4")
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, options=[left, kept], payload=bytes(100))
    second = fragment(datagram, 68)[1]
    assert bytes(second)[20 : 4 * second.ihl] == bytes(kept)


def test_the_last_piece_is_filled_to_the_last_byte() -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, payload=bytes(48 + 51))
    assert [len(piece) for piece in fragment(datagram, 71)] == [68, 71]


def test_link_headers_are_copied_and_the_trailer_is_not() -> None:
    tagged = (
        Ethernet(src="00:05:5d:61:58:a8", dst="00:05:5d:a1:b8:40", trailer=b"check")
        / ServiceTag(id=7, priority=3)
        / VLAN(id=9)
        / IPv4(src="10.0.0.1", dst="10.0.0.2")
        / UDP(sport=1, dport=2)
        / bytes(100)
    )
    for frame in (tagged, parse(bytes(tagged))):
        assert isinstance(frame, Ethernet)
        pieces = fragment(frame, 68)
        assert len(pieces) == 3
        for piece in pieces:
            assert bytes(piece)[:22] == bytes(tagged)[:22]
            again = parse(bytes(piece))
            assert again == piece
            assert again.trailer == b""
        # Length and checksum are those of the whole datagram, not of its first fragment.
        assert bytes(pieces[0])[42:50] == bytes(tagged)[42:50]


def test_a_datagram_that_fits_comes_back_alone_even_with_df() -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, flags="DF", payload=bytes(100))
    assert [bytes(piece) for piece in fragment(datagram, 120)] == [bytes(datagram)]


def test_df_is_refused_with_the_mtu() -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, flags="DF", payload=bytes(101))
    with pytest.raises(FragmentationNeededError, match="has 121 bytes and DF set, and the link takes 120") as caught:
        fragment(datagram, 120)
    assert caught.value.mtu == 120


def test_the_reserved_flag_is_every_fragments() -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, flags="EVIL", payload=bytes(100))
    assert [str(piece.flags) for piece in fragment(datagram, 68)] == ["MF+EVIL", "MF+EVIL", "EVIL"]


@pytest.mark.parametrize("mtu", [-1, 0, 67])
def test_an_mtu_that_no_link_has_is_refused(mtu: int) -> None:
    with pytest.raises(FieldError, match=f"the MTU is {mtu} bytes, expected at least 68"):
        fragment(IPv4(src="10.0.0.1", dst="10.0.0.2"), mtu)


def test_what_is_not_whole_is_refused() -> None:
    whole = bytes(IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, payload=bytes(200)))
    with pytest.raises(FieldError, match=r"IPv4.total_length 220 where 150 are there"):
        fragment(parse(whole[:150], "ipv4", 220), 100)
    with pytest.raises(FieldError, match="cut short"):
        fragment(parse(whole[:12], "ipv4"), 100)
    with pytest.raises(FieldError, match=r"IPv4.ihl says 16 bytes"):
        fragment(IPv4(ihl=4, payload=bytes(200)), 100)
    with pytest.raises(KeyError, match="IPv4"):
        fragment(Ethernet() / Data(b"x"), 100)


def test_a_fragment_that_reaches_too_far_is_refused() -> None:
    last = IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, fragment_offset=8190, payload=bytes(200))
    with pytest.raises(FieldError, match="beyond 65535"):
        fragment(last, 100)


def test_a_length_left_to_the_hardware_is_filled_in() -> None:
    offloaded = parse(
        bytes(IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=17, total_length=0, payload=bytes(200))), "ipv4"
    )
    assert [piece.total_length for piece in fragment(offloaded[IPv4], 120)] == [116, 116, 28]


@given(st.binary(max_size=200), st.integers(68, 100))
def test_arbitrary_bytes_are_cut_or_refused(data: bytes, mtu: int) -> None:
    frame = parse(data, "ipv4")
    if IPv4 not in frame:
        return
    try:
        pieces = fragment(frame, mtu)
    except (FieldError, FragmentationNeededError):
        return
    assert all(len(piece) <= mtu for piece in pieces)


@pytest.mark.parametrize("extensions", [0, 1, 2, 3])
@pytest.mark.parametrize("mtu", [1280, 1281, 1500])
def test_ipv6_is_cut_behind_what_routers_look_at(extensions: int, mtu: int) -> None:
    front = [HopByHopOptions(), DestinationOptions(), RoutingHeader()][:extensions]
    datagram: Header = Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2")
    for header in front:
        datagram = datagram / header
    datagram = datagram / UDP(sport=1, dport=2, payload=bytes(range(256)) * 12)
    pieces = fragment(datagram, mtu)
    assert all(len(bytes(piece)) - 14 <= mtu for piece in pieces)
    assert all(len(bytes(piece)) - 14 > mtu - 8 for piece in pieces[:-1])
    assert len({piece[FragmentHeader].id for piece in pieces}) == 1
    # Destination options that no routing header follows are for the destination alone.
    whole = {0: 40, 1: 48, 2: 48, 3: len(bytes(datagram)) - 14 - 3080}[extensions]
    data = b"".join(bytes(parse(bytes(piece))[FragmentHeader])[8:] for piece in pieces)
    assert data == bytes(datagram)[14 + whole :]
    packets = [Packet(bytes(piece), number=number) for number, piece in enumerate(pieces, 1)]
    *_, last = with_context(packets)
    assert last.get("udp.checksum.status") in ([], [1])
    assert UDP in [type(header) for header in seen_layers(last)]


def test_ipv6_that_fits_stays_alone_and_what_cannot_be_cut_is_refused() -> None:
    datagram = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(payload=bytes(2000))
    assert fragment(datagram, 3000) == [datagram]
    pieces = fragment(datagram, 1280, identification=7)
    assert [piece[FragmentHeader].id for piece in pieces] == [7, 7]
    for wrong, mtu, options, sentence in (
        (datagram, 1279, {}, "expected at least 1280"),
        (datagram, 1280, {"identification": -1}, "expected 0 to 4294967295"),
        (IPv6() / FragmentHeader(more_fragments=True) / bytes(2000), 1280, {}, "nobody fragments again"),
        (IPv4() / bytes(2000), 1280, {"identification": 1}, "set IPv4.id"),
    ):
        with pytest.raises(FieldError, match=sentence):
            fragment(wrong, mtu, **options)


def test_what_cannot_be_cut_is_told() -> None:
    given: list[Any] = [b"bytes", None, [IPv4()]]
    for what in given:
        with pytest.raises(TypeError, match="a frame is cut that is a header, not"):
            fragment(what, 1500)
    mtu: Any = "1500"
    with pytest.raises(FieldError, match="the MTU is '1500', expected a whole number of bytes"):
        fragment(IPv4(), mtu)
