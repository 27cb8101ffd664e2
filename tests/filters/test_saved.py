"""Saved filters: one file of the user's, replaced as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.errors import DissectError, FilterError
from dissect.filters import saved


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    return tmp_path


def test_saved_and_used_by_name() -> None:
    assert saved.load() == {}
    saved.save("web", "tcp.port == 80")
    saved.save("a-b.c_1", 'frame contains "é"')
    assert saved.expand("@web") == saved.expand(" @web ") == "tcp.port == 80"
    assert saved.expand("tcp") == "tcp"
    assert list(saved.load()) == ["a-b.c_1", "web"]


def test_saving_again_replaces() -> None:
    saved.save("web", "tcp.port == 80")
    saved.save("web", "tcp.port == 443")
    assert saved.load() == {"web": "tcp.port == 443"}


def test_deleted() -> None:
    saved.save("web", "tcp")
    saved.delete("web")
    assert saved.load() == {}


def test_a_wrong_filter_is_not_saved() -> None:
    saved.save("web", "tcp")
    with pytest.raises(FilterError):
        saved.save("web", "tcp.port ==")
    assert saved.load() == {"web": "tcp"}


@pytest.mark.parametrize("name", ["", "-x", "a b", "@web", "a/b", "é", "x" * 65])
def test_names_are_plain(name: str) -> None:
    with pytest.raises(DissectError, match="is no name for a filter"):
        saved.save(name, "tcp")


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(DissectError, match="no filter is saved as 'web'; save one with"):
        saved.expand("@web")
    saved.save("web", "tcp")
    with pytest.raises(DissectError, match="did you mean 'web'"):
        saved.expand("@wep")
    with pytest.raises(DissectError, match="@web stands for a whole filter: write 'tcp' instead"):
        saved.expand("@web and ip")
    with pytest.raises(DissectError, match="there are web"):
        saved.delete("zzz")


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"web": 1}', "\xff"])
def test_a_damaged_file_is_named(content: str) -> None:
    path = saved.location()
    path.parent.mkdir(parents=True)
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(DissectError, match=r"filters\.json"):
        saved.load()


def test_where_the_file_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert saved.location() == home / "configuration" / "dissect" / "filters.json"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert saved.location() == home / ".config" / "dissect" / "filters.json"


def test_nothing_is_left_where_the_file_could_not_be_replaced() -> None:
    path = saved.location()
    path.mkdir(parents=True)
    with pytest.raises(OSError, match=r"filters\.json"):
        saved.save("web", "tcp")
    assert list(path.parent.iterdir()) == [path]
