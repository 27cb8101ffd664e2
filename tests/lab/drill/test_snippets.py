"""Assertions in scripts, and what is not allowed in them."""

from __future__ import annotations

import pytest

from dissect.errors import ScenarioError
from dissect.lab.drill.snippets import SnippetError, run_snippet

NAMES = {"tcpi_snd_cwnd": 10, "tcpi_state": 1, "TCP_ESTABLISHED": 1}


@pytest.mark.parametrize(
    "source",
    [
        "assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd",
        "\n    assert tcpi_state == TCP_ESTABLISHED\n    assert 5 < tcpi_snd_cwnd <= 10\n",
        "assert tcpi_snd_cwnd >= 9 and not tcpi_state == 2, 'cwnd=%d' % tcpi_snd_cwnd",
        "assert -tcpi_state + 2 << 3 == 8",
        "x = tcpi_snd_cwnd * 2\nassert x in (20, 21) \\\n or False",
        "if tcpi_state: assert abs(-3) == 3",
    ],
)
def test_what_holds(source: str) -> None:
    assert run_snippet(source, NAMES, "a.pkt:1") == []


def test_what_does_not_hold_is_told_with_its_reason() -> None:
    with pytest.raises(SnippetError, match=r"tcpi_snd_cwnd == 7 does not hold \(cwnd=10\)"):
        run_snippet("assert tcpi_snd_cwnd == 7, 'cwnd=%d' % tcpi_snd_cwnd", NAMES, "a.pkt:1")


@pytest.mark.parametrize(
    "source",
    [
        "import os", "open('/etc/passwd')", "().__class__", "exec('1')", "[x for x in (1,)]", "lambda: 1",
        "while True: pass",
        "assert unknown", "x = 'a' * 10 ** 9", "x = 9 ** 9 ** 9", "x = 1 << 10000", "assert (", "def f(): pass",
        "x = '%1000000000d' % 1",
        "x = (1,) * 1000000000", "print(f'{tcpi_state}')",
    ],
)  # fmt: skip
def test_nothing_else_is_run(source: str) -> None:
    with pytest.raises(ScenarioError, match=r"a.pkt:7: "):
        run_snippet(source, NAMES, "a.pkt:7")


def test_prints_are_returned() -> None:
    assert run_snippet("print('cwnd', tcpi_snd_cwnd); print(1)", NAMES, "a") == ["cwnd 10", "1"]
