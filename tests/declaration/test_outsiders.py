"""Protocols of others; each case is a process of its own, for what was declared once stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dissect import DissectError, load_protocols
from dissect.declaration import outsiders
from tests.conftest import REPOSITORY

MINE = """
from dissect.declare import Header, u8
from dissect import UDP
class Mine(Header, name="mine", title="Mine", over={UDP: 7007}):
    a: int = u8("a")
"""
USES = """
import sys
from dissect import UDP, Ethernet, IPv4, Packet, load_protocols, parse
data = bytes(Ethernet() / IPv4() / UDP(dport=7007) / bytes([5]))
for path in sys.argv[1:]:
    assert load_protocols(path) is load_protocols(path)
print(parse(data)[UDP].payload.name, *Packet(data).get("mine.a"))
"""


def run(program: str, *arguments: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, filter(None, (REPOSITORY, path))))}
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip


def test_a_file_is_loaded_once_and_from_then_on_its_protocols_are_known(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    done = run(USES, tmp_path / "mine.py")
    assert (done.stdout, done.stderr) == ("mine 5\n", "")


def test_a_file_may_import_another_beside_it(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text(MINE)
    (tmp_path / "mine.py").write_text("from beside import Mine\n")
    assert run(USES, tmp_path / "mine.py").stdout == "mine 5\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = 1\n\ny = x / 0\n", ", line 3: ZeroDivisionError: division by zero"),
        ("def broken(:\n", ", line 1: SyntaxError: invalid syntax"),
        ("def f():\n    raise ValueError\nf()\n", ", line 2: ValueError"),
        ("import sys\nsys.exit('no')\n", ", line 2: SystemExit: no"),
        ("from dissect.declare import nothing_of_that_name\n", ", line 1: ImportError: cannot import name"),
    ],
)
def test_a_file_that_raises_is_told_in_one_sentence_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(text)
    before = list(sys.path)
    with pytest.raises(DissectError) as caught:
        load_protocols(path)
    assert str(caught.value).startswith(f"{path}{sentence}")
    assert "\n" not in str(caught.value)
    assert sys.path == before
    with pytest.raises(DissectError):
        load_protocols(path)


def test_what_is_no_python_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(MINE)
    with pytest.raises(DissectError, match=r"mine.txt is no Python file, expected a name that ends in .py"):
        load_protocols(tmp_path / "mine.txt")
    with pytest.raises(FileNotFoundError):
        load_protocols(tmp_path / "nothing.py")


def install(folder: Path, module: str, text: str) -> None:
    (folder / f"{module}.py").write_text(text)
    facts = folder / f"{module}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[dissect.protocols]\n{module} = {module}\n")


def test_installed_packages_are_asked(tmp_path: Path) -> None:
    install(tmp_path, "their_protocols", MINE)
    done = run(USES, path=tmp_path)
    assert (done.stdout, done.stderr) == ("mine 5\n", "")


def test_what_is_installed_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, kept = tmp_path / "site-packages", tmp_path / "kept"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(outsiders, "_KEPT", str(kept))
    looked: list[str] = []
    names_group = outsiders._names_group

    def noted(group: str, folder: str) -> bool:
        looked.append(folder)
        return names_group(group, folder)

    monkeypatch.setattr(outsiders, "_names_group", noted)

    def is_nothing_installed(group: str = "dissect.protocols") -> bool:
        looked.clear()
        monkeypatch.setattr(outsiders, "_STATE", {"installed": False})
        return outsiders.is_nothing_installed(group)

    assert is_nothing_installed()
    assert looked == [str(folder)]
    # This is known until something is installed there, for this group alone, and for these folders.
    assert is_nothing_installed()
    assert looked == []
    assert is_nothing_installed("other.protocols")
    assert looked == [str(folder)]
    assert is_nothing_installed()
    install(folder, "their_protocols", MINE)
    assert not is_nothing_installed()
    assert not is_nothing_installed()
    assert looked == [str(folder)]


def test_what_is_kept_of_installed_packages_may_be_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept").write_bytes(b"(")
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(outsiders, "_KEPT", str(tmp_path / "kept"))
    monkeypatch.setattr(outsiders, "_STATE", {"installed": False})
    assert outsiders.is_nothing_installed("dissect.protocols")


def test_an_installed_package_that_is_broken_is_left_out_with_a_warning(tmp_path: Path) -> None:
    install(tmp_path, "their_protocols", MINE)
    install(tmp_path, "broken_protocols", "raise ValueError('not today')\n")
    done = run(USES, path=tmp_path)
    assert done.stdout == "mine 5\n"
    told = "the protocols 'broken_protocols' of broken_protocols are left out: ValueError: not today"
    assert told in done.stderr
