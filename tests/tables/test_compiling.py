"""Code that is kept belongs to the sources of all that it was compiled of."""

from __future__ import annotations

import ast
import shutil
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import dissect
from dissect.declaration.header import Header
from dissect.declaration.options import Option
from dissect.tables import compiling, flow_kernels, kernels

ROOM = Path(dissect.__file__).parent


def sources() -> set[str]:
    """The files of compiled functions, and of the numbers of other rooms that these take for constants."""
    files = {
        path for path in (ROOM / "tables").glob("*.py") if "compiled\n" in path.read_text() or "_facts" in path.name
    }
    for path in sorted(files):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("dissect."):
                files |= {_file(node.module)} if any(map(_is_constant, _values(node))) else set()
    return {path.relative_to(ROOM).as_posix() for path in files}


def _file(module: str) -> Path:
    return ROOM.parent / f"{module.replace('.', '/')}.py"


def _values(node: ast.ImportFrom) -> list[Any]:
    return [getattr(import_module(str(node.module)), each.name) for each in node.names]


def _is_constant(value: Any) -> bool:
    """Whether it is a number, or a class whose members or fields are."""
    if isinstance(value, (int, bytes, tuple)):
        return True
    return isinstance(value, type) and issubclass(value, (Enum, Header, Option)) and value is not Header


def test_the_kept_code_is_named_by_all_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = sources()
    assert {"tables/kernels.py", "tables/flow_kernels.py", "tables/flow_facts.py", "protocols/tcp.py"} <= names
    for path in (*names, "tables/compiling.py", "tables/reading.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOM / path, tmp_path / path)
    monkeypatch.setattr(compiling, "__file__", str(tmp_path / "tables" / "compiling.py"))
    first = compiling.digest()
    for name in sorted(names):
        with (tmp_path / name).open("a") as file:
            file.write("\n")
        assert compiling.digest() != first, name
        first = compiling.digest()
    with (tmp_path / "tables" / "reading.py").open("a") as file:
        file.write("\n")
    assert compiling.digest() == first


def test_compiled_functions_have_the_version_in_their_names() -> None:
    for function in (kernels.read, flow_kernels.count_flows):
        assert function.__qualname__.endswith(f".{compiling.digest()}")
