"""What is counted by columns is what is counted of packets, printed in the same order."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from dissect import Ethernet, IPv4, Packet, write
from dissect.commands.main import main
from dissect.statistics import column_counts
from dissect.statistics.column_counts import Group, grouped
from dissect.tables import size
from tests.tables.test_scanning import mutants_of


@pytest.fixture(scope="module")
def capture(sample_captures: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whole and damaged frames of all samples."""
    path = tmp_path_factory.mktemp("counts") / "mutants.pcapng"
    write(path, mutants_of(sample_captures, Random(6), 6), format="pcapng")
    return path


@pytest.mark.parametrize("kind", ["eth", "ip", "ipv6", "tcp", "udp"])
def test_conversations(
    kind: str, capture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["read", str(capture), "-q", "-z", f"conv,{kind}"]
    assert main(words) == 0
    expected = capsys.readouterr().out
    counted = []
    count = column_counts._ColumnCounting._count

    def noted(self: object, row: int, end: int) -> None:
        counted.append(end - row)
        count(self, row, end)  # type: ignore[arg-type]

    monkeypatch.setattr(size, "LARGE", 0)
    monkeypatch.setattr(column_counts._ColumnCounting, "_count", noted)
    assert main(words) == 0
    assert capsys.readouterr().out == expected
    assert sum(counted) > 100


@pytest.mark.parametrize("least", [size.LARGE, 0])
def test_a_segment_with_damaged_options_is_not_counted(
    least: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By loops as by columns: Wireshark counts a segment when it has come to the end of its header."""
    monkeypatch.setattr(size, "LARGE", least)
    network = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", protocol="tcp", total_length=60)
    head = bytes.fromhex("1388 1770 0000 0001 0000 0001 8010 0040 0000 0000")
    heads = [head[:12] + b"\x50" + head[13:] + bytes(20)] * 3 + [
        head + bytes.fromhex("01 0508 0a20 93bd 86e5 cd5000") + bytes(8)
    ]
    write(tmp_path / "options.pcap", [Packet(bytes(network) + each, time_ns=0) for each in heads])
    assert main(["read", str(tmp_path / "options.pcap"), "-q", "-z", "conv,tcp"]) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "<->" in each]
    assert " 3 222 bytes " in line


@pytest.mark.parametrize("words", [1, 3])
def test_groups_come_in_the_order_of_their_first_members(words: int) -> None:
    chance = Random(words)
    keys = np.array([[chance.choice((0, 1, 1 << 63, 9)) for _ in range(words)] for _ in range(500)], np.uint64)
    sizes, times = (np.array([chance.randrange(-5, 1000) for _ in range(500)]) for _ in range(2))
    members: dict[tuple[int, ...], list[int]] = {}
    for place, key in enumerate(map(tuple, keys.tolist())):
        members.setdefault(key, []).append(place)
    assert list(grouped(keys, sizes, times)) == [
        Group(each[0], len(each), int(sizes[each].sum()), int(times[each].min()), int(times[each].max()))
        for each in members.values()
    ]
    assert list(grouped(keys[:0], sizes[:0], times[:0])) == []
