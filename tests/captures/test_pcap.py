"""Classic pcap files: every layout read, written again byte for byte, cut and damaged."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dissect.captures import PcapHeader, PcapReader, PcapWriter, read, write
from dissect.captures.pcap import KUZNETZOV, MICROSECONDS, NANOSECONDS, longest_record
from dissect.errors import CaptureError, FieldError
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import Ethernet

U32 = st.integers(0, 0xFFFF_FFFF)
U16 = st.integers(0, 0xFFFF)


class Record(NamedTuple):
    """A record as the file holds it; `first` and `second` are the two lengths in the order of the file."""

    seconds: int
    fraction: int
    captured: int
    original: int
    data: bytes


class File(NamedTuple):
    """A pcap file, put together here from its description and by nothing of the package."""

    order: Literal["little", "big"]
    magic: int
    version: tuple[int, int]
    thiszone: int
    sigfigs: int
    snap_length: int
    link_field: int
    records: list[Record]

    @property
    def original_first(self) -> bool:
        return self.version < (2, 3) or self.version == (543, 0)

    def pieces(self) -> list[bytes]:
        mark = "<" if self.order == "little" else ">"
        header = struct.pack(
            mark + "IHHiIII",
            self.magic,
            *self.version,
            self.thiszone,
            self.sigfigs,
            self.snap_length,
            self.link_field,
        )
        pieces = [header]
        for record in self.records:
            lengths = [record.captured, record.original]
            if self.original_first:
                lengths.reverse()
            head = struct.pack(mark + "IIII", record.seconds, record.fraction, *lengths)
            if self.magic == KUZNETZOV:
                head += struct.pack(mark + "IHBB", 3, 0x800, 0, 0xAA)
            pieces.append(head + record.data)
        return pieces

    def content(self) -> bytes:
        return b"".join(self.pieces())

    def expected(self) -> list[tuple[int, int, bytes, int, int]]:
        unit = 1 if self.magic == NANOSECONDS else 1000
        link = self.link_field & 0xFFFF
        return [
            (number, record.seconds * 10**9 + record.fraction * unit, record.data, record.original, link)
            for number, record in enumerate(self.records, 1)
        ]


@st.composite
def record_lists(draw: st.DrawFn, *, sound: bool = False) -> list[Record]:
    fraction = st.integers(0, 999_999) if sound else st.one_of(st.integers(0, 999_999), U32)
    count = draw(st.integers(0, 6))
    records = []
    for _ in range(count):
        data = draw(st.binary(max_size=70))
        original = st.just(len(data)) | st.integers(len(data), 0xFFFF_FFFF)
        records.append(
            Record(draw(U32), draw(fraction), len(data), draw(original if sound else st.one_of(original, U32)), data)
        )
    return records


@st.composite
def files(draw: st.DrawFn) -> File:
    version = draw(st.sampled_from([(2, 4), (2, 4), (2, 4), (2, 3), (2, 2), (2, 0), (543, 0)]))
    records = draw(record_lists())
    if version == (2, 3):
        # The smaller length is the captured one there, so no record can say the contrary.
        records = [record._replace(original=max(record.original, record.captured)) for record in records]
    return File(
        draw(st.sampled_from(["little", "big"])),
        draw(st.sampled_from([MICROSECONDS, NANOSECONDS, KUZNETZOV])),
        version,
        draw(st.integers(-(2**31), 2**31 - 1)),
        draw(U32),
        draw(U32),
        draw(st.sampled_from([0, 1, 101, 276, 0xFFFF, 0x3000_0001, 0x2400_0001]) | U32),
        records,
    )


def seen(packet: Packet) -> tuple[int, int | None, bytes, int, int]:
    return packet.number, packet.time_ns, packet.data, packet.original_length, packet.link


def packets_and_error(content: bytes) -> tuple[list[Packet], CaptureError | None]:
    packets: list[Packet] = []
    try:
        for packet in read(io.BytesIO(content)):
            packets.append(packet)
    except CaptureError as error:
        return packets, error
    return packets, None


def rewritten(content: bytes) -> bytes:
    target = io.BytesIO()
    write(target, read(io.BytesIO(content)))
    return target.getvalue()


@given(files())
def test_every_layout_is_read(file: File) -> None:
    reader = read(io.BytesIO(file.content()))
    assert isinstance(reader, PcapReader)
    assert (reader.format, reader.byte_order, reader.link) == ("pcap", file.order, file.link_field & 0xFFFF)
    assert reader.snap_length == file.snap_length
    assert reader.header == file[:7]
    packets = list(reader)
    assert [seen(packet) for packet in packets] == file.expected()
    assert all(packet.interface is None for packet in packets)


@given(files())
def test_rewriting_unchanged_gives_the_same_bytes(file: File) -> None:
    if file.magic == KUZNETZOV:
        # That format is only read: it becomes one of plain microseconds with the same packets.
        assert rewritten(file.content()) == file._replace(magic=MICROSECONDS).content()
    else:
        assert rewritten(file.content()) == file.content()


@given(files())
def test_a_file_cut_anywhere_gives_the_whole_records_and_then_an_error(file: File) -> None:
    pieces = file.pieces()
    content = b"".join(pieces)
    expected = file.expected()
    ends = [sum(len(piece) for piece in pieces[: index + 1]) for index in range(len(pieces))]
    for cut in range(len(content) + 1):
        packets, error = packets_and_error(content[:cut])
        whole = sum(1 for end in ends[1:] if end <= cut)
        assert [seen(packet) for packet in packets] == expected[:whole]
        if cut in ends:
            assert error is None
        else:
            assert error is not None
            assert error.record == (whole + 1 if cut > ends[0] else 0)
            assert error.path in str(error)
            assert "\n" not in str(error)
            if cut > ends[0]:
                assert error.offset == ends[whole]
                assert str(ends[whole]) in str(error)


@given(files(), st.data())
def test_a_damaged_file_raises_nothing_but_capture_errors(file: File, data: st.DataObject) -> None:
    content = bytearray(file.content())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    packets, error = packets_and_error(bytes(content))
    assert len(packets) <= len(content) // 16
    if error is None and int.from_bytes(content[:4], file.order) in (MICROSECONDS, NANOSECONDS):
        assert rewritten(bytes(content)) == bytes(content)


@given(st.binary(max_size=200))
@example(b"")
@example(bytes(64))
def test_any_bytes_raise_nothing_but_capture_errors(content: bytes) -> None:
    packets_and_error(content)
    packets_and_error(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000") + content)


class Trickle(io.RawIOBase):
    """A stream that gives what it is told to, piece by piece, as a pipe does."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self.pieces:
            return b""
        piece = self.pieces.pop(0)
        if len(piece) > size:
            self.pieces.insert(0, piece[size:])
        return piece[:size]


