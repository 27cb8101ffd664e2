"""The code of modules is kept in one file, and is that of their sources as they are."""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from gettext import gettext
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dissect.commands import main
from dissect.commands.kept_modules import KeptModules
from dissect.declaration.beside_compiled import place_beside

PACKAGE = "kept_modules_example"
SOURCE = "def double(number):\n    return 2 * number\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of one module, in a process that writes files as a usual start does."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / PACKAGE
    (folder / "inside").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "inside" / "__init__.py").write_text("NAME = __name__\n")
    (folder / "numbers.py").write_text(SOURCE)
    yield folder
    forget()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tell which modules Python reads itself."""
    found: list[str] = []
    ordinary = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> Any:
        found.append(name)
        return ordinary(loader, name)

    monkeypatch.setattr(SourceFileLoader, "get_code", get_code)
    return found


def forget() -> None:
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def start(folder: Path, module: str = "numbers") -> ModuleType:
    """Import a module as a process does that has just begun, and end that."""
    forget()
    importlib.invalidate_caches()
    finder = KeptModules(PACKAGE, str(folder))
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module(f"{PACKAGE}.{module}")
    finally:
        finder.keep()
        sys.meta_path.remove(finder)


def test_the_next_start_reads_neither_source_nor_compiled_file(folder: Path, read: list[str]) -> None:
    assert start(folder).double(2) == 4
    assert f"{PACKAGE}.numbers" in read
    read.clear()
    again = start(folder)
    assert again.double(2) == 4
    assert f"{PACKAGE}.numbers" not in read
    assert again.__file__ == str(folder / "numbers.py")
    assert again.double.__code__.co_filename == again.__file__
    assert inspect.getsource(again) == SOURCE


def test_a_source_that_was_edited_is_read_again(folder: Path) -> None:
    start(folder)
    file = folder / "numbers.py"
    before = file.stat()
    # As long as it was, and the folder is as it was.
    file.write_text(SOURCE.replace("2", "3"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    assert start(folder).double(2) == 6
    assert start(folder).double(2) == 6


def test_a_source_of_another_size_is_read_again(folder: Path) -> None:
    start(folder)
    file = folder / "numbers.py"
    before = file.stat()
    file.write_text(SOURCE.replace("2", "20"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert start(folder).double(2) == 40


def test_a_module_that_is_gone_is_not_found(folder: Path) -> None:
    start(folder)
    (folder / "numbers.py").unlink()
    with pytest.raises(ModuleNotFoundError):
        start(folder)


def test_packages_are_left_to_python(folder: Path) -> None:
    for _ in range(2):
        inside = start(folder, "inside")
        assert f"{PACKAGE}.inside" == inside.NAME
        assert inside.__path__


def test_what_is_kept_may_be_damaged(folder: Path) -> None:
    start(folder)
    place = Path(place_beside(str(folder), "modules_of_late"))
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    assert start(folder).double(2) == 4


def test_nothing_is_written_where_python_writes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    start(folder)
    assert not list(folder.rglob("__pycache__"))


def test_other_packages_are_left_alone(folder: Path) -> None:
    finder = KeptModules(PACKAGE, str(folder))
    assert finder.find_spec("json.decoder", [str(folder)]) is None
    assert finder.find_spec(f"{PACKAGE}_too.numbers", [str(folder)]) is None
    assert finder.find_spec(PACKAGE, None) is None


def test_the_program_finds_its_modules_so_and_asks_for_no_translations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setattr(argparse, "_", gettext)
    monkeypatch.setattr(main, "main", lambda: 0)
    # Somebody watches the process from inside, so that it goes on.
    monkeypatch.setattr(sys, "getprofile", lambda: len)
    assert main.run() == 0
    assert isinstance(sys.meta_path[0], KeptModules)
    assert vars(argparse)["_"] is str
