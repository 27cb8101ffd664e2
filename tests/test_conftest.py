from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, captures_under, corpus


def test_captures_are_found_in_a_stable_order(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    for name in ("b.pcap", "a.pcapng", "deeper/c.pcap.gz", "notes.txt"):
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in captures_under(tmp_path)]
    assert found == ["a.pcapng", "b.pcap", "deeper/c.pcap.gz"]


def test_stated_corpus_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISSECT_CORPUS", str(tmp_path))
    assert corpus() == tmp_path


def test_stated_corpus_that_is_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISSECT_CORPUS", str(tmp_path / "none"))
    with pytest.raises(pytest.UsageError, match="DISSECT_CORPUS"):
        corpus()


def test_a_child_can_be_interrupted_also_where_the_tests_run_in_the_background() -> None:
    child = "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    script = (
        f"import subprocess, sys\nimport tests.conftest\nsys.exit(subprocess.call([sys.executable, '-c', {child!r}]))"
    )
    # What a shell without job control does for a command before &; Popen alone would leave SIGINT as it is here.
    ignoring = subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", script], cwd=REPOSITORY
    )
    assert ignoring.wait(timeout=60) == 0
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
