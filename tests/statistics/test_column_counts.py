"""What is counted by columns is what is counted of packets, printed in the same order."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from dissect import write
from dissect.commands.main import main
from dissect.statistics import column_counts
from dissect.statistics.column_counts import grouped
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
    count = column_counts._Counting._count

    def noted(self: object, row: int, end: int) -> None:
        counted.append(end - row)
        count(self, row, end)  # type: ignore[arg-type]

    monkeypatch.setattr(size, "LARGE", 0)
    monkeypatch.setattr(column_counts._Counting, "_count", noted)
    assert main(words) == 0
    assert capsys.readouterr().out == expected
    assert sum(counted) > 100


def test_groups_come_in_the_order_of_their_first_members() -> None:
    chance = Random(1)
    one, other, weights = (np.array([chance.randrange(most) for _ in range(500)]) for most in (4, 3, 1000))
    groups = grouped([one, other])
    expected: dict[tuple[int, int], list[int]] = {}
    for place, key in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        expected.setdefault(key, []).append(place)
    members = list(expected.values())
    assert groups.firsts.tolist() == [each[0] for each in members]
    assert groups.frames.tolist() == [len(each) for each in members]
    assert groups.total(weights) == [int(weights[each].sum()) for each in members]
    assert groups.least(weights) == [int(weights[each].min()) for each in members]
    assert groups.most(weights) == [int(weights[each].max()) for each in members]
