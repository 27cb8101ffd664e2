"""Run notebooks from top to bottom and store what they print: `python notebooks/refresh.py [NOTEBOOK ...]`.

Without names all of them. What depends on the machine or the moment is left out, so that a notebook
changes only when its code or its outputs do. `--check` changes nothing, and ends with 1 where something would change.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

__all__ = ["differences", "executed", "main"]

NOTEBOOKS = Path(__file__).resolve().parent
TIMEOUT = 120
"""Seconds that one cell may take."""


def _read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def executed(path: Path) -> Any:
    """Return the notebook with the outputs of a new kernel; an error in a cell that is not tagged for it is raised."""
    notebook = _read(path)
    # Built now where there is none yet, or else a kernel says in the midst of its outputs that it builds one.
    import_module("matplotlib.font_manager")
    # The kernel finds this checkout whether it is installed or not; sets print in one order.
    places = [str(NOTEBOOKS.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places), "PYTHONHASHSEED": "0", "TZ": "UTC"}
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute(env=environment)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell["metadata"] = {name: value for name, value in cell.get("metadata", {}).items() if name == "tags"}
        cell.get("outputs", [])[:] = _joined(cell.get("outputs", []))
    return notebook


def _joined(outputs: list[Any]) -> list[Any]:
    """Return the outputs with what one stream printed in a row as one: how it arrives in parts is chance."""
    kept: list[Any] = []
    for output in outputs:
        before = kept[-1] if kept else None
        if before is not None and output.output_type == before.output_type == "stream" and output.name == before.name:
            before.text += output.text
        else:
            kept.append(output)
    return kept


def differences(stored: Any, fresh: Any) -> list[str]:
    """Return a sentence for each cell whose output is another one; pictures of pixels only have to be there."""
    found = []
    for number, (one, other) in enumerate(zip(stored.cells, fresh.cells, strict=True)):
        if _comparable(one) != _comparable(other):
            found.append(f"cell {number} prints something else than is stored: make notebooks")
    return found


def _comparable(cell: Any) -> list[Any]:
    shown = []
    for output in cell.get("outputs", []):
        data = dict(output.get("data", {}))
        if "image/png" in data:
            # Its pixels are those of one version of a font library.
            data = {"image/png": True}
        shown.append((output.output_type, output.get("text"), output.get("ename"), data))
    return shown


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0, or 1 where `--check` found a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--check", action="store_true", help="write nothing, and end with 1 where something changed")
    options = parser.parse_args(arguments)
    changed = False
    for path in options.notebooks or sorted(NOTEBOOKS.glob("*.ipynb")):
        fresh = executed(path)
        if options.check:
            for sentence in differences(_read(path), fresh):
                changed = True
                print(f"{path.name}: {sentence}")
            continue
        text = f"{nbformat.writes(fresh)}\n"  # type: ignore[no-untyped-call]
        if path.read_text(encoding="utf-8") != text:
            written = path.with_suffix(".new")
            written.write_text(text, encoding="utf-8")
            written.replace(path)
            print(f"{path.name}: refreshed")
    return int(changed)


if __name__ == "__main__":
    sys.exit(main())
