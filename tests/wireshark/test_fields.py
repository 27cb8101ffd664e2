"""Fields by name: all occurrences in the order of the frame, aliases, checksums, options, misspelt names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ICMP,
    MSS,
    TCP,
    UDP,
    VLAN,
    EchoRequest,
    EndOfTCPOptions,
    Ethernet,
    FieldError,
    IPv4,
    Packet,
    RecordRoute,
    TCPNoOperation,
    WindowScale,
)
from dissect.packets.clock import Clock
from dissect.wireshark.fields import (
    compile_field,
    compile_texts,
    compile_values,
    fields_of,
    names,
    options_in,
    texts,
    values,
)

SEGMENT = (
    Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=3, flags="DF")
    / TCP(sport=40000, dport=9999, flags="SA", options=[MSS(1460), TCPNoOperation(), WindowScale(7)])
    / b"GET /"
)


def parsed(frame: dissect.Header) -> Packet:
    return Packet(bytes(frame), number=7, time_ns=1_500_000_000)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("eth.addr", ["02:00:00:00:00:02", "02:00:00:00:00:01"]),
        ("eth.type", ["0x0800"]),
        ("eth.ig", ["0", "0"]),
        ("ip.addr", ["10.0.0.1", "10.0.0.2"]),
        ("ip.hdr_len", ["20"]),
        ("ip.flags", ["0x02"]),
        ("ip.flags.df", ["1"]),
        ("ip.dsfield", ["0x00"]),
        ("tcp.port", ["40000", "9999"]),
        ("tcp.flags", ["0x0012"]),
        ("tcp.flags.str", ["·······A··S·"]),
        ("tcp.option_kind", ["2", "1", "3", "0", "0", "0", "0"]),
        ("tcp.options.mss_val", ["1460"]),
        ("tcp.len", ["5"]),
        ("tcp.payload", ["474554202f"]),
        ("data.data", ["474554202f"]),
        ("udp.port", []),
        ("tcp", ["Transmission Control Protocol, Src Port: 40000, Dst Port: 9999, Seq: 0, Ack: 0, Len: 5"]),
        ("data", ["474554202f"]),
    ],
)
def test_printed_values_of_a_built_and_a_parsed_frame(name: str, shown: list[str]) -> None:
    frame = (
        Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
        / IPv4(src="10.0.0.1", dst="10.0.0.2", flags="DF")
        / TCP(
            sport=40000,
            dport=9999,
            flags="SA",
            options=[MSS(1460), TCPNoOperation(), WindowScale(7), EndOfTCPOptions()],
        )
        / b"GET /"
    )
    assert texts(frame, name) == shown
    assert texts(parsed(frame), name) == shown


def test_values_are_those_of_attributes_and_lengths_are_in_bytes() -> None:
    assert values(SEGMENT, "ip.ttl") == [3]
    assert values(SEGMENT, "ip.src") == ["10.0.0.1"]
    assert values(SEGMENT, "ip.hdr_len") == [20]
    assert values(SEGMENT, "tcp.flags") == ["SA"]
    assert values(SEGMENT, "ip.flags.df") == [True]


def test_fields_come_from_every_layer_outermost_first() -> None:
    frame = Ethernet() / VLAN(id=100) / VLAN(id=10) / IPv4(ttl=9) / IPv4(ttl=8) / UDP()
    assert texts(frame, "vlan.id") == ["100", "10"]
    assert texts(parsed(frame), "ip.ttl") == ["9", "8"]


def test_a_quoted_datagram_counts_too() -> None:
    quoted = IPv4(src="10.0.0.1", dst="10.0.0.9", ttl=1) / UDP(sport=5, dport=6)
    frame = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / dissect.TimeExceeded() / quoted
    assert texts(parsed(frame), "ip.dst") == ["10.0.0.1", "10.0.0.9"]


def test_a_field_that_a_form_declares_again_is_found() -> None:
    frame = Ethernet() / IPv4() / dissect.DestinationUnreachable(code=3) / IPv4()
    assert isinstance(parsed(frame)[ICMP], dissect.DestinationUnreachable)
    assert texts(parsed(frame), "icmp.code") == ["3"]


@pytest.mark.parametrize(
    ("checksum", "status", "bad"), [(None, ["1"], []), (0x1234, ["0"], ["1"])], ids=["good", "bad"]
)
def test_a_checksum_has_a_state_and_the_right_value(checksum: int | None, status: list[str], bad: list[str]) -> None:
    layer = IPv4(src="10.0.0.1", dst="10.0.0.2")
    right = f"{layer.checksum:#06x}"
    if checksum is not None:
        layer.checksum = checksum
    packet = parsed(Ethernet() / layer)
    assert texts(packet, "ip.checksum.status") == status
    assert texts(packet, "ip.checksum_bad.expert") == bad
    assert texts(packet, "ip.checksum_calculated") == [right]


def test_states_of_checksums_that_are_not_there_or_cannot_be_known() -> None:
    absent = Ethernet() / IPv4() / UDP(checksum=0)
    assert texts(parsed(absent), "udp.checksum.status") == ["3"]
    assert texts(parsed(absent), "udp.checksum_calculated") == []
    whole = bytes(Ethernet() / IPv4() / UDP() / bytes(20))
    cut = Packet(whole[:-4], original_length=len(whole))
    assert texts(cut, "udp.checksum.status") == ["2"]
    assert texts(cut, "udp.checksum.bad") == []


def test_a_length_in_place_of_a_type_goes_by_its_own_name() -> None:
    packet = Packet(bytes(12) + b"\x00\x03abc")
    assert texts(packet, "eth.len") == ["3"]
    assert texts(packet, "eth.type") == []
    assert texts(parsed(SEGMENT), "eth.len") == []


def test_reserved_bits_belong_to_the_flags_as_tshark_counts_them() -> None:
    packet = parsed(Ethernet() / IPv4() / TCP(flags="S", reserved=6))
    assert texts(packet, "tcp.flags") == ["0x0c02"]
    assert texts(packet, "tcp.flags.res") == ["1"]


def test_padding_of_zeros_is_padding_and_any_other_is_trailer() -> None:
    frame = Ethernet() / dissect.ARP()
    zeros = parsed(frame.padded())
    assert (texts(zeros, "eth.padding"), texts(zeros, "eth.trailer")) == (["00" * 18], [])
    other = parsed(frame.padded(b"\x01"))
    assert (texts(other, "eth.padding"), texts(other, "eth.trailer")) == ([], ["01" + "00" * 17])


def test_options_of_a_datagram_are_listed() -> None:
    layer = IPv4(options=[RecordRoute(route=["10.0.0.1", "10.0.0.2"])])
    assert texts(parsed(Ethernet() / layer), "ip.opt.type") == ["7", "0"]
    assert [type(option).__name__ for option in options_in(layer)] == ["RecordRoute", "EndOfIPv4Options"]
    assert options_in(UDP()) == ()


def test_frame_fields_of_a_header_alone_and_relative_ones_with_a_clock() -> None:
    packet, clock = parsed(SEGMENT), Clock()
    assert texts(packet, "frame.number") == ["7"]
    assert texts(packet, "frame.protocols") == ["eth:ethertype:ip:tcp:data"]
    assert texts(SEGMENT, "frame.number") == ["1"]
    assert texts(packet, "frame.time_relative") == []
    clock.advance(packet)
    assert compile_field("frame.time_relative", clock)(packet) == ["0.000000000"]
    assert compile_values("frame.time_epoch")(packet) == [1_500_000_000]
    assert compile_field("_ws.col.Protocol")(packet) == ["TCP"]


@given(st.binary(max_size=120))
def test_several_fields_are_those_that_each_one_has(data: bytes) -> None:
    several = ["frame.number", "ip.addr", "_ws.col.Info", "tcp.srcport", "eth", "tcp.option_kind"]
    for packet in (parsed(SEGMENT), dissect.Packet(data)):
        told = compile_texts(several, Clock())(packet)
        assert told == [compile_field(name, Clock())(packet) for name in several]
    assert compile_texts(["frame.number"])(parsed(SEGMENT)) == [["7"]]


def test_behind_a_header_that_carries_nothing_of_interest_nothing_is_looked_for() -> None:
    tunnel = parsed(Ethernet() / IPv4(ttl=3) / IPv4(ttl=4))
    assert compile_texts(["ip.ttl"])(tunnel) == [["3", "4"]]
    assert compile_texts(["ip.ttl"], into=(Ethernet, IPv4))(tunnel) == [["3", "4"]]
    assert compile_texts(["ip.ttl"], into=(Ethernet,))(tunnel) == [["3"]]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("ip.tll", "ip.ttl"),
        ("tcp.srcprt", "tcp.srcport"),
        ("ip.checksum.stats", "ip.checksum.status"),
        ("frame.nunber", "frame.number"),
        ("_ws.col.info", "_ws.col.Info"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(FieldError, match=f"no field '{wrong}'; did you mean '{right}'"):
        compile_field(wrong)


def test_a_name_like_none_gets_an_example() -> None:
    with pytest.raises(FieldError, match=r"looks like 'ip\.ttl'"):
        values(SEGMENT, "ωω")


@given(st.binary(max_size=120), st.sampled_from(names()))
def test_every_name_is_answered_for_any_bytes(data: bytes, name: str) -> None:
    packet = Packet(data)
    shown = texts(packet, name)
    assert "" not in shown
    assert len(values(packet, name)) == len(shown)


def test_the_fields_of_a_class_stand_in_the_order_of_its_bits() -> None:
    labels = [field.label for field in fields_of(IPv4) if field.label]
    assert labels.index("ip.version") < labels.index("ip.ttl") < labels.index("ip.checksum")
    place = labels.index("ip.checksum")
    companions = ["ip.checksum.status", "ip.checksum_calculated", "ip.checksum_bad.expert"]
    assert labels[place + 1 : place + 4] == companions
    assert len(set(fields_of(IPv4))) == len(fields_of(IPv4))


def test_some_protocols_are_printed_as_their_name_and_data_as_bytes() -> None:
    packet = Packet(bytes(Ethernet() / IPv4() / EchoRequest(payload=b"hi")))
    assert [compile_field(name)(packet) for name in ("icmp", "data")] == [["icmp"], ["6869"]]
    first = Packet(bytes(Ethernet() / IPv4() / TCP(sport=5, dport=7, flags="S")))
    assert "Ack" not in compile_field("tcp")(first)[0]
