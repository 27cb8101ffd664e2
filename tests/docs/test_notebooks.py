from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docs.site.notebooks import NOTEBOOKS, notebook_page, title_of


def written(folder: Path, *cells: dict[str, Any]) -> Path:
    path = folder / "chapter.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def code(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": ["1 + 1"], "outputs": outputs}


def shown(**data: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {key.replace("_", "/"): value for key, value in data.items()}}


def test_text_code_and_what_it_printed(tmp_path: Path) -> None:
    text = {"cell_type": "markdown", "source": ["# A chapter\n", "with text"]}
    path = written(tmp_path, text, code({"output_type": "stream", "text": ["two\n"]}, shown(text_plain="2")))
    page = notebook_page(path, tmp_path / "pictures")
    assert page == "# A chapter\nwith text\n\n```python\n1 + 1\n```\n\n```text\ntwo\n```\n\n```text\n2\n```\n"
    assert title_of(path) == "A chapter"


def test_html_is_one_block(tmp_path: Path) -> None:
    page = notebook_page(written(tmp_path, code(shown(text_html="<p>a</p>\n\n<p>b</p>"))), tmp_path)
    assert '<div class="output"><p>a</p>\n<p>b</p></div>' in page


def test_pictures_lie_beside_the_page_and_are_described(tmp_path: Path) -> None:
    picture = shown(text_plain="A [plot]") | {"metadata": {}}
    picture["data"]["image/png"] = "iVBORw=="
    page = notebook_page(written(tmp_path, code(picture)), tmp_path / "pictures")
    assert "![A (plot)](pictures/chapter_0_0.png)" in page
    assert (tmp_path / "pictures" / "chapter_0_0.png").read_bytes() == b"\x89PNG"


def test_all_chapters_can_be_shown(tmp_path: Path) -> None:
    chapters = sorted(NOTEBOOKS.glob("*.ipynb"))
    assert len(chapters) > 10
    for chapter in chapters:
        assert title_of(chapter) in notebook_page(chapter, tmp_path)