@given(files(), st.lists(st.integers(1, 40), min_size=1))
def test_it_does_not_matter_in_what_pieces_a_stream_arrives(file: File, sizes: list[int]) -> None:
    content, pieces, turn = file.content(), [], 0
    while content:
        size = sizes[turn % len(sizes)]
        pieces.append(content[:size])
        content, turn = content[size:], turn + 1
    assert [seen(packet) for packet in read(Trickle(pieces))] == file.expected()


def test_a_packet_is_delivered_as_soon_as_it_is_there() -> None:
    records = [Record(1, 2, 60, 60, bytes([number]) * 60) for number in range(3)]
    pieces = File("little", MICROSECONDS, (2, 4), 0, 0, 65535, 1, records).pieces()
    stream = Trickle([])
    stream.pieces.append(pieces[0])
    reader = read(stream)
    for record, piece in zip(records, pieces[1:], strict=True):
        stream.pieces += [piece[:7], piece[7:]]
        assert next(reader).data == record.data
        assert not stream.pieces, "the piece was taken, and the end of the stream not yet asked for"
    with pytest.raises(StopIteration):
        next(reader)


def big_record(size: int, link: int = 1, snap_length: int = 65535) -> bytes:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    small = Record(1, 2, 3, 3, b"abc")
    return File(
        "little", MICROSECONDS, (2, 4), 0, 0, snap_length, link, [small, Record(1, 2, size, size, data), small]
    ).content()


@pytest.mark.parametrize("size", [65_000, 65_520, 65_536, 70_000, 262_144])
def test_records_longer_than_a_chunk(size: int) -> None:
    content = big_record(size)
    assert [len(packet.data) for packet in read(io.BytesIO(content))] == [3, size, 3]
    assert rewritten(content) == content


@pytest.mark.parametrize(
    ("size", "link", "snap_length", "accepted"),
    [
        (262_144, 1, 96, True),
        (262_145, 1, 262_145, False),
        (300_000, 231, 65_535, True),
        (300_000, 249, 65_535, True),
        (300_000, 279, 65_535, True),
        (8 * 1024 * 1024 + 1, 279, 65_535, False),
    ],
)
def test_absurd_lengths_are_told_as_wireshark_does(
    size: int, link: int, snap_length: int, accepted: bool, tmp_path: Path
) -> None:
    content = big_record(size, link, snap_length)
    packets, error = packets_and_error(content)
    assert len(packets) == (3 if accepted else 1)
    assert (error is None) == accepted
    if error is not None:
        assert (error.record, error.offset) == (2, 24 + 16 + 3)
        assert str(size) in str(error)
    capinfos = shutil.which("capinfos")
    if capinfos is None:
        return
    path = tmp_path / "big.pcap"
    path.write_bytes(content)
    judged = subprocess.run([capinfos, "-c", "-T", "-r", path], capture_output=True, text=True, check=False)
    assert (judged.returncode == 0) == accepted, judged.stderr


