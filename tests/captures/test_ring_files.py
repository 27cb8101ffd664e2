"""Files of a ring begin and end where their limits say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect import read
from dissect.captures.live_file import LivePcapng, Statistics
from dissect.captures.pcapng_blocks import Interface
from dissect.captures.ring_files import Limits, LiveFiles

SECOND = 1_000_000_000


class Clock:
    def __init__(self, seconds: float) -> None:
        self.now = int(seconds * SECOND)

    def __call__(self) -> int:
        return self.now


class Ring:
    """Files with a clock of their own, and frames that have numbers."""

    def __init__(self, path: Path, limits: Limits | None = None, most_files: int | None = None) -> None:
        self.directory = path
        self.clock = Clock(1_000_000_000.5)
        self.form = LivePcapng([Interface.of(1)])
        self.shape = self.form.shape(0)
        self.files = LiveFiles(
            str(path / "t.pcapng"),
            self.form,
            lambda: [Statistics(0, 0, 0, 0)],
            limits,
            most_files=most_files,
            now=self.clock,
        )

    def write(self, times: list[float], *, is_last: bool = False) -> None:
        stamps = [int(each * SECOND) for each in times]
        self.files.write(stamps, [self.shape(each, bytes(60), 60, 0) for each in stamps], is_last=is_last)

    def found(self) -> dict[str, int]:
        """Close the last file, and count packets by the numbers in the names of files."""
        self.files.close()
        names = sorted(self.directory.iterdir())
        return {each.name.partition("_")[2][:5]: len(list(read(each))) for each in names}


def test_without_limits_there_is_one_file_of_that_name(tmp_path: Path) -> None:
    ring = Ring(tmp_path)
    ring.write([1, 2, 3])
    ring.files.look_at_clock(1 << 62)
    assert ring.files.packets == 3
    assert ring.found() == {"": 3}
    assert (tmp_path / "t.pcapng").exists()


def test_names_have_a_number_and_the_local_time_of_the_beginning(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Limits(packets=2))
    assert ring.files.path.endswith("/t_00001_20010909014640.pcapng")
    ring.clock.now += 61 * SECOND
    ring.write([1, 2])
    assert ring.files.path.endswith("/t_00002_20010909014741.pcapng")


@pytest.mark.parametrize(
    ("limits", "batches", "expected"),
    [
        (Limits(packets=3), [7], {"00001": 3, "00002": 3, "00003": 1}),
        (Limits(packets=3), [2, 2, 2], {"00001": 3, "00002": 3, "00003": 0}),
        # 28 and 20 bytes come first, then 92 for each packet: the third crosses 200.
        (Limits(octets=200), [7], {"00001": 2, "00002": 2, "00003": 2, "00004": 1}),
        (Limits(octets=200), [1, 1, 1], {"00001": 2, "00002": 1}),
        # Even the beginning is longer: each file has a packet all the same.
        (Limits(octets=10), [2], {"00001": 1, "00002": 1, "00003": 0}),
        (Limits(octets=200, packets=1), [2], {"00001": 1, "00002": 1, "00003": 0}),
    ],
)
def test_a_file_ends_with_the_packet_that_reaches_a_limit(
    tmp_path: Path, limits: Limits, batches: list[int], expected: dict[str, int]
) -> None:
    ring = Ring(tmp_path, limits)
    for batch in batches:
        ring.write([1.0] * batch)
    assert ring.found() == expected


def test_no_file_begins_behind_the_last_packet(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Limits(packets=2))
    ring.write([1, 2, 3, 4], is_last=True)
    assert ring.found() == {"00001": 2, "00002": 2}


def test_the_oldest_files_go_and_the_numbers_go_on(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Limits(packets=1, files=2))
    ring.write([1] * 4, is_last=True)
    # Somebody else may remove one, too.
    assert ring.found() == {"00003": 1, "00004": 1}
    for each in tmp_path.iterdir():
        each.unlink()
    ring = Ring(tmp_path, Limits(packets=1, files=1))
    for each in tmp_path.iterdir():
        each.unlink()
    ring.write([1, 1])
    assert ring.found() == {"00003": 0}


def test_it_is_full_after_so_many_files(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Limits(packets=2), most_files=2)
    ring.write([1] * 3)
    assert not ring.files.is_full
    ring.write([1] * 3)
    assert ring.files.is_full
    ring.write([1] * 3)
    assert ring.found() == {"00001": 2, "00002": 2}


def test_a_duration_parts_packets_by_their_times(tmp_path: Path) -> None:
    begin = 1_000_000_000.5
    ring = Ring(tmp_path, Limits(duration_ns=2 * SECOND))
    ring.clock.now = int((begin + 2.1) * SECOND)
    ring.write([begin + 0.1, begin + 1.9, begin + 2.0, begin + 2.05])
    # The second file began at 2.1 seconds, and ends at 4.1, whether there are packets or not.
    ring.clock.now = int((begin + 4.2) * SECOND)
    ring.files.look_at_clock(int((begin + 4.0) * SECOND))
    assert ring.files.opened == 2
    ring.files.look_at_clock(int((begin + 4.1) * SECOND))
    assert ring.found() == {"00001": 2, "00002": 2, "00003": 0}


def test_an_interval_begins_files_at_its_multiples(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Limits(interval_ns=10 * SECOND, duration_ns=100 * SECOND))
    assert ring.files.next_end_ns == 1_000_000_010 * SECOND
    ring.clock.now = int(1_000_000_011.5 * SECOND)
    ring.write([1_000_000_009.9, 1_000_000_010.0])
    assert ring.files.next_end_ns == 1_000_000_020 * SECOND
    assert ring.found() == {"00001": 1, "00002": 1}


def test_a_clock_that_was_set_back_makes_no_files_without_end(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Limits(duration_ns=SECOND))
    ring.clock.now -= 1000 * SECOND
    ring.write([1_000_000_005, 1_000_000_006])
    assert sum(ring.found().values()) == 2
    assert ring.files.opened <= 3
