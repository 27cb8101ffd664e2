from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dissect.declaration import pending
from dissect.declaration.pending import (
    OpenTable,
    Waiting,
    carriers_of,
    declare_carrying,
    declare_claimed,
    declare_derived,
    declare_exporting,
    declare_filling,
    declare_guessed,
    declare_named,
    declare_pending,
    has_waited,
    pend,
    pend_folder,
    waiting_guesses,
    waiting_numbers,
    waiting_protocols,
)


@pytest.fixture(autouse=True)
def _nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "PENDING", [])
    for kept in ("_FOLDERS", "_ASKED", "_GUESSES"):
        monkeypatch.setattr(pending, kept, type(getattr(pending, kept))())


def test_what_waits_is_declared_once() -> None:
    declared: list[str] = []
    pend(lambda: declared.append("one"))
    pend(lambda: declared.append("two"))
    assert declare_pending()
    assert not declare_pending()
    assert declared == ["one", "two"]


def test_nothing_is_taken_for_declared_before_it_is() -> None:
    answers: list[bool] = []

    def slow() -> None:
        if not answers:
            answers.append(True)
            # As another thread would that looks something up in the meantime.
            answers.append(declare_pending())

    pend(slow)
    assert declare_pending()
    assert answers == [True, True]
    assert not declare_pending()


def test_a_failure_leaves_it_waiting() -> None:
    def failing() -> None:
        raise ImportError("no such module")

    pend(failing)
    for _ in range(2):
        with pytest.raises(ImportError, match="no such module"):
            declare_pending()


def test_what_nobody_can_tell_is_declared_for_any_question_unless_it_is_empty() -> None:
    declared: list[str] = []
    pend(lambda: declared.append("nothing"), lambda: True)
    assert not declare_claimed(UDP, 7)
    assert waiting_numbers(UDP) == {}
    assert waiting_guesses(UDP) == []
    assert waiting_protocols() == frozenset()
    pend(lambda: declared.append("anything"))
    assert (waiting_numbers(UDP), waiting_guesses(UDP), waiting_protocols()) == (None, None, None)
    # What was asked before is asked anew when something else waits.
    assert declare_claimed(UDP, 7)
    assert declared == ["anything"]
    assert not declare_claimed(UDP, 7)


class UDP:
    """Stands for a header that carries others."""


class Like:
    """Stands for one that carries the same."""

    _like = UDP


class Below(Like):
    """Stands for a form of it, which carries nothing of it."""


