"""Readers as iterators and context managers that close their files."""

from __future__ import annotations

import gc
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from dissect.captures import read, write
from dissect.captures.reader import RecordTest
from dissect.packets.packet import Packet
from tests.captures.blocks import enhanced, interface, section


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "three.pcap"
    write(path, [b"one", b"two", b"three"])
    return path


def is_open(path: Path) -> bool:
    return str(path) in {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc, of Linux.")


def test_next_and_for_go_on_with_one_another(capture: Path) -> None:
    reader = read(capture)
    assert next(reader).data == b"one"
    for packet in reader:
        assert packet.data == b"two"
        break
    assert [packet.data for packet in reader] == [b"three"]
    assert list(reader) == []


@needs_proc
def test_the_file_is_closed_at_its_end(capture: Path) -> None:
    reader = read(capture)
    assert is_open(capture)
    list(reader)
    assert not is_open(capture)


@needs_proc
def test_the_file_is_closed_by_the_block(capture: Path) -> None:
    with read(capture) as reader:
        next(reader)
    assert not is_open(capture)
    for use in (iter, next):
        with pytest.raises(ValueError, match=r"three\.pcap is closed"):
            use(reader)


@needs_proc
def test_the_file_is_closed_when_nobody_holds_the_reader(capture: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in read(capture):
            break
        assert not is_open(capture)
        reader = read(capture)
        del reader
        assert not is_open(capture)
        gc.collect()


@needs_proc
def test_the_file_is_closed_after_damage(capture: Path) -> None:
    from dissect.errors import CaptureError

    capture.write_bytes(capture.read_bytes()[:-1])
    with pytest.raises(CaptureError, match=r"three\.pcap: record 3 at byte 62"):
        list(read(capture))
    assert not is_open(capture)
    capture.write_bytes(b"nonsense")
    with pytest.raises(CaptureError, match="no capture"):
        read(capture)
    assert not is_open(capture)


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
def test_records_that_nobody_wants_are_counted_and_not_made(format: Literal["pcap", "pcapng"], tmp_path: Path) -> None:
    path = tmp_path / "many"
    write(path, [Packet(bytes([number % 256]) * 60, time_ns=number * 1000) for number in range(5000)], format=format)
    asked: list[int] = []

    def tests(link: int) -> RecordTest:
        asked.append(link)
        return lambda buffer, start, end: buffer[start] == 7 and end - start == 60

    with read(path) as reader:
        reader.choose(tests)
        made = {packet.number: packet.data for packet in reader}
    assert asked == [1]
    wanted = {number + 1 for number in range(5000) if number % 256 == 7}
    assert wanted <= made.keys()
    assert len(made) < 2 * len(wanted), "apart from records that two reads share"
    assert all(data == bytes([(number - 1) % 256]) * 60 for number, data in made.items())
    with read(path) as reader:
        reader.choose(lambda link: None)
        assert sum(1 for _ in reader) == 5000


def test_each_interface_has_its_test() -> None:
    content = (
        section() + interface() + interface(link=101) + b"".join(enhanced(number=number % 2) for number in range(10))
    )
    reader = read(io.BytesIO(content))
    reader.choose(lambda link: (lambda buffer, start, end: False) if link == 101 else None)
    assert {packet.link for packet in reader if packet.number > 1} == {1}


def _kept_sources(path: Path) -> Iterator[Path]:
    packets = [Packet(bytes(14), time_ns=number, original_length=14 + number % 3) for number in range(9)]
    for name in ("a.pcap", "a.pcapng"):
        write(path / name, packets)
        yield path / name


def test_what_a_filter_refuses_is_as_if_it_had_not_been_captured(tmp_path: Path) -> None:
    """Numbers stay; lengths on the wire are what is asked for, too; takers are asked about the rest alone."""
    for path in _kept_sources(tmp_path):
        with read(path) as reader:
            reader.keep(lambda link: lambda data, original: link == 1 and original == 15)
            assert [packet.number for packet in reader] == [2, 5, 8]
        taken: list[int] = []

        def take(buffer: bytes, start: int, end: int, number: int, time_ns: int, original: int) -> bool:
            taken.append(number)  # noqa: B023
            return number == 5

        with read(path) as reader:
            reader.keep(lambda link: lambda data, original: original == 15)
            reader.hand_over(lambda pattern: take)
            assert [packet.number for packet in reader] in ([2, 8], [2, 5, 8])
        assert set(taken) <= {2, 5, 8}
        with read(path) as reader:
            reader.keep(lambda link: lambda data, original: 0)
            reader.hand_over(lambda pattern: None)
            assert list(reader) == []
