"""`dissect write`: slices, duplicates, cuts and shifts, held against editcap."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dissect.captures import read, write
from dissect.packets.packet import Packet
from dissect.replay.rewriting import Checksums, Rewriting
from tests.captures.blocks import block, enhanced, interface, option, section
from tests.commands.conftest import Outcome
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark

Run = Callable[..., Outcome]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Ten packets, one a second from second 100 on; those of even numbers are the same."""
    path = tmp_path / "in.pcap"
    data = [bytes([0 if number % 2 == 0 else number]) * 50 for number in range(1, 11)]
    write(path, [Packet(each, time_ns=(100 + number) * 10**9) for number, each in enumerate(data)])
    return path


def seconds(path: Path) -> list[float]:
    return [packet.time_ns / 10**9 for packet in read(path) if packet.time_ns is not None]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [100, 101, 102, 103, 104, 105, 106, 107, 108, 109]),
        (["-p", "2-3,9-"], [101, 102, 108, 109]),
        (["-p", "20-"], []),
        (["-c", "2"], [100, 101]),
        (["-c", "2", "-p", "5-"], [104, 105]),
        (["-A", "103", "-B", "105.5"], [103, 104, 105]),
        (["-A", "1970-01-01T00:01:48Z"], [108, 109]),
        (["--to", "101"], [100]),
        (["-d"], [100, 101, 102, 104, 106, 108]),
        (["-D", "2"], [100, 101, 102, 103, 104, 105, 106, 107, 108, 109]),
        (["-D", "3"], [100, 101, 102, 104, 106, 108]),
        (["-t", "-0.5", "-p", "1-2"], [99.5, 100.5]),
        (["--shift", "3600", "-c", "1"], [3700]),
    ],
)
def test_which_packets_are_written_and_when(
    run: Run, source: Path, tmp_path: Path, options: list[str], expected: list[float]
) -> None:
    out = tmp_path / "out.pcap"
    assert run("write", *options, source, out) == (0, "", "")
    assert seconds(out) == expected


def test_without_options_the_file_is_the_same(run: Run, source: Path, tmp_path: Path) -> None:
    assert run("write", source, tmp_path / "out.pcap").status == 0
    assert (tmp_path / "out.pcap").read_bytes() == source.read_bytes()
    assert run("write", source, source).status == 0
    assert (tmp_path / "out.pcap").read_bytes() == source.read_bytes()


def test_a_pcapng_keeps_what_it_holds_beside_packets(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "in.pcapng", tmp_path / "out.pcapng"
    start = section() + interface(options=option("little", 2, b"eth0")) + block("little", 0x77, b"abcd")
    noted = enhanced(ticks=2, options=option("little", 1, b"here"))
    end = block("little", 5, bytes(12))
    path.write_bytes(start + enhanced() + noted + end)
    assert run("write", "-p", "2-", path, out).status == 0
    assert out.read_bytes() == start + noted + end


def test_a_display_filter(run: Run, capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    assert run("write", "-Y", "arp", capture, out).status == 0
    written, whole = list(read(out)), list(read(capture))
    assert 0 < len(written) < len(whole)
    done = run("write", "-Y", "arp ==", tmp_path / "missing", out)
    assert done.status == 2
    assert "missing" not in done.errors, "a wrong filter is reported before a file is opened"


def test_a_snap_length_and_a_format(run: Run, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    assert run("write", "-s", "20", "-F", "pcapng", source, out).status == 0
    reader = read(out)
    assert reader.format == "pcapng"
    assert {(len(packet.data), packet.original_length) for packet in reader} == {(20, 50)}


def test_duplicates_are_told_before_they_are_cut(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "in.pcap", tmp_path / "out.pcap"
    write(path, [b"same and more", b"same and less", b"same and more"])
    assert run("write", "-d", "-s", "4", path, out).status == 0
    assert [packet.data for packet in read(out)] == [b"same", b"same"]


def test_a_damaged_capture_is_written_as_far_as_it_is_whole(run: Run, source: Path, tmp_path: Path) -> None:
    source.write_bytes(source.read_bytes()[:-1])
    out = tmp_path / "out.pcap"
    done = run("write", source, out)
    assert done.status == 2
    assert "in.pcap: record 10 at byte" in done.errors
    assert len(seconds(out)) == 9


def test_what_cannot_be_written_leaves_the_old_file(run: Run, source: Path) -> None:
    before = source.read_bytes()
    done = run("write", "-t", "-103", source, source)
    assert done.status == 2
    assert "shift its time first" in done.errors
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["-p", "0"], "1-10,15,20-"),
        (["-t", "soon"], "up to nine decimals"),
        (["-A", "soon"], "2026-01-31T12:00:00.5Z"),
        (["-D", "0"], "-D"),
        (["-d", "-D", "3"], "not allowed with"),
        (["-s", "0"], "--snap-length"),
    ],
)
def test_options_that_make_no_sense(run: Run, source: Path, options: list[str], sentence: str) -> None:
    done = run("write", *options, source, source.with_name("out"))
    assert done.status == 2
    assert sentence in done.errors
    assert done.errors.count("\n") == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "selected"),
    [
        (["-D", "2"], ["-D", "2"], []),
        (["-D", "5"], ["-D", "5"], []),
        (["-d"], ["-d"], []),
        (["-D", "30"], ["-D", "30"], []),
        (["-s", "40", "-t", "-0.5"], ["-s", "40", "-t", "-0.5"], []),
        (["-s", "1"], ["-s", "1"], []),
        (["-t", "3600.123456"], ["-t", "3600.123456"], []),
        (["-p", "3-7,20,30-"], ["-r"], ["3-7", "20", "30-100000"]),
        (["-p", "2"], ["-r"], ["2"]),
        (["-p", "2-", "-s", "60", "-t", "-1"], ["-r", "-s", "60", "-t", "-1"], ["2-100000"]),
    ],
)
def test_editcap_writes_the_same(
    run: Run, sample_captures: list[Path], tmp_path: Path, ours: list[str], theirs: list[str], selected: list[str]
) -> None:
    for path in sample_captures[::4]:
        judged, written = tmp_path / "judged", tmp_path / f"written{path.suffix}"
        format = "pcapng" if path.suffix == ".pcapng" else "nsecpcap"
        _editcap("-F", format, *theirs, str(path), str(judged), *selected)
        assert run("write", *ours, path, written).status == 0
        assert _records(written) == _records(judged), path.name


