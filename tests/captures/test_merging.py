"""Captures merged by time, held against a plain sort and against mergecap."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import CaptureReader, read, write
from dissect.captures.merging import Merge
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import Block, Interface
from dissect.packets.packet import Packet
from tests.captures.blocks import Order, block, enhanced, interface, option, section, simple
from tests.captures.test_pcapng import packets_of


def reader_of(times: list[int], name: bytes = b"", *, link: int = 1, format: str = "pcap") -> CaptureReader:
    target = io.BytesIO()
    packets = [Packet(name + bytes([number]), time_ns=time * 1000, link=link) for number, time in enumerate(times)]
    write(target, packets, link=link, format=format)  # type: ignore[arg-type]
    return read(io.BytesIO(target.getvalue()))


def merged(readers: list[CaptureReader], **options: object) -> tuple[bytes, Merge]:
    merge, target = Merge(readers), io.BytesIO()
    with merge.open_writer(target, **options) as writer:  # type: ignore[arg-type]
        for packet in merge:
            writer.write(packet)
    return target.getvalue(), merge


SORTED = st.lists(st.integers(0, 20), max_size=12).map(sorted)


@given(st.lists(SORTED, min_size=1, max_size=4), st.sampled_from(["pcap", "pcapng"]))
def test_sorted_files_are_sorted_and_the_last_one_wins_ties(files: list[list[int]], format: str) -> None:
    content, _ = merged([reader_of(times, bytes([which]), format=format) for which, times in enumerate(files)])
    expected = sorted(
        (
            (time * 1000, bytes([which, number]))
            for which, times in reversed(list(enumerate(files)))
            for number, time in enumerate(times)
        ),
        key=lambda packet: packet[0],
    )
    assert [(packet.time_ns, packet.data) for packet in read(io.BytesIO(content))] == expected


@given(st.lists(st.lists(st.integers(0, 20), max_size=12), min_size=1, max_size=4))
def test_the_order_in_each_file_stays(files: list[list[int]]) -> None:
    content, _ = merged([reader_of(times, bytes([which])) for which, times in enumerate(files)])
    packets = [packet.data for packet in read(io.BytesIO(content))]
    for which, times in enumerate(files):
        assert [data for data in packets if data[0] == which] == [bytes([which, at]) for at in range(len(times))]


def test_the_format_that_fits() -> None:
    def formats(*readers: CaptureReader) -> str:
        return read(io.BytesIO(merged(list(readers))[0])).format

    assert formats(reader_of([1]), reader_of([2])) == "pcap"
    assert formats(reader_of([1]), reader_of([2], link=101)) == "pcapng"
    assert formats(reader_of([1]), reader_of([2], format="pcapng")) == "pcapng"
    content, _ = merged([reader_of([1]), reader_of([2], link=101)])
    assert [packet.link for packet in read(io.BytesIO(content))] == [1, 101]


def test_a_packet_without_a_time_comes_at_once() -> None:
    timeless = read(io.BytesIO(section() + interface() + simple("little", b"abcd") + enhanced(ticks=9)))
    content, _ = merged([reader_of([1, 2]), timeless])
    assert [packet.time_ns for packet in read(io.BytesIO(content))] == [None, 1000, 2000, 9000]


def test_a_damaged_file_stops_no_other() -> None:
    damaged = read(io.BytesIO(section() + interface() + enhanced(ticks=1) + enhanced(ticks=5)[:-1]))
    content, merge = merged([damaged, reader_of([0, 7])])
    assert [packet.time_ns for packet in read(io.BytesIO(content))] == [0, 1000, 7000]
    assert merge.damage is not None
    assert merge.damage.record == 4


@pytest.mark.parametrize("first", ["little", "big"])
@pytest.mark.parametrize("second", ["little", "big"])
def test_names_and_secrets_are_kept_and_interfaces_too(first: Order, second: Order) -> None:
    def file(order: Order, name: bytes) -> CaptureReader:
        names = option(order, 1, b"\x0a\x00\x00\x01" + name + b"\x00") + bytes(4) + option(order, 2, b"dns")
        secrets = (0x544C534B).to_bytes(4, order) + (len(name)).to_bytes(4, order) + name + bytes(-len(name) & 3)
        content = section(order) + interface(order, options=option(order, 2, name)) + block(order, 4, names)
        return read(io.BytesIO(content + block(order, 10, secrets) + enhanced(order) + block(order, 0x77, b"abcd")))

    content, _ = merged([file(first, b"one"), file(second, b"three")])
    reader = read(io.BytesIO(content))
    assert isinstance(reader, PcapngReader)
    assert reader.byte_order == first
    found: list[Block] = []

    def follower(each: Block, described: Interface | None) -> None:
        found.append(each)

    reader.follow(follower)
    assert [packet.interface_name for packet in packets_of(reader)] == ["three", "one"]
    assert [each.kind for each in found].count(4) == 2
    assert [each.kind for each in found].count(0x77) == 0
    secrets = [each.body for each in found if each.kind == 10]
    assert [int.from_bytes(body[4:8], first) for body in secrets] == [3, 5]
    assert [body[8:].rstrip(b"\x00") for body in secrets] == [b"one", b"three"]


def test_mergecap_merges_the_same(corpus_captures: list[Path], tmp_path: Path) -> None:
    mergecap, tshark = shutil.which("mergecap"), shutil.which("tshark")
    if mergecap is None or tshark is None:
        pytest.skip("mergecap or tshark is not installed: 'apt-get install tshark'.")
    chosen = [
        path for path in corpus_captures if path.name in ("wireshark-retrans.pcap", "pcapng-multi-interface.pcapng")
    ]
    chosen += [path for path in corpus_captures if path.name in ("payload-syn.pcap", "pptp.pcap")]
    theirs, ours = tmp_path / "theirs.pcapng", tmp_path / "ours.pcapng"
    subprocess.run([mergecap, "-w", theirs, *chosen], check=True, capture_output=True)
    merge = Merge([read(path) for path in chosen])
    with merge.open_writer(ours) as writer:
        for packet in merge:
            writer.write(packet)
    fields = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.encap_type", "frame.protocols"]
    rows = []
    for path in (theirs, ours):
        command = [tshark, "-n", "-r", str(path), "-T", "fields", *(part for name in fields for part in ("-e", name))]
        rows.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert rows[0] == rows[1]
    assert rows[0].count("\n") > 100
