"""Rows of text by columns are those that packets have, to the byte."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from dissect import TCP, Ethernet, IPv4, IPv6, Packet, write
from dissect.commands.main import main
from dissect.declaration.times import seconds_text
from dissect.tables import size, text_rows
from dissect.tables.columns import column
from dissect.tables.sheet import Sheet
from dissect.tables.text_kernels import CELL, DECIMAL, DOTTED, HEX, PAIRS, SECONDS, compose
from tests.tables.test_scanning import PLACED, mutants_of

CHOSEN = [name for name in PLACED if name != "frame.time"]


@pytest.fixture(scope="module")
def capture(sample_captures: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whole and damaged frames of all samples."""
    path = tmp_path_factory.mktemp("rows") / "mutants.pcapng"
    write(path, mutants_of(sample_captures, Random(2), 5), format="pcapng")
    return path


def printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def both_ways(words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """What is printed the ordinary way; that by columns is asserted to be the same, and to come by columns."""
    ordinary = printed(words, capsys)
    made = []

    def noted(*given: Any) -> Any:
        made.append(text_rows_made(*given))
        return made[-1]

    text_rows_made = text_rows.text_rows
    with monkeypatch.context() as patch:
        patch.setattr(size, "LARGE", 0)
        patch.setattr(text_rows, "text_rows", noted)
        by_columns = printed(words, capsys)
    assert len(made) == 1
    assert made[0] is not None
    for place, (one, other) in enumerate(zip(by_columns.splitlines(), ordinary.splitlines(), strict=True)):
        assert one == other, place
    assert by_columns == ordinary
    return ordinary


def fields(path: Path, *names: str) -> list[str]:
    return ["read", str(path), "-T", "fields", *(word for name in names for word in ("-e", name))]


def test_all_fields_with_places(
    capture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = both_ways(fields(capture, *CHOSEN), capsys, monkeypatch)
    assert len(text.splitlines()) > 300


def test_what_other_frames_tell(
    capture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = (
        "tcp.stream",
        "tcp.seq",
        "tcp.window_size",
        "tcp.analysis.flags",
        "tcp.analysis.retransmission",
        "udp.stream",
    )
    text = both_ways(fields(capture, "frame.number", *names), capsys, monkeypatch)
    assert "\t1\t1\t" in text


@pytest.mark.parametrize(
    "more",
    [
        ["-E", "separator=,", "-E", "occurrence=f", "-E", "header=y"],
        ["-E", "occurrence=l", "-E", "aggregator=;"],
        ["-Y", "tcp.flags.syn == 1 || udp.dstport in {1..1000}"],
        ["-Y", "!ip"],
    ],
)
def test_options_and_filters(
    more: list[str], capture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("frame.number", "frame.time_delta", "eth.src", "ip.src", "ipv6.dst", "tcp.flags", "udp.dstport")
    assert both_ways([*fields(capture, *names), *more], capsys, monkeypatch)


@pytest.mark.parametrize("words", [["-E", "quote=d"], ["-2"], ["-e", "frame.time"], ["-e", "tcp.time_delta"], ["-l"]])
def test_what_has_no_columns_goes_the_ordinary_way(
    words: list[str], capture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [*fields(capture, "ip.src"), *words]
    ordinary = printed(given, capsys)
    monkeypatch.setattr(size, "LARGE", 0)
    monkeypatch.setattr(text_rows.TextRows, "filled", None)
    assert printed(given, capsys) == ordinary


def test_more_addresses_than_are_known_at_a_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_rows, "_MOST_TEXTS", 8)
    path = tmp_path / "many.pcap"
    frames = [Ethernet() / IPv6(src=f"2001:db8::{place % 30:x}", dst="::1") / TCP() for place in range(100)]
    write(path, [Packet(bytes(frame), time_ns=place) for place, frame in enumerate(frames)])
    text = both_ways(fields(path, "ipv6.src", "ipv6.dst"), capsys, monkeypatch)
    assert text.splitlines()[31] == "2001:db8::1\t::1"


def test_damage_is_told_behind_the_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cut.pcap"
    frame = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP())
    write(path, [Packet(frame, time_ns=place) for place in range(50)])
    path.write_bytes(path.read_bytes()[:-3])
    monkeypatch.setattr(size, "LARGE", 0)
    assert main(fields(path, "ip.src")) == 2
    told = capsys.readouterr()
    assert told.out == "10.0.0.1\n" * 49
    assert "record 50" in told.err


NUMBERS = [0, 1, 9, 10, 99, 100, 255, 256, 999_999_999, 1_000_000_000, 10**12 + 5, 2**32 - 1, 2**63 - 1]


@pytest.mark.parametrize(
    ("form", "digits", "name", "text"),
    [
        (DECIMAL, 0, "frame.number", str),
        (HEX, 4, "frame.number", lambda number: f"0x{number:04x}"),
        (SECONDS, 0, "frame.number", seconds_text),
        (DOTTED, 0, "ip.src", lambda number: ".".join(map(str, (number & 0xFFFF_FFFF).to_bytes(4, "big")))),
        (PAIRS, 6, "eth.src", lambda number: (number & (1 << 48) - 1).to_bytes(6, "big").hex(":")),
    ],
)
def test_numbers_are_written_as_python_writes_them(form: int, digits: int, name: str, text: object) -> None:
    chance = Random(5)
    numbers = [*NUMBERS, *(chance.getrandbits(chance.randrange(1, 64)) for _ in range(300))]
    sheet = Sheet([column(name)], [], len(numbers), "first")
    values, there = sheet.arrays(name)
    kept = [number & (1 << 8 * values.itemsize) - 1 for number in numbers]
    values[:] = [number & (1 << 48) - 1 if form == PAIRS else number for number in kept]
    there[:] = True
    cells = np.array([form, digits, *sheet.spot(name)], np.int64)
    assert len(cells) == CELL
    out = np.zeros(len(numbers) * 30, np.uint8)
    arrays = sheet.octets, sheet.pairs, sheet.words, sheet.longs, sheet.valid
    every, nothing = np.ones(len(numbers), np.bool_), np.zeros((2, 3), np.uint64)
    _, cell, size = compose(0, len(numbers), every, cells, 9, *arrays, nothing, np.zeros((2, 64), np.uint8), out)
    assert cell == -1
    assert out[:size].tobytes().decode().splitlines() == [text(number) for number in kept]  # type: ignore[operator]