FILES = {
    "one": "__all__ = ['One']\nclass One(Header, name='one', over={UDP: (7, 8)}, carries_like=Other): pass",
    "two": "class Two(Header, name='two', over={UDP: 7, TCP: 9}): pass",
    "form": "class Form(UDP, variant=3): pass",
    "table": "TABLE[1] = 'filled'",
    "guess": "class G(Header, name='g.h', over={UDP: Guess(mine, begins=(b'G',), least=3)}): pass",
    "broken": "class B(Header, over={UDP: 99}): pass\nraise ImportError('broken')",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package whose files are only told by their text; the classes that they name stand in each."""
    folder = tmp_path / "waiting_package"
    folder.mkdir()
    (folder / "__init__.py").touch()
    head = f"import sys\n_ = sys.modules[{__name__!r}]\nTABLE = _.TABLE\n"
    names = "class Header:\n    def __init_subclass__(cls, **_): pass\nclass UDP(Header): pass\n"
    names += "class TCP: pass\nclass Other: pass\nclass Guess:\n    def __init__(self, *_, **__): pass\nmine = None\n"
    for file, text in FILES.items():
        (folder / f"{file}.py").write_text(f"{head}{names}{text}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    pend_folder("waiting_package", str(folder), lambda: None)
    yield "waiting_package."
    for name in [name for name in sys.modules if name.startswith("waiting_package")]:
        del sys.modules[name]


TABLE = OpenTable("TABLE")


def there(package: str) -> set[str]:
    return {name.removeprefix(package) for name in sys.modules if name.startswith(package)}


@pytest.mark.parametrize(
    ("declare", "expected"),
    [
        (lambda: declare_claimed(UDP, 8), {"one"}),
        (lambda: declare_claimed(UDP, 1, 7), {"one", "two"}),
        (lambda: declare_claimed(Like, 8), {"one"}),
        (lambda: declare_claimed(Below, 8), set()),
        (lambda: declare_claimed(UDP, 9), set()),
        (lambda: declare_derived(UDP, 3), {"form"}),
        (lambda: declare_derived(UDP), {"form"}),
        (lambda: declare_derived(UDP, 4), set()),
        (lambda: declare_filling("TABLE", 1), {"table"}),
        (lambda: declare_filling("TABLE", 2), set()),
        (lambda: declare_named("two"), {"two"}),
        (lambda: declare_named("g"), {"guess"}),
        (lambda: declare_exporting("One"), {"one"}),
        (lambda: declare_guessed(UDP, b"-Go on-", 1, 6), {"guess"}),
        (lambda: declare_guessed(UDP, b"-Go on-", 1, 3), set()),
        (lambda: declare_guessed(UDP, b"-Go on-", 0, 6), set()),
        (declare_carrying, {"one"}),
    ],
)
def test_only_what_may_answer_is_imported(package: str, declare: Any, expected: set[str]) -> None:
    assert declare() is bool(expected)
    assert there(package) == expected
    # Now there is nothing more to find.
    assert declare() is False


def test_what_waits_is_no_surprise_when_it_comes(package: str) -> None:
    assert has_waited("waiting_package.one")
    assert not has_waited("waiting_packages")
    assert not has_waited(__name__)


def modules_of(*files: str) -> frozenset[str]:
    return frozenset(f"waiting_package.{file}" for file in files)


def test_what_waits_is_told_without_an_import(package: str) -> None:
    numbers = waiting_numbers(UDP)
    assert numbers == {
        7: Waiting(frozenset({"one", "two"}), True, modules=modules_of("one", "two")),
        8: Waiting(frozenset({"one"}), True, modules=modules_of("one")),
        99: Waiting(frozenset(), False, modules=modules_of("broken")),
    }  # fmt: skip
    assert waiting_numbers(Below) == {}
    assert [each.names for each in waiting_guesses(Like) or ()] == [frozenset({"g.h"})]
    assert waiting_protocols() == frozenset({"one", "two", "g.h"})
    assert there(package) == set()
    declare_claimed(UDP, 8)
    numbers = waiting_numbers(UDP)
    assert numbers is not None
    assert numbers[7] == Waiting(frozenset({"two"}), False, modules=modules_of("two"))
    assert waiting_protocols() == frozenset({"two", "g.h"})
    declare_guessed(UDP, b"Good", 0, 4)
    assert waiting_guesses(UDP) == []


def test_a_file_whose_text_does_not_tell_is_imported_for_any_question(package: str, tmp_path: Path) -> None:
    odd = "class Base: pass\nalias = Base\nif False:\n    alias.carry(Base, 1)\n"
    (tmp_path / "waiting_package" / "odd.py").write_text(odd)
    assert 8 in (waiting_numbers(UDP) or {})
    assert there(package) == {"odd"}


def test_a_file_that_cannot_be_imported_fails_each_time(package: str) -> None:
    for _ in range(2):
        with pytest.raises(ImportError, match="broken"):
            declare_claimed(UDP, 99)


def test_a_table_is_filled_when_somebody_looks(package: str) -> None:
    TABLE.clear()
    assert TABLE.find(1) == "filled"
    assert TABLE.find(2) is None
    assert there(package) == {"table"}


def test_a_class_carries_what_those_carry_that_it_is_like() -> None:
    assert carriers_of(Like) == ("Like", "UDP")
    assert carriers_of(Below) == ("Below",)
