"""Frame check sequences: where a file says that its frames have one, and nowhere else."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from zlib import crc32

import pytest

import dissect
from dissect import ARP, UDP, VLAN, ChecksumState, Ethernet, Header, IPv4, Packet, captures
from dissect.packets.packet import parse_with_check_sequence
from dissect.wireshark.fields import texts
from tests.captures.blocks import enhanced, interface, option, section
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

LINK = Ethernet(src="00:00:5e:00:53:01", dst="00:00:5e:00:53:02")
DATAGRAM = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"
FRAMES: list[Ethernet] = [
    LINK / DATAGRAM,
    (LINK / DATAGRAM).padded(),
    (LINK / DATAGRAM / bytes(64)),
    (LINK / ARP()).padded(),
    LINK.replace(type=0x1234) / bytes(range(1, 50)),
    LINK / VLAN(id=5) / DATAGRAM / bytes(64),
]
NAMES = "eth.fcs eth.fcs.status eth.trailer eth.padding eth.type ip.len data.data data.len frame.protocols".split()


def with_bits(frames: list[bytes], bits: int = 0x24000000) -> bytes:
    """A pcap whose link type field says that four bytes of check sequence stand behind each frame."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1 | bits)
    return head + b"".join(struct.pack("<IIII", 0, 0, len(data), len(data)) + data for data in frames)


def test_the_bits_of_a_pcap_tell_it(tmp_path: Path) -> None:
    path = tmp_path / "bits.pcap"
    content = with_bits([bytes(frame.with_fcs()) for frame in FRAMES])
    path.write_bytes(content)
    packets = list(dissect.read(path))
    for packet, frame in zip(packets, FRAMES, strict=True):
        assert packet.link == 1
        assert isinstance(packet.frame, Ethernet)
        right = crc32(bytes(frame)).to_bytes(4, "little")
        assert packet.frame.check_sequence == right
        assert texts(packet, "eth.fcs") == [f"0x{right.hex()}"]
        assert packet.frame.fcs_state() is ChecksumState.GOOD
        assert [problem for problem in packet.problems() if "check sequence" in problem.message] == []
        assert bytes(packet) == packet.data == bytes(frame.with_fcs())
        assert packet.frame.padding == frame.padding
    again = io.BytesIO()
    with captures.read(path) as reader:
        captures.write(again, reader)
    assert again.getvalue() == content


def test_a_wrong_one_is_told() -> None:
    frame = parse_with_check_sequence(bytes(LINK / DATAGRAM) + b"\1\2\3\4", 14 + 32 + 4)
    assert texts(frame, "eth.fcs") == ["0x01020304"]
    assert [each.message for each in frame.problems() if each.layer == "eth"] == ["has a wrong frame check sequence"]


def test_data_of_any_kind_end_in_front_of_it() -> None:
    frame = parse_with_check_sequence(bytes(12) + b"\x12\x34" + b"data" + b"\1\2\3\4", 22)
    assert texts(frame, "data.data") == [b"data".hex()]
    assert frame.trailer == b"\1\2\3\4"


def test_without_a_word_of_the_file_it_is_trailer() -> None:
    packet = Packet(bytes((LINK / DATAGRAM).with_fcs()))
    assert texts(packet, "eth.fcs") == []
    assert isinstance(packet.frame, Ethernet)
    assert packet.frame.check_sequence is None
    assert len(packet.frame.trailer) == 4


@pytest.mark.parametrize("captured", range(54))
def test_cut_frames_keep_their_bytes(captured: int) -> None:
    whole = bytes((LINK / DATAGRAM).with_fcs())
    frame = parse_with_check_sequence(whole[:captured], len(whole))
    assert bytes(frame) == whole[:captured]
    assert (texts(frame, "eth.fcs") == []) is (captured < len(whole))
    assert not any("runs past" in problem.message for problem in frame.problems())


def of_pcapng(frames: list[bytes], *, stated: bytes = b"\4") -> bytes:
    return (
        section()
        + interface(options=option("little", 13, stated) + bytes(4))
        + b"".join(enhanced(data=data) for data in frames)
    )


def test_the_option_of_an_interface_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "option.pcapng"
    path.write_bytes(of_pcapng([bytes(frame.with_fcs()) for frame in FRAMES]))
    for packet, frame in zip(dissect.read(path), FRAMES, strict=True):
        assert texts(packet, "eth.fcs") == [f"0x{crc32(bytes(frame)).to_bytes(4, 'little').hex()}"]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    frames: list[bytes] = [bytes(frame.with_fcs()) for frame in FRAMES]
    frames += [bytes(frame) + b"\xde\xad\xbe\xef" for frame in FRAMES]
    carried: list[Header] = [LINK / DATAGRAM]
    frames += [bytes(frame) for frame in carried]
    for name, content in (
        ("a.pcap", with_bits(frames)),
        ("b.pcapng", of_pcapng(frames)),
        ("c.pcap", with_bits(frames, 0)),
    ):
        capture = tmp_path / name
        capture.write_bytes(content)
        assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)