def test_a_packet_that_the_snap_length_cut_knows_its_length() -> None:
    content = File("little", MICROSECONDS, (2, 4), 0, 0, 4, 1, [Record(0, 0, 4, 60, b"abcd")]).content()
    (packet,) = read(io.BytesIO(content))
    assert (len(packet.data), packet.original_length) == (4, 60)


def test_lengths_of_version_2_3_in_either_order() -> None:
    records = [Record(0, 0, 4, 60, b"abcd"), Record(0, 0, 60, 4, b"abcd"), Record(0, 0, 4, 4, b"abcd")]
    content = File("big", MICROSECONDS, (2, 3), 0, 0, 4, 1, records).content()
    packets = list(read(io.BytesIO(content)))
    assert [(len(packet.data), packet.original_length) for packet in packets] == [(4, 60), (4, 60), (4, 4)]
    assert rewritten(content) == content


def test_an_absurd_fraction_counts_as_it_stands_until_the_packet_is_changed() -> None:
    content = File("little", MICROSECONDS, (2, 4), 0, 0, 4, 1, [Record(1, 5_000_000, 1, 1, b"a")]).content()
    reader = read(io.BytesIO(content))
    (packet,) = reader
    assert packet.time_ns == 6_000_000_000
    packet.time_ns = 7_000_001_000
    target = io.BytesIO()
    write(target, [packet], header=reader.header)
    assert struct.unpack("<II", target.getvalue()[24:32]) == (7, 1)
    packet.time_ns = 6_000_000_000
    target = io.BytesIO()
    write(target, [packet], nanosecond=True)
    assert struct.unpack("<II", target.getvalue()[24:32]) == (6, 0), "another resolution has another fraction"


@pytest.mark.parametrize("version", [(1, 4), (2, 5), (3, 0), (0, 0), (543, 1), (1024, 0)])
def test_versions_that_libpcap_refuses_are_refused(version: tuple[int, int]) -> None:
    content = File("little", MICROSECONDS, version, 0, 0, 65535, 1, []).content()
    with pytest.raises(CaptureError, match=rf"version {version[0]}\.{version[1]}") as caught:
        read(io.BytesIO(content))
    assert (caught.value.record, caught.value.offset) == (0, 4)


def test_the_frame_check_sequence_of_the_link_field() -> None:
    assert PcapHeader(link_field=0x2400_0001).fcs_length == 4
    assert PcapHeader(link_field=0x0400_0001).fcs_length == 0
    assert PcapHeader(link_field=0x3000_0001).fcs_length is None, "the bit that says so is not set"
    assert PcapHeader(link_field=0x2400_0001).link == 1


def test_decode_refuses_other_bytes() -> None:
    for data in (b"", b"\xd4", bytes(24)):
        with pytest.raises(CaptureError, match="no magic number"):
            PcapHeader.decode(data)


