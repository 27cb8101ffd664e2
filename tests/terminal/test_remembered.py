"""What is remembered from one time to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.terminal.remembered import Memory, location


def test_histories_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "state" / "browse.json"
    memory = Memory(path)
    for text in ("tcp", "udp", "tcp", "\ud800"):
        memory.history("filter").add(text)
    memory.set("theme", "dissect-light")
    again = Memory(path)
    assert again.history("filter").texts == ["udp", "tcp", "\ud800"]
    assert again.history("find").texts == []
    assert again.setting("theme", "") == "dissect-light"
    assert [each.name for each in path.parent.iterdir()] == ["browse.json"]


@pytest.mark.parametrize("content", ["", "[1]", '{"histories": 5, "theme": 7}', "{" * 5000])
def test_a_file_that_holds_something_else_is_passed_over(tmp_path: Path, content: str) -> None:
    path = tmp_path / "browse.json"
    path.write_text(content)
    memory = Memory(path)
    memory.history("filter").add("tcp")
    assert memory.setting("theme", "dark") == "dark"


def test_nothing_is_kept_without_a_file() -> None:
    memory = Memory()
    memory.history("filter").add("tcp")
    assert memory.history("filter").texts == ["tcp"]


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/states")
    assert location() == Path("/states/dissect/browse.json")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert location().parts[-4:] == (".local", "state", "dissect", "browse.json")
