"""Code is kept for the next start under its text; whatever stands in the file, the right code is run."""

from __future__ import annotations

import linecache
import sys
from marshal import dumps
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration import kept_code
from dissect.declaration.beside_compiled import place_beside
from dissect.declaration.kept_code import KeptCode

TEXT = "def double(x):\n return [2 * x for _ in range(1)][0]"


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the texts that are compiled, and write files as a usual start does."""
    texts: list[str] = []

    def counting(text: str, *rest: str) -> Any:
        texts.append(text)
        return compile(text, *rest)

    monkeypatch.setattr(kept_code, "compile", counting, raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return texts


def run(kept: KeptCode, text: str = TEXT, file: str = "<example>") -> Any:
    there: dict[str, Any] = {}
    exec(kept.compiled(text, file), there)
    return there["double"]


def test_the_next_start_compiles_nothing(tmp_path: Path, compiled: list[str]) -> None:
    first = KeptCode(str(tmp_path))
    assert run(first)(4) == 8
    first.keep()
    assert compiled == [TEXT]
    again = run(KeptCode(str(tmp_path)), file="<another name>")
    assert again(4) == 8
    assert compiled == [TEXT]
    # Tracebacks look for the lines under the name that they have now, inside of functions as well.
    assert again.__code__.co_filename == "<another name>"
    inner = [each for each in again.__code__.co_consts if hasattr(each, "co_filename")]
    assert all(each.co_filename == "<another name>" for each in inner)
    assert "<example>" not in linecache.cache


def test_another_text_is_another_code(tmp_path: Path, compiled: list[str]) -> None:
    first = KeptCode(str(tmp_path))
    run(first)
    first.keep()
    assert run(KeptCode(str(tmp_path)), TEXT.replace("2", "3"))(4) == 12
    assert len(compiled) == 2


def test_code_that_is_asked_for_after_it_was_kept_is_found(tmp_path: Path, compiled: list[str]) -> None:
    first = KeptCode(str(tmp_path))
    run(first)
    first.keep()
    assert run(first)(4) == 8
    assert compiled == [TEXT]


def test_nothing_is_written_where_python_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    first = KeptCode(str(tmp_path))
    run(first)
    first.keep()
    assert not list(tmp_path.iterdir())


def test_a_start_that_compiled_nothing_writes_nothing(tmp_path: Path) -> None:
    first = KeptCode(str(tmp_path))
    run(first)
    first.keep()
    place = Path(place_beside(str(tmp_path), "written_of_late"))
    before = place.stat().st_mtime_ns, place.stat().st_ino
    second = KeptCode(str(tmp_path))
    run(second)
    second.keep()
    assert (place.stat().st_mtime_ns, place.stat().st_ino) == before


def test_what_was_not_needed_goes_first(tmp_path: Path, compiled: list[str]) -> None:
    texts = [f"{TEXT}\nnumber = {number}" for number in range(3)]
    whole = len(dumps(compile(texts[0], "<example>", "exec")))
    for needed in (texts[:2], texts[2:]):
        kept = KeptCode(str(tmp_path), most=2 * whole + 20)
        for text in needed:
            run(kept, text)
        kept.keep()
    assert place_size(tmp_path) < 3 * whole
    compiled.clear()
    last = KeptCode(str(tmp_path), most=2 * whole + 20)
    for text in texts:
        run(last, text)
    assert len(compiled) == 1
    assert texts[2] not in compiled


def place_size(folder: Path) -> int:
    return Path(place_beside(str(folder), "written")).stat().st_size


def test_code_of_another_python_is_not_run(
    tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = KeptCode(str(tmp_path))
    run(first)
    first.keep()
    monkeypatch.setattr(kept_code, "MAGIC_NUMBER", b"else")
    assert run(KeptCode(str(tmp_path)))(1) == 2
    assert len(compiled) == 2


@given(st.binary(max_size=60) | st.integers(0, 400))
def test_a_damaged_file_counts_as_none(tmp_path_factory: pytest.TempPathFactory, damage: bytes | int) -> None:
    folder = tmp_path_factory.mktemp("kept")
    first = KeptCode(str(folder))
    run(first)
    first.keep()
    place = Path(place_beside(str(folder), "written_of_late"))
    place.write_bytes(place.read_bytes()[:damage] if isinstance(damage, int) else damage)
    assert run(KeptCode(str(folder)))(5) == 10


def test_what_is_new_is_written_beside_what_was_kept_before(tmp_path: Path, compiled: list[str]) -> None:
    texts = [f"{TEXT}\nnumber = {number}" for number in range(40)]
    whole = len(dumps(compile(texts[0], "<example>", "exec")))
    late, before = (Path(place_beside(str(tmp_path), name)) for name in ("written_of_late", "written"))
    sizes = []
    for text in texts:
        kept = KeptCode(str(tmp_path), most=60 * whole)
        run(kept, text)
        kept.keep()
        sizes.append((late.stat().st_size, before.stat().st_size if before.exists() else 0))
    # The small file holds five of them; the large one is written with each sixth.
    assert max(size for size, _ in sizes) < 7 * whole
    assert len({size for _, size in sizes}) == 1 + 40 // 6
    compiled.clear()
    last = KeptCode(str(tmp_path), most=60 * whole)
    for text in texts:
        run(last, text)
    assert compiled == []


def test_code_that_cannot_be_read_is_made_anew(tmp_path: Path, compiled: list[str]) -> None:
    first = KeptCode(str(tmp_path))
    run(first)
    first.keep()
    place = Path(place_beside(str(tmp_path), "written_of_late"))
    code = dumps(compile(TEXT, "<example>", "exec"))
    content = place.read_bytes()
    place.write_bytes(content[: -len(code)] + dumps("no code").ljust(len(code), b"\0"))
    for count in (2, 2):
        again = KeptCode(str(tmp_path))
        assert run(again)(3) == 6
        again.keep()
        assert len(compiled) == count
