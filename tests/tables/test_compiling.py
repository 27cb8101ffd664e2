"""Code that is kept belongs to the sources of all that it was compiled of."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dissect.tables import compiling, flow_kernels, kernels


def test_the_kept_code_is_named_by_all_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Path(compiling.__file__).parent
    names = {path.name for path in room.glob("*.py") if "compiled\n" in path.read_text() or "_facts" in path.name}
    assert {"kernels.py", "flow_kernels.py", "flow_facts.py"} <= names
    for path in room.glob("*.py"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(compiling, "__file__", str(tmp_path / "compiling.py"))
    first = compiling.digest()
    for name in sorted(names):
        with (tmp_path / name).open("a") as file:
            file.write("\n")
        assert compiling.digest() != first, name
        first = compiling.digest()
    with (tmp_path / "reading.py").open("a") as file:
        file.write("\n")
    assert compiling.digest() == first


def test_compiled_functions_have_the_version_in_their_names() -> None:
    for function in (kernels.read, flow_kernels.count_flows):
        assert function.__qualname__.endswith(f".{compiling.digest()}")
