from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import ARP, MSS, TCP, UDP, Data, Ethernet, IPv4, Packet, compile_filter, parse
from dissect.errors import FieldError

FRAME = Ethernet() / IPv4(src="10.0.0.1") / TCP(dport=8800) / b"data"


def test_links_by_name_and_number() -> None:
    data = bytes(FRAME)
    assert dissect.parse(data) == dissect.parse(data, link="ethernet") == dissect.parse(data, link=1) == FRAME
    assert dissect.parse(data, link="LINKTYPE_ETHERNET") == FRAME or dissect.parse(data, link="Ethernet") == FRAME


def test_a_link_without_declaration_is_data() -> None:
    for link in (147, 9999):
        frame = dissect.parse(b"abc", link=link)
        assert frame == Data(b"abc")


def test_a_misspelt_link_is_refused() -> None:
    with pytest.raises(FieldError, match="ethernet"):
        dissect.parse(b"", link="etherent")


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_any_buffer_is_taken(kind: type) -> None:
    data = bytearray(bytes(FRAME))
    frame = dissect.parse(kind(data))
    data[0] = 0xFF
    assert frame == FRAME


def test_an_original_length_below_the_data_says_nothing() -> None:
    assert dissect.parse(bytes(FRAME), original_length=3) == FRAME
    assert dissect.parse(bytes(FRAME), original_length=3).problems() == FRAME.problems() == []


def test_a_packet_answers_as_its_frame() -> None:
    packet = Packet(bytes(FRAME), number=3, time_ns=5, link=1, interface=2)
    assert packet[TCP].dport == 8800
    assert TCP in packet
    assert ARP not in packet
    assert [type(header) for header in packet.layers()] == [Ethernet, IPv4, TCP, Data]
    assert packet.payload is packet.frame.payload
    assert packet.frame is packet.frame
    assert packet.problems() == []
    assert bytes(packet) == bytes(FRAME)
    assert len(packet) == packet.captured_length == packet.original_length == len(FRAME)
    assert (packet.number, packet.time_ns, packet.link, packet.interface) == (3, 5, 1, 2)
    with pytest.raises(KeyError, match="no ARP here; the layers are Ethernet, IPv4, TCP, Data"):
        packet[ARP]
    with pytest.raises(TypeError):
        list(packet)  # type: ignore[call-overload]


def test_nothing_is_parsed_before_somebody_looks() -> None:
    packet = Packet(b"abc")
    assert packet._frame is None
    assert bytes(packet) == b"abc"
    assert len(packet) == 3
    assert packet._frame is None


def test_an_edited_frame_is_the_bytes_of_the_packet() -> None:
    packet = Packet(bytes(FRAME))
    packet[TCP].dport = 81
    assert dissect.parse(bytes(packet))[TCP].dport == 81
    assert packet.data == bytes(FRAME)


def test_a_cut_packet_knows_its_original_length() -> None:
    data = bytes(FRAME)
    packet = Packet(data[:56], original_length=len(data))
    assert (packet.captured_length, packet.original_length) == (56, 58)
    assert packet.problems() == []
    assert Packet(data[:56]).problems() != []


def test_equality() -> None:
    packet = Packet(bytes(FRAME), time_ns=1)
    assert packet == Packet(bytes(FRAME), number=9, time_ns=1)
    assert packet == FRAME
    assert packet != Packet(bytes(FRAME), time_ns=2)
    assert packet != Packet(bytes(FRAME), time_ns=1, link=0)
    assert packet != Packet(bytes(FRAME), time_ns=1, original_length=100)
    assert packet != bytes(FRAME)
    with pytest.raises(TypeError, match="unhashable"):
        hash(packet)


def test_repr() -> None:
    assert repr(Packet(bytes(FRAME), number=7)) == f"<Packet 7: 58 bytes, {FRAME!r}>"


def test_a_misspelt_attribute_is_refused() -> None:
    with pytest.raises(AttributeError):
        Packet(b"").nubmer = 3  # type: ignore[attr-defined]


def test_comments_are_kept_by_a_pcapng(tmp_path: Path) -> None:
    plain, noted = Packet(bytes(FRAME)), Packet(bytes(FRAME), comments=["first", "second"])
    assert (plain.comments, plain.interface_name) == ((), None)
    assert plain.get("frame.comment") == plain.get("frame.interface_name") == []
    plain.comments = ["later"]
    path = tmp_path / "noted.pcapng"
    dissect.write(path, [plain, noted])
    assert [packet.comments for packet in dissect.read(path)] == [("later",), ("first", "second")]
    found = list(dissect.read(path, display_filter='frame.comment == "second"'))
    assert [(packet.number, packet.get("frame.comment")) for packet in found] == [(2, ["first", "second"])]


