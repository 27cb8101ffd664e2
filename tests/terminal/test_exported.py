"""Packets that are written from the terminal are those of these numbers, as they were captured."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import dissect
from dissect.captures import read
from dissect.terminal.engine import Engine, Job, RestingSource, StoppedError
from dissect.terminal.exported import export
from tests.conftest import SAMPLES


def source(path: Path) -> RestingSource:
    data = path.read_bytes()
    return RestingSource(Job(Engine(), "export", 2), path.name, lambda size, at: data[at : at + min(size, 512)])


@pytest.mark.parametrize("name", ["web_request.pcap", "pcapng_comments.pcapng"])
def test_the_chosen_packets_are_written_in_the_order_of_the_capture(name: str, tmp_path: Path) -> None:
    whole = list(read(SAMPLES / name))
    chance = random.Random(1)
    for size in (0, 1, len(whole) // 2, len(whole)):
        numbers = chance.sample(range(1, len(whole) + 1), size)
        out = tmp_path / f"{size}.{name.partition('.')[2]}"
        told = export(source(SAMPLES / name), numbers, str(out))
        assert told == f"{size} packet{'' if size == 1 else 's'} written to {out}"
        written = list(read(out))
        chosen = [whole[number - 1] for number in sorted(numbers)]
        assert [(each.data, each.time_ns, each.original_length, each.comments) for each in written] == [
            (each.data, each.time_ns, each.original_length, each.comments) for each in chosen
        ]


def test_numbers_that_nobody_has_and_damage_end_it_in_front_of_them(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes((SAMPLES / "web_request.pcap").read_bytes()[:-10])
    out = tmp_path / "out.pcap"
    assert export(source(cut), [3, 14, 99], str(out)).startswith("1 packet written")
    assert [len(packet.data) for packet in read(out)] == [len(list(read(SAMPLES / "web_request.pcap"))[2].data)]


def test_an_older_file_stays_where_it_cannot_be_written(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    dissect.write(out, read(SAMPLES / "first_ping.pcap"))
    before = out.read_bytes()
    broken = tmp_path / "none.pcap"
    broken.write_bytes(b"no capture")
    told = export(source(broken), [1], str(out))
    assert told.startswith(f"{out} was not written: ")
    assert out.read_bytes() == before
    out_of_time = source(SAMPLES / "web_request.pcap")

    def stops() -> None:
        if out_of_time.position:
            raise StoppedError

    out_of_time.on_rest = stops
    with pytest.raises(StoppedError):
        export(out_of_time, [14], str(out))
    assert out.read_bytes() == before
    missing = tmp_path / "nowhere" / "out.pcap"
    assert export(source(SAMPLES / "first_ping.pcap"), [1], str(missing)).startswith(f"{missing} was not written: ")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["none.pcap", "out.pcap"]
