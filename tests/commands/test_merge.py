"""`dissect merge`: what it takes, where it writes, and what it says of damage."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dissect.captures import read, write
from dissect.packets.packet import Packet
from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]


def capture(path: Path, *times: int, link: int = 1) -> Path:
    write(path, [Packet(bytes([time]), time_ns=time * 1000, link=link) for time in times], link=link)
    return path


def test_captures_become_one(run: Run, tmp_path: Path) -> None:
    first, second = capture(tmp_path / "a.pcap", 1, 5), capture(tmp_path / "b.pcap.gz", 2, 7)
    out = tmp_path / "out.pcap.xz"
    assert run("merge", "-o", out, first, second) == (0, "", "")
    reader = read(out)
    assert (reader.format, reader.compression) == ("pcap", "xz")
    assert [packet.time_ns for packet in reader] == [1000, 2000, 5000, 7000]


def test_a_capture_may_be_merged_into_itself(run: Run, tmp_path: Path) -> None:
    first, second = capture(tmp_path / "a.pcap", 1, 5), capture(tmp_path / "b.pcap", 2)
    assert run("merge", "-o", first, first, second).status == 0
    assert [packet.time_ns for packet in read(first)] == [1000, 2000, 5000]


def test_link_types_that_differ_become_a_pcapng_or_an_error(run: Run, tmp_path: Path) -> None:
    first, second = capture(tmp_path / "a.pcap", 1), capture(tmp_path / "b.pcap", 2, link=101)
    assert run("merge", "-o", tmp_path / "out", first, second).status == 0
    assert read(tmp_path / "out").format == "pcapng"
    done = run("merge", "-o", tmp_path / "out.pcap", first, second)
    assert done.status == 2
    assert "a pcap file has one link type, so write it as pcapng" in done.errors
    assert not (tmp_path / "out.pcap").exists()


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
def test_the_format_can_be_said(run: Run, tmp_path: Path, format: str) -> None:
    first = capture(tmp_path / "a.pcap", 1)
    assert run("merge", "-F", format, "-o", tmp_path / "out", first, first).status == 0
    assert read(tmp_path / "out").format == format


def test_damage_ends_in_status_2_after_what_is_whole(run: Run, tmp_path: Path) -> None:
    first, second = capture(tmp_path / "a.pcap", 1, 5), capture(tmp_path / "b.pcap", 2, 7)
    first.write_bytes(first.read_bytes()[:-1])
    done = run("merge", "-o", tmp_path / "out.pcap", first, second)
    assert done.status == 2
    assert "a.pcap: record 2 at byte 41 is cut short" in done.errors
    assert [packet.time_ns for packet in read(tmp_path / "out.pcap")] == [1000, 2000, 7000]


def test_a_file_that_is_no_capture_leaves_the_output_alone(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    out.write_bytes(b"old")
    (tmp_path / "text").write_text("hello")
    done = run("merge", "-o", out, capture(tmp_path / "a.pcap", 1), tmp_path / "text")
    assert done.status == 2
    assert "text is no capture but text" in done.errors
    assert out.read_bytes() == b"old"


def test_mergecap_writes_the_same(run: Run, sample_captures: list[Path], tmp_path: Path) -> None:
    mergecap = shutil.which("mergecap")
    if mergecap is None:
        pytest.skip("mergecap is not installed: 'apt-get install wireshark-common'.")
    judged, written = tmp_path / "judged.pcapng", tmp_path / "written.pcapng"
    chosen = [sample_captures[start : start + 3] for start in range(0, len(sample_captures), 3)]
    for captures in [*chosen, sample_captures]:
        subprocess.run([mergecap, "-w", judged, *captures], check=True, capture_output=True)
        assert run("merge", "-o", written, *captures).status == 0
        found = [
            [(packet.time_ns, packet.data, packet.original_length, packet.link) for packet in read(path)]
            for path in (judged, written)
        ]
        assert found[0] == found[1], [path.name for path in captures]