@given(
    record_lists(sound=True),
    st.sampled_from(["little", "big"]),
    st.booleans(),
    st.sampled_from([0, 1, 101, 113, 276]),
)
def test_dpkt_and_scapy_read_what_is_written(
    records: list[Record], order: Literal["little", "big"], nanosecond: bool, link: int
) -> None:
    dpkt = pytest.importorskip("dpkt", reason="dpkt is not installed: 'make test' installs it.")
    utils = pytest.importorskip("scapy.utils", reason="scapy is not installed: 'make test' installs it.")
    unit = 1 if nanosecond else 1000
    packets = [
        Packet(
            record.data,
            time_ns=record.seconds * 10**9 + record.fraction * unit,
            original_length=record.original,
            link=link,
        )
        for record in records
    ]
    target = io.BytesIO()
    assert write(target, packets, byte_order=order, nanosecond=nanosecond, link=link) == len(packets)
    content = target.getvalue()

    judge = dpkt.pcap.Reader(io.BytesIO(content))
    assert judge.datalink() == link
    assert judge.snaplen == 262_144
    divisor = 10**9 if nanosecond else 10**6
    assert [(round(float(when) * divisor) // divisor, data) for when, data in judge] == [
        (round(float(record.seconds + record.fraction / divisor) * divisor) // divisor, record.data)
        for record in records
    ]

    raw = utils.RawPcapReader(io.BytesIO(content))
    assert raw.linktype == link
    assert raw.nano == nanosecond
    assert [(data, meta.sec, meta.usec, meta.caplen, meta.wirelen) for data, meta in raw] == [
        (record.data, record.seconds, record.fraction, record.captured, record.original) for record in records
    ]


@given(record_lists(sound=True), st.booleans())
def test_what_scapy_writes_is_read(records: list[Record], nanosecond: bool) -> None:
    utils = pytest.importorskip("scapy.utils", reason="scapy is not installed: 'make test' installs it.")
    target = io.BytesIO()
    target.close = lambda: None  # type: ignore[method-assign]  # scapy closes what it is handed
    writer = utils.RawPcapWriter(target, linktype=1, nano=nanosecond)
    writer.write_header(b"")
    for record in records:
        writer.write_packet(
            record.data, sec=record.seconds, usec=record.fraction, caplen=record.captured, wirelen=record.original
        )
    writer.flush()
    unit = 1 if nanosecond else 1000
    assert [seen(packet)[1:4] for packet in read(io.BytesIO(target.getvalue()))] == [
        (record.seconds * 10**9 + record.fraction * unit, record.data, record.original) for record in records
    ]


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("nanosecond", [False, True])
def test_tshark_reads_what_is_written(order: Literal["little", "big"], nanosecond: bool, tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed: 'apt-get install tshark'.")
    path = tmp_path / "written.pcap"
    packets = [
        Packet(bytes(60), time_ns=1_700_000_000_123_456_000),
        Packet(bytes(range(60)), time_ns=4_294_967_295_999_999_000, original_length=1500),
    ]
    write(path, packets, byte_order=order, nanosecond=nanosecond)
    fields = ["frame.time_epoch", "frame.cap_len", "frame.len"]
    command = [tshark, "-n", "-r", str(path), "-T", "fields", *(part for name in fields for part in ("-e", name))]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines == ["1700000000.123456000\t60\t60", "4294967295.999999000\t60\t1500"]


def test_the_corpus_is_rewritten_byte_for_byte(corpus_capture: Path) -> None:
    content = corpus_capture.read_bytes()
    packets, error = packets_and_error(content)
    if error is None:
        assert rewritten(content) == content
    else:
        assert "\n" not in str(error)
        assert error.record == 0 or len(packets) == error.record - 1


def test_the_samples_are_rewritten_byte_for_byte(sample_capture: Path) -> None:
    content = sample_capture.read_bytes()
    if sample_capture.suffix == ".pcap":
        assert rewritten(content) == content


def written(packets: list[Packet | bytes], **options: object) -> bytes:
    target = io.BytesIO()
    write(target, packets, **options)  # type: ignore[arg-type]
    return target.getvalue()


def test_a_list_is_written_in_microseconds_where_that_loses_nothing() -> None:
    assert written([Packet(b"a", time_ns=1_000)])[:4] == bytes.fromhex("d4c3b2a1")
    assert written([Packet(b"a", time_ns=1_001)])[:4] == bytes.fromhex("4d3cb2a1")
    assert written([b"a"])[:4] == bytes.fromhex("d4c3b2a1")
    target = io.BytesIO()
    write(target, (packet for packet in [Packet(b"a", time_ns=1_000)]))
    assert target.getvalue()[:4] == bytes.fromhex("4d3cb2a1"), "what is still to come is not known"


def test_bytes_and_headers_are_written_at_time_0() -> None:
    class Header:
        def __bytes__(self) -> bytes:
            return b"xyz"

    target = io.BytesIO()
    write(target, [b"a", bytearray(b"b"), memoryview(b"c"), Header()])
    packets = list(read(io.BytesIO(target.getvalue())))
    assert [packet.data for packet in packets] == [b"a", b"b", b"c", b"xyz"]
    assert {packet.time_ns for packet in packets} == {0}


def test_an_edited_packet_is_written_as_it_is_now() -> None:
    packet = Packet(bytes.fromhex("ffffffffffff00055d6158a80806") + bytes(28), original_length=60)
    frame = packet.frame
    assert written([packet])[40:] == packet.data
    frame.payload = None
    content = written([packet])
    assert len(content) < 40 + len(packet.data)
    (again,) = read(io.BytesIO(content))
    assert again.data == bytes(frame)
    assert again.original_length - len(again.data) == 18, "what was not captured is as much as before"


def test_the_link_type_is_that_of_the_first_packet() -> None:
    def link(content: bytes) -> int | None:
        return read(io.BytesIO(content)).link

    assert link(written([Packet(b"a", link=101)])) == 101
    assert link(written([b"a", Packet(b"a", link=1)])) == 1
    assert link(written([])) == 1
    assert link(written([], link="raw")) == 101
    assert link(written([b"a"], link=276)) == 276
    assert link(written([Packet(b"a", link=12), Packet(b"b", link=101)])) == 12, "two numbers of raw IP"


def test_another_link_keeps_nothing_of_the_headers_frame_check_sequence() -> None:
    header = PcapHeader(link_field=0x2400_0001)
    for link, field in ((1, 0x2400_0001), (101, 101)):
        target = io.BytesIO()
        write(target, [], header=header, link=link)
        assert struct.unpack("<I", target.getvalue()[20:24]) == (field,)


def test_a_snap_length_cuts_and_keeps_the_original_length() -> None:
    content = written([Packet(bytes(100), original_length=200), b"ab"], snap_length=64)
    reader = read(io.BytesIO(content))
    assert reader.snap_length == 64
    assert [(len(packet.data), packet.original_length) for packet in reader] == [(64, 200), (2, 2)]


@pytest.mark.parametrize(
    ("packet", "options", "reason"),
    [
        (Packet(b"", time_ns=-1), {}, "holds 0 to 4294967295"),
        (Packet(b"", time_ns=-1_500_000_000), {}, r"-1\.500000000 seconds"),
        (Packet(b"", time_ns=(1 << 32) * 10**9), {}, "holds 0 to 4294967295"),
        (Packet(b"", time_ns=1), {"nanosecond": False}, "nanosecond=True"),
        (Packet(b"", time_ns=1), {"header": PcapHeader()}, "nanosecond=True"),
        (Packet(b"", link=101), {"link": 1}, "raw .101.*ethernet .1."),
        (Packet(b"", original_length=1 << 32), {}, "original length 4294967296"),
        (Packet(b"", original_length=-1), {}, "original length -1"),
        (Packet(bytes(longest_record(1) + 1)), {}, "262145 bytes.*snap length"),
        (Packet(b"ab", original_length=1), {"header": PcapHeader(version=(2, 3))}, "version 2.3"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_whole(packet: Packet, options: dict[str, object], reason: str) -> None:
    target = io.BytesIO()
    with pytest.raises(CaptureError, match=reason) as caught:
        write(target, [Packet(b"first", link=packet.link if "link" not in options else 1), packet], **options)  # type: ignore[arg-type]
    assert caught.value.record == 2
    assert "packet 2 " in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [seen.data for seen in read(io.BytesIO(target.getvalue()))] == [b"first"]


def test_options_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="'little' or 'big'"):
        PcapWriter(io.BytesIO(), byte_order="middle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="snap_length"):
        PcapWriter(io.BytesIO(), snap_length=0)
    with pytest.raises(FieldError, match="did you mean 'ethernet'"):
        PcapWriter(io.BytesIO(), link="ethernt")


def test_nothing_is_written_after_the_end() -> None:
    writer = PcapWriter(io.BytesIO())
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"a")
    writer.close()


class Endless(io.RawIOBase):
    """A capture without end, made while it is read."""

    def __init__(self, record: bytes) -> None:
        self.record = record
        self.rest = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.rest += self.record * (size // len(self.record) + 1)
        data, self.rest = self.rest[:size], self.rest[size:]
        self.given += len(data)
        return data


def test_memory_does_not_grow_with_the_file() -> None:
    import tracemalloc

    stream = Endless(struct.pack("<IIII", 1, 2, 1000, 1000) + bytes(1000))
    tracemalloc.start()
    try:
        for packet in read(stream):
            if packet.number == 20_000:
                break
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stream.given > 20_000_000
    assert peak < 2_000_000


@pytest.mark.parametrize("has_check_sequences", [True, False])
def test_a_file_of_frames_with_check_sequences_says_so(tmp_path: Path, has_check_sequences: bool) -> None:
    frame = bytes(Ethernet().padded().with_fcs())
    there, again = tmp_path / "there.pcap", tmp_path / "again.pcap"
    field = 0x2400_0001 if has_check_sequences else 1
    with PcapWriter(there, header=PcapHeader(link_field=field)) as writer:
        writer.write(frame)
    with PcapWriter(again) as writer:
        for packet in read(there):
            writer.write(packet)
    with read(again) as reader:
        assert isinstance(reader, PcapReader)
        assert reader.header.link_field == field
