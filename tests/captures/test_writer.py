"""Writers as context managers: the file is whole, or the old one is still there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect import LLC, PPP, SLL, SLL2, UDP, Ethernet, Header, IPv4, IPv6, Loop, Null
from dissect.captures import PcapWriter, read, write
from dissect.captures.writer import captured_bytes, link_of
from dissect.errors import CaptureError, FieldError
from dissect.packets.packet import Packet, parse


def test_the_block_finishes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    with PcapWriter(path) as writer:
        assert writer.path == str(path)
        writer.write(b"one")
        writer.flush()
        assert not path.exists()
        assert writer.count == 1
    assert [packet.data for packet in read(path)] == [b"one"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_an_exception_leaves_the_old_file_and_no_other(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"old")

    def interrupted() -> Iterator[bytes]:
        yield b"one"
        raise error

    with pytest.raises(error):
        write(path, interrupted())
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.pcap"]


def test_without_a_packet_there_is_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    with PcapWriter(path, link="linux_sll"):
        pass
    reader = read(path)
    assert reader.link == 113
    assert list(reader) == []


@pytest.mark.parametrize("packet", [5, "text", [1, 2], None])
def test_what_bytes_would_misread_is_refused(packet: object) -> None:
    with pytest.raises(TypeError, match="packets, headers and bytes"):
        captured_bytes(packet)  # type: ignore[arg-type]


def test_a_refused_packet_does_not_begin_the_file(tmp_path: Path) -> None:
    from dissect.errors import CaptureError

    with PcapWriter(tmp_path / "a.pcap") as writer:
        with pytest.raises(CaptureError):
            writer.write(Packet(b"", link=101, time_ns=-1))
        writer.write(Packet(b"", link=113))
    assert read(tmp_path / "a.pcap").link == 113


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
@pytest.mark.parametrize(
    ("header", "link"),
    [
        (Ethernet(), 1),
        (IPv4(), 101),
        (IPv6(), 101),
        (Null(), 0),
        (Loop(), 108),
        (PPP(), 9),
        (SLL(), 113),
        (SLL2(), 276),
    ],
)
def test_a_header_brings_its_link_type(header: Header, link: int, suffix: str, tmp_path: Path) -> None:
    frame = header / IPv4() / UDP() if not header.is_network else header / UDP()
    write(tmp_path / f"a.{suffix}", [frame])
    (packet,) = read(tmp_path / f"a.{suffix}")
    assert packet.link == link
    assert packet.frame == parse(bytes(frame), link)
    assert type(packet.frame) is type(frame)


def test_a_header_that_begins_no_frame_is_refused(tmp_path: Path) -> None:
    for name in ("a.pcap", "a.pcapng"):
        with pytest.raises(CaptureError, match="no link type begins with UDP"):
            write(tmp_path / name, [UDP()])
    write(tmp_path / "a.pcap", [UDP()], link="user0")
    assert [packet.link for packet in read(tmp_path / "a.pcap")] == [147], "what nobody reads may be anything"
    with pytest.raises(FieldError, match="UDP"):
        link_of(UDP())


@pytest.mark.parametrize("name", ["a.pcap", "a.pcapng"])
def test_a_link_type_that_contradicts_the_header_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="link type"):
        write(tmp_path / name, [IPv4() / UDP()], link="ethernet")
    write(tmp_path / name, [IPv4() / UDP()], link="ipv4")
    assert [packet.link for packet in read(tmp_path / name)] == [228]


def test_headers_of_different_links_need_a_pcapng(tmp_path: Path) -> None:
    frames = [IPv4() / UDP(), Ethernet() / IPv4() / UDP(), Ethernet(type=100) / LLC()]
    with pytest.raises(CaptureError, match="write it as pcapng"):
        write(tmp_path / "a.pcap", frames)
    write(tmp_path / "a.pcapng", frames)
    assert [packet.link for packet in read(tmp_path / "a.pcapng")] == [101, 1, 1]


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("time_ns", "now"), ("time_ns", 1.5), ("original_length", "9"), ("link", "raw"), ("data", "text")],
)
def test_a_value_of_another_type_that_was_assigned_is_told(
    name: str, value: object, suffix: str, tmp_path: Path
) -> None:
    packet = Packet(bytes(20), time_ns=5)
    setattr(packet, name, value)
    for packets in ([packet], iter([packet])):
        with pytest.raises(CaptureError, match=f"packet 1 has the {name} {value!r}, expected"):
            write(tmp_path / f"a.{suffix}", packets)
    assert list(tmp_path.iterdir()) == []
