"""The notebooks as pages: their text, their code, and what it printed when they were last run."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

__all__ = ["NOTEBOOKS", "notebook_page", "title_of"]

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def title_of(notebook: Path) -> str:
    """Return the first heading of a notebook."""
    for cell in _cells(notebook):
        for line in _text(cell["source"]).splitlines():
            if line.startswith("# "):
                return line.removeprefix("# ")
    return notebook.stem


def notebook_page(notebook: Path, pictures: Path) -> str:
    """Return a notebook in Markdown; pictures of it are written into a folder beside the page."""
    parts: list[str] = []
    for number, cell in enumerate(_cells(notebook)):
        source = _text(cell["source"]).rstrip()
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif cell["cell_type"] == "code" and source:
            parts.append(f"```python\n{source}\n```")
            for place, output in enumerate(cell.get("outputs", ())):
                parts.append(_output(output, pictures, f"{notebook.stem}_{number}_{place}"))
    return "\n\n".join(part for part in parts if part) + "\n"


def _cells(notebook: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return cells


def _text(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)


def _output(output: dict[str, Any], pictures: Path, name: str) -> str:
    """Return what a cell printed or shows: of several forms the richest."""
    if output["output_type"] == "stream":
        return _printed(_text(output["text"]))
    if output["output_type"] == "error":
        return _printed(f"{output['ename']}: {output['evalue']}")
    data = output["data"]
    described = _text(output.get("metadata", {}).get("image/png", {}).get("alt", "")) or _text(
        data.get("text/plain", "")
    )
    words = " ".join(described.split()).replace('"', "'").replace("[", "(").replace("]", ")")
    if "text/html" in data:
        # Without blank lines it is one block to Markdown.
        html = "\n".join(line for line in _text(data["text/html"]).splitlines() if line.strip())
        return f'<div class="output">{html}</div>'
    for kind, ending in (("image/svg+xml", "svg"), ("image/png", "png")):
        if kind in data:
            pictures.mkdir(parents=True, exist_ok=True)
            whole = _text(data[kind])
            content = whole.encode() if ending == "svg" else base64.b64decode(whole)
            (pictures / f"{name}.{ending}").write_bytes(content)
            return f"![{words}]({pictures.name}/{name}.{ending})"
    return _printed(_text(data.get("text/plain", "")))


def _printed(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```" if text.strip() else ""
