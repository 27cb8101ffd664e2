"""pcapng files written: from nothing, from pcap, from other pcapng files, changed and unchanged."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import open_writer, read, write
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import PcapngPacket
from dissect.captures.pcapng_writer import PcapngWriter
from dissect.errors import CaptureError
from dissect.packets.packet import Packet
from tests.captures.blocks import Expected, File, block, enhanced, files, interface, obsolete, option, section, simple
from tests.captures.test_pcapng import packets_of, seen


def written(packets: Iterable[object], **options: object) -> bytes:
    target = io.BytesIO()
    write(target, packets, **{"format": "pcapng", **options})  # type: ignore[arg-type]
    return target.getvalue()


def facts(packet: Packet) -> tuple[int | None, bytes, int, int]:
    return packet.time_ns, packet.data, packet.original_length, packet.link


PACKETS = st.lists(
    st.builds(
        lambda data, more, time_ns, link: Packet(data, time_ns=time_ns, original_length=len(data) + more, link=link),
        st.binary(max_size=40),
        st.integers(0, 2000),
        st.integers(0, 2**64 - 1) | st.integers(0, 2**33 * 10**6).map(lambda micro: micro * 1000),
        st.sampled_from([1, 101, 276]),
    ),
    max_size=8,
)


@given(PACKETS, st.sampled_from(["little", "big"]), st.sampled_from([None, True, False]))
def test_packets_are_read_as_they_were_written(packets: list[Packet], order: str, nanosecond: bool | None) -> None:
    content = written(packets, byte_order=order, nanosecond=nanosecond)
    reader = read(io.BytesIO(content))
    assert reader.byte_order == order
    assert [facts(packet) for packet in reader] == [facts(packet) for packet in packets]
    streamed = written((packet for packet in packets), byte_order=order)
    assert [facts(packet) for packet in read(io.BytesIO(streamed))] == [facts(packet) for packet in packets]


@given(files(), st.sampled_from(["little", "big"]))
def test_packets_of_any_file_go_into_one_section(file: File, order: str) -> None:
    source = list(packets_of(read(io.BytesIO(file.content))))
    if any(packet.time_ns is not None and not 0 <= packet.time_ns < 2**64 for packet in source):
        # Its interface may count it, or not when its time must be counted again.
        source = [packet for packet in source if packet.time_ns is None or 0 <= packet.time_ns < 2**64]
    content = written(source, byte_order=order)
    again = list(packets_of(read(io.BytesIO(content))))
    assert len(again) == len(source)
    for packet, before in zip(again, source, strict=True):
        assert (packet.data, packet.original_length, packet.link) == facts(before)[1:]
        assert packet.comments == before.comments
        assert packet.time_ns == before.time_ns or (before.time_ns is None and packet.time_ns == packet_epoch(packet))
        assert packet.interface_name == before.interface_name


def packet_epoch(packet: PcapngPacket) -> int:
    """What time 0 is at an interface."""
    return packet.capture_interface.offset * 10**9


@given(files(), st.data())
def test_what_is_left_out_leaves_the_rest(file: File, data: st.DataObject) -> None:
    reader = read(io.BytesIO(file.content))
    assert isinstance(reader, PcapngReader)
    target = io.BytesIO()
    kept: list[Expected] = []
    with open_writer(target, source=reader) as writer:
        for packet in packets_of(reader):
            if data.draw(st.booleans()):
                kept.append(seen(packet)._replace(number=len(kept) + 1))
                writer.write(packet)
    again = read(io.BytesIO(target.getvalue()))
    assert isinstance(again, PcapngReader)
    assert [seen(packet) for packet in packets_of(again)] == kept
    others = sum(len(each) for index, each in enumerate(file.blocks) if index not in file.packets)
    assert len(target.getvalue()) >= others


def test_bytes_and_headers_have_no_time() -> None:
    content = written([b"abc", bytearray(b"de")])
    assert [facts(packet) for packet in read(io.BytesIO(content))] == [(None, b"abc", 3, 1), (None, b"de", 2, 1)]
    content = written([Packet(b"a", time_ns=5, link=101), b"abc"])
    assert [packet.time_ns for packet in read(io.BytesIO(content))] == [5, 0], "a simple packet is of interface 0"


def test_microseconds_where_they_lose_nothing_and_nanoseconds_where_they_do() -> None:
    def digits(content: bytes) -> list[int]:
        return [packet.capture_interface.digits for packet in packets_of(read(io.BytesIO(content)))]

    assert digits(written([Packet(b"a", time_ns=1000), Packet(b"b", time_ns=2000)])) == [6, 6]
    assert digits(written([Packet(b"a", time_ns=1000), Packet(b"b", time_ns=2001)])) == [9, 9]
    assert digits(written([Packet(b"a", time_ns=1000), Packet(b"b", time_ns=1)], nanosecond=False)) == [6, 9]


def test_an_edited_packet_is_written_as_it_is_now() -> None:
    noted = option("little", 1, b"old") + option("little", 2, b"\x01\x00\x00\x00")
    content = section() + interface() + enhanced(options=noted, data=b"abc") + enhanced(data=b"def")
    reader = read(io.BytesIO(content))
    target = io.BytesIO()
    with open_writer(target, source=reader) as writer:
        first, second = packets_of(reader)
        first.comments = ["new"]
        first.time_ns = 1_234_567
        second.data = b"longer"
        writer.write(first)
        writer.write(second)
    first, second = packets_of(read(io.BytesIO(target.getvalue())))
    assert (first.comments, first.option("flags"), first.time_ns) == (("new",), 1, 1_234_567)
    assert first.capture_interface.digits == 9, "the interface counts microseconds, which do not tell this time"
    assert (second.data, second.interface) == (b"longer", 0)


def test_finer_ticks_are_kept_where_the_time_is() -> None:
    described = interface(options=option("little", 9, b"\x0c"))
    content = section() + described + enhanced(ticks=10**12 + 1999, options=option("little", 1, b"old"))
    (packet,) = packets_of(read(io.BytesIO(content)))
    packet.comments = ["new"]
    (again,) = packets_of(read(io.BytesIO(written([packet]))))
    assert (again.ticks, again.time_ns, again.comments) == (10**12 + 1999, 1_000_000_001, ("new",))


def test_an_obsolete_packet_that_was_changed_becomes_an_enhanced_one() -> None:
    content = (
        section("big") + interface("big") + obsolete("big", drops=7, options=option("big", 2, bytes([0, 0, 0, 9])))
    )
    (packet,) = packets_of(read(io.BytesIO(content)))
    packet.time_ns = 5000
    (again,) = packets_of(read(io.BytesIO(written([packet]))))
    assert (again.option("drop_count"), again.option("flags"), again.time_ns) == (7, 9, 5000)


def test_a_snap_length_cuts_and_is_described() -> None:
    content = section() + interface(snap_length=100) + interface() + simple("little", bytes(80)) + enhanced(number=1)
    target = io.BytesIO()
    write(target, read(io.BytesIO(content)), snap_length=20)
    packets = list(packets_of(read(io.BytesIO(target.getvalue()))))
    assert [(len(each.data), each.original_length, each.time_ns) for each in packets] == [
        (20, 80, None),
        (20, 60, 1000),
    ]
    assert [each.capture_interface.snap_length for each in packets] == [20, 20]


def test_statistics_name_the_interface_that_they_are_of() -> None:
    statistics = block("little", 5, (1).to_bytes(4, "little") + bytes(8))
    content = section() + interface() + enhanced() + interface(link=101) + statistics + enhanced(number=1)
    reader = read(io.BytesIO(content))
    target = io.BytesIO()
    with open_writer(target, source=reader) as writer:
        for packet in packets_of(reader):
            if packet.number == 1:
                # Finer than the interface counts: another one comes in between.
                packet.time_ns = 1
            writer.write(packet)
    again = read(io.BytesIO(target.getvalue()))
    assert isinstance(again, PcapngReader)
    bodies = []
    again.follow(lambda each, described: bodies.append((each.kind, each.body[:4])))
    assert [(packet.interface, packet.link) for packet in again] == [(1, 1), (2, 101)]
    assert (5, b"\x02\x00\x00\x00") in bodies


def test_a_stated_length_stays_while_it_is_right(tmp_path: Path) -> None:
    blocks = interface() + enhanced() + enhanced()
    content = section(length=len(blocks)) + blocks
    path = tmp_path / "a.pcapng"
    path.write_bytes(content)
    write(path, read(path))
    assert path.read_bytes() == content
    with read(path) as reader, open_writer(path, source=reader) as writer:
        writer.write(next(reader))
    assert path.read_bytes() == section() + interface() + enhanced()


def test_what_a_stream_cannot_take_back_is_not_said() -> None:
    class Pipe(io.RawIOBase):
        taken = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.taken += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    blocks, pipe = interface() + enhanced(), Pipe()
    write(pipe, read(io.BytesIO(section(length=len(blocks)) + blocks)))
    assert pipe.taken == section() + blocks


def test_a_pcap_becomes_a_pcapng_and_is_one_again(tmp_path: Path) -> None:
    path, other, back = (tmp_path / name for name in ("a.pcap", "b.pcapng", "c.pcap"))
    packets = [Packet(b"a", time_ns=1_000_000), Packet(b"b", time_ns=2_000_000, original_length=60)]
    write(path, packets, snap_length=100, link=1)
    write(other, read(path))
    (first, second) = packets_of(read(other))
    assert first.capture_interface.snap_length == 100
    assert [facts(first), facts(second)] == [facts(packet) for packet in packets]
    assert (first.capture_interface.digits, first.interface) == (6, 0)
    write(back, list(read(other)), snap_length=100)
    assert back.read_bytes() == path.read_bytes()


def test_more_than_one_link_type_needs_a_pcapng(tmp_path: Path) -> None:
    packets = [Packet(b"a", time_ns=1), Packet(b"b", time_ns=2, link=101)]
    with pytest.raises(CaptureError, match="one link type, so write it as pcapng"):
        write(tmp_path / "a.pcap", packets)
    write(tmp_path / "a.pcapng", packets)
    assert [packet.link for packet in read(tmp_path / "a.pcapng")] == [1, 101]


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (Packet(b"", time_ns=-1), "shift its time first"),
        (Packet(b"", time_ns=1 << 64), "shift its time first"),
        (Packet(bytes(262_145), time_ns=1), "262145 bytes.*snap length"),
        (Packet(b"", time_ns=1, original_length=1 << 32), "original length 4294967296"),
        (Packet(b"", time_ns=1, original_length=-1), "original length -1"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_whole(packet: Packet, reason: str) -> None:
    target = io.BytesIO()
    with pytest.raises(CaptureError, match=reason) as caught:
        write(target, [b"first", packet], format="pcapng")
    assert caught.value.record == 2
    assert [each.data for each in read(io.BytesIO(target.getvalue()))] == [b"first"]


def test_a_comment_that_no_option_holds_is_refused() -> None:
    (packet,) = packets_of(read(io.BytesIO(section() + interface() + enhanced())))
    packet.comments = ["x" * 65_536]
    with pytest.raises(CaptureError, match="packet 1 cannot be written: comment has 65536 bytes"):
        written([packet])


def test_options_that_make_no_sense() -> None:
    reader = read(io.BytesIO(section() + interface()))
    assert isinstance(reader, PcapngReader)
    with pytest.raises(ValueError, match="leave byte_order out"):
        PcapngWriter(io.BytesIO(), follow=reader, byte_order="big")
    with pytest.raises(ValueError, match="'little' or 'big'"):
        PcapngWriter(io.BytesIO(), byte_order="middle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="snap_length"):
        PcapngWriter(io.BytesIO(), snap_length=0)
    with pytest.raises(ValueError, match="format is 'pcap' or 'pcapng'"):
        open_writer(io.BytesIO(), format="cap")  # type: ignore[arg-type]
    writer = PcapngWriter(io.BytesIO())
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"a")


def test_without_a_packet_there_is_a_section_and_an_interface() -> None:
    reader = read(io.BytesIO(written([], link="raw")))
    assert isinstance(reader, PcapngReader)
    assert list(reader) == []
    assert [each.link for each in reader.interfaces] == [101]


@pytest.mark.parametrize("order", ["little", "big"])
def test_tshark_and_scapy_read_what_is_written(order: str, tmp_path: Path) -> None:
    path = tmp_path / "written.pcapng"
    packets = [
        Packet(bytes(60), time_ns=1_700_000_000_123_456_789),
        Packet(bytes(range(60)), time_ns=4_294_967_295_999_999_000, original_length=1500, link=101),
    ]
    write(path, packets, byte_order=order)  # type: ignore[arg-type]
    with path.open("ab") as file:
        file.write(b"")
    utils = pytest.importorskip("scapy.utils", reason="scapy is not installed: 'make test' installs it.")
    with utils.RawPcapNgReader(str(path)) as judge:
        assert [(data, meta.linktype, meta.wirelen) for data, meta in judge] == [
            (packet.data, packet.link, packet.original_length) for packet in packets
        ]
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed: 'apt-get install tshark'.")
    fields = ["frame.time_epoch", "frame.cap_len", "frame.len", "frame.interface_id"]
    command = [tshark, "-n", "-r", str(path), "-T", "fields", *(part for name in fields for part in ("-e", name))]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines == ["1700000000.123456789\t60\t60\t0", "4294967295.999999000\t60\t1500\t1"]