def test_all_occurrences_of_a_field_in_order_typed_as_attributes_are() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", ttl=9) / IPv4(src="10.0.0.2", ttl=8) / TCP(flags="S", options=[MSS(1460)])
    packet = Packet(bytes(frame), time_ns=5)
    assert packet.get("ip.ttl") == [9, 8]
    assert packet.get("ip.src") == ["10.0.0.1", "10.0.0.2"]
    assert packet.get("ip.hdr_len") == [20, 20]
    assert packet.get("tcp.flags.syn") == [True]
    assert packet.get("tcp.flags") == [frame[TCP].flags]
    assert packet.get("tcp.options") == [(MSS(1460),)]
    assert packet.get("tcp.options.mss_val") == [1460]
    assert packet.get("frame.time_epoch") == [5]
    assert packet.get("udp.port") == []
    with pytest.raises(FieldError, match=r"there is no field 'ip\.tlt'; did you mean 'ip\.ttl'"):
        packet.get("ip.tlt")


def test_what_is_parsed_is_bytes() -> None:
    frame = Ethernet() / IPv4()
    for given in (bytearray(bytes(frame)), memoryview(bytes(frame)), frame, Packet(bytes(frame))):
        assert parse(given) == frame  # type: ignore[arg-type]
    for wrong in (5, None, [1, 2], 1.5):
        with pytest.raises(TypeError, match="a frame is bytes, not"):
            parse(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="a frame is bytes, not"):
            Packet(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"bytes.fromhex"):
        parse("0200")  # type: ignore[arg-type]


def test_data_that_are_assigned_are_what_is_looked_at_and_written() -> None:
    packet = Packet(bytes(Ethernet() / IPv4() / UDP(payload=bytes(80))), original_length=130)
    assert UDP in packet
    packet[IPv4].ttl = 3
    packet.data = bytes(Ethernet() / IPv4(ttl=9))
    assert UDP not in packet
    assert (packet[IPv4].ttl, len(packet), bytes(packet)) == (9, 34, packet.data)
    assert packet.original_length == 130 - 122 + 34, "what was cut off stays cut off"


def test_a_frame_that_is_assigned_brings_its_link_type() -> None:
    packet = Packet(bytes(Ethernet() / IPv4() / UDP()), time_ns=5)
    packet.frame = packet[IPv4]
    assert (packet.link, packet.time_ns, len(packet)) == (101, 5, 28)
    packet.frame = Ethernet() / ARP()
    assert (packet.link, ARP in packet) == (1, True)
    with pytest.raises(TypeError, match="a packet's frame is a header"):
        packet.frame = b"bytes"  # type: ignore[assignment]
    assert Packet(IPv4() / UDP()).link == 101
    assert Packet(IPv4(), link=228).link == 228


def test_a_packet_is_fixed_like_its_frame() -> None:
    packet = Packet(bytes(Ethernet() / IPv4(checksum=1) / UDP()), time_ns=5, number=3)
    fixed = packet.fixed()
    assert (fixed.time_ns, fixed.number, fixed.problems()) == (5, 3, [])
    assert len(packet.problems()) == 1
    assert bytes(fixed) != bytes(packet)


def test_a_filter_sees_one_frame_after_a_change() -> None:
    packet = Packet(bytes(Ethernet() / IPv4() / UDP()))
    packet[IPv4].ttl = 2
    for text in ("ip.ttl == 2", "ip[8] == 02", "frame[22] == 02", "frame contains 00:00:02:11"):
        assert compile_filter(text)(packet), text


@pytest.mark.parametrize("name", ["number", "time_ns", "original_length", "interface"])
def test_numbers_that_are_none_are_refused(name: str) -> None:
    for value in ("5", 1.5, b"5", [5]):
        with pytest.raises(FieldError, match=rf"a packet's {name} is .*, expected a whole number"):
            Packet(bytes(20), **{name: value})  # type: ignore[arg-type]

    class Five:
        def __index__(self) -> int:
            return 5

    assert type(getattr(Packet(bytes(20), **{name: Five()}), name)) is int  # type: ignore[arg-type]


def test_a_link_type_is_told_by_its_name() -> None:
    assert Packet(bytes(20), link="linux_sll").link == 113
    for link in ("etherent", -1):
        with pytest.raises(FieldError, match="link type"):
            Packet(bytes(20), link=link)


def test_comments_are_texts_in_a_list() -> None:
    assert Packet(b"", comments=(text for text in ("one", "two"))).comments == ("one", "two")
    packet = Packet(b"")
    for given in ("one", [5], 5, b"one"):
        with pytest.raises(FieldError, match=r"comments are .*, expected texts in a list, as in \['a comment'\]"):
            Packet(b"", comments=given)  # type: ignore[arg-type]
        with pytest.raises(FieldError, match="expected texts in a list"):
            packet.comments = given  # type: ignore[assignment]


def test_what_is_no_frame_is_said_in_a_whole_sentence() -> None:
    for given in (None, 5, [1, 2]):
        with pytest.raises(TypeError, match=rf"^a frame is bytes, not {type(given).__name__}$"):
            parse(given)  # type: ignore[arg-type]