def test_editcap_chooses_the_same_times(run: Run, sample_captures: list[Path], tmp_path: Path) -> None:
    for path in sample_captures:
        times = [packet.time_ns for packet in read(path) if packet.time_ns is not None]
        start, stop = times[len(times) // 3] // 10**9, times[-1] // 10**9
        judged, written = tmp_path / "judged", tmp_path / f"written{path.suffix}"
        format = "pcapng" if path.suffix == ".pcapng" else "nsecpcap"
        _editcap("-F", format, "-A", str(start), "-B", str(stop), str(path), str(judged))
        assert run("write", "-A", start, "-B", stop, path, written).status == 0
        assert _records(written) == _records(judged), path.name


@pytest.mark.parametrize("text", ["tcp.flags.syn == 1", "arp or icmp", "ip.ttl < 64", "udp.stream == 0"])
def test_tshark_writes_what_passes_a_filter(
    run: Run, tshark: Tshark, sample_captures: list[Path], tmp_path: Path, text: str
) -> None:
    path, written = tmp_path / "all.pcapng", tmp_path / "written.pcapng"
    assert run("merge", "-o", path, *sample_captures).status == 0
    assert run("write", "-Y", text, path, written).status == 0
    numbers = [int(row[0]) for row in tshark.fields(path, ["frame.number"], display_filter=text)]
    whole = _records(path)
    assert _records(written) == [whole[number - 1] for number in numbers]
    assert numbers


def _editcap(*arguments: str) -> None:
    editcap = shutil.which("editcap")
    if editcap is None:
        pytest.skip("editcap is not installed: 'apt-get install wireshark-common'.")
    subprocess.run([editcap, *arguments], check=True, capture_output=True)


def _records(path: Path) -> list[tuple[object, ...]]:
    return [
        (packet.time_ns, packet.data, packet.original_length, packet.link, packet.comments) for packet in read(path)
    ]


def test_filters_see_the_whole_capture(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    # A number or time that is not written counts all the same: the stream is the second of the capture.
    assert run("write", SAMPLES / "tcp_short_connections.pcap", out, "-Y", "tcp.stream == 1", "-p", "11-12").status == 0
    assert len(list(read(out))) == 2
    assert run("write", SAMPLES / "first_ping.pcap", out, "-Y", "frame.time_relative > 0.2", "-c", "1").status == 0
    assert [packet.original_length for packet in read(out)] == [98]


def test_two_passes(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    ping = SAMPLES / "first_ping.pcap"
    hint = "dissect: icmp.resp_in is known only after a second pass: add --two-passes\n"
    assert run("write", ping, out, "-Y", "icmp.resp_in") == (0, "", hint)
    assert list(read(out)) == []
    assert run("write", "--two-passes", ping, out, "-Y", "icmp.resp_in") == (0, "", "")
    assert len(list(read(out))) == 3
    assert run("write", "--two-passes", ping, out).status == 2


REPLACED = (
    ("--map-ip", "10.0.0.0/24=192.168.7.0/24", {"addresses": {"10.0.0.0/24": "192.168.7.0/24"}}),
    ("--map-mac", "02:00:00:00:00:01=00:05:5d:61:58:a8", {"macs": {"02:00:00:00:00:01": "00:05:5d:61:58:a8"}}),
    ("--map-ttl", "*=3", {"ttls": {None: 3}}),
    ("--map-vlan", "none=10", {"vlans": {None: 10}}),
    ("--map-port", "6000=7000", {"ports": {6000: 7000}}),
)


@pytest.mark.parametrize("checksums", list(Checksums))
@pytest.mark.parametrize(("option", "given", "maps"), REPLACED)
def test_what_is_replaced_is_what_playing_replaces(
    run: Run, tmp_path: Path, option: str, given: str, maps: dict[str, Any], checksums: Checksums
) -> None:
    source, out = SAMPLES / "udp_chat.pcap", tmp_path / "out.pcapng"
    assert run("write", source, out, option, given, "--checksums", checksums.value, "-Y", "udp") == (0, "", "")
    rewriting = Rewriting(**maps, checksums=checksums)
    before, after = list(read(source)), list(read(out))
    assert [packet.data for packet in after] == [rewriting(packet.data) for packet in before]
    assert [packet.data for packet in after] != [packet.data for packet in before]
    assert [packet.time_ns for packet in after] == [packet.time_ns for packet in before]
    grown = [len(new.data) - len(old.data) for new, old in zip(after, before, strict=True)]
    assert [packet.original_length for packet in after] == [
        packet.original_length + more for packet, more in zip(before, grown, strict=True)
    ]


def test_what_a_pcapng_says_of_rewritten_packets_stays(run: Run, tmp_path: Path) -> None:
    source, out = SAMPLES / "pcapng_comments.pcapng", tmp_path / "out.pcapng"
    assert run("write", source, out, "--map-ip", "10.0.0.1=10.0.0.9", "--checksums", "update") == (0, "", "")
    before, after = list(read(source)), list(read(out))
    assert [packet.comments for packet in after] == [packet.comments for packet in before]
    assert all("10.0.0.1" not in packet.get("ip.addr") and not packet.problems() for packet in after)


def test_a_map_that_cannot_be_is_told_before_anything_is_written(run: Run, source: Path, tmp_path: Path) -> None:
    status, output, errors = run("write", source, tmp_path / "out.pcap", "--map-ip", "10.0.0.1=10.0.0.256")
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert "10.0.0.256" in errors
    assert not (tmp_path / "out.pcap").exists()


def test_packets_are_brought_into_order(run: Run, source: Path, tmp_path: Path) -> None:
    mixed, out = tmp_path / "mixed.pcapng", tmp_path / "out.pcapng"
    packets = list(read(source))
    write(mixed, packets[::2] + packets[1::2])
    assert seconds(mixed) != sorted(seconds(mixed))
    assert run("write", "--sort", "-p", "2-", mixed, out) == (0, "", "")
    assert seconds(out) == sorted(seconds(mixed)[1:])


def test_several_files(run: Run, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "parts"
    out.mkdir()
    assert run("write", "--every", 4, "-p", "2-", source, out / "n.pcap") == (0, "", "")
    assert [seconds(path) for path in sorted(out.iterdir())] == [
        [101, 102, 103, 104], [105, 106, 107, 108], [109]
    ]  # fmt: skip
    for path in out.iterdir():
        path.unlink()
    assert run("write", "-i", "4.5", source, out / "t.pcapng.gz") == (0, "", "")
    assert [seconds(path) for path in sorted(out.iterdir())] == [[100, 101, 102, 103, 104], [105, 106, 107, 108, 109]]
    assert "cannot be split" in run("write", "-i", 1, source, "-").errors
    assert "more than 0 seconds" in run("write", "-i", 0, source, "x").errors


def test_check_sequences_are_taken_off(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    sample = SAMPLES / "check_sequences.pcap"
    assert run("write", "--without-fcs", sample, out) == (0, "", "")
    assert all(packet.get("eth.fcs") for packet in read(sample))
    found = [(packet.data, packet.original_length, packet.get("eth.trailer")) for packet in read(out)]
    assert found == [(each.data[:-4], each.original_length - 4, []) for each in read(sample)]
