"""The stored outputs are those that the notebooks print, and refreshing them again changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

nbformat: Any = pytest.importorskip("nbformat", reason="nbformat is not installed: 'make test' installs it.")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: 'make test' installs it.")

from notebooks.refresh import differences, executed, main  # noqa: E402

_FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(_FOLDER.glob("*.ipynb"))
LARGEST = 500_000
"""Bytes that a notebook may have."""


def _ids(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_ids)
def test_what_is_stored_is_what_the_notebook_prints(path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    assert differences(stored, executed(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_ids)
def test_a_notebook_is_small_and_holds_nothing_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST
    stored = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in stored.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1)), "every cell was run once, from the top"
    assert stored.metadata["language_info"] == {"name": "python"}
    for trace in ("/home/", "/root/", "/tmp/", str(Path.cwd()), " object at 0x", "site-packages"):
        assert trace not in text


def test_refreshing_twice_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(shutil.copy(NOTEBOOKS[0], tmp_path))
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source += "\nprint('one')\nprint('two')"
    nbformat.write(notebook, path)
    assert main([str(path), "--check"]) == 1
    assert "cell 1 prints something else" in capsys.readouterr().out
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == f"{path.name}: refreshed\n"
    before = path.read_bytes()
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert path.read_bytes() == before
    assert main([str(path), "--check"]) == 0


def test_pictures_of_pixels_only_have_to_be_there() -> None:
    def notebook(data: dict[str, str]) -> Any:
        output = nbformat.v4.new_output("display_data", data=data)
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])])

    one, other = notebook({"image/png": "AA"}), notebook({"image/png": "BB", "text/plain": "x"})
    assert differences(one, other) == []
    assert len(differences(one, notebook({"text/plain": "AA"}))) == 1
