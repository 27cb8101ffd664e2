from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dissect

_LIST_MODULES = """
import sys
before = set(sys.modules)
sys.path.insert(0, sys.argv[1])
import dissect
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def test_import_brings_the_standard_library_alone() -> None:
    root = str(Path(dissect.__file__).parent.parent)
    done = subprocess.run([sys.executable, "-c", _LIST_MODULES, root], capture_output=True, text=True, check=True)
    brought = set(done.stdout.split())
    assert "dissect" in brought
    assert brought - sys.stdlib_module_names == {"dissect"}


def test_import_writes_nothing() -> None:
    root = str(Path(dissect.__file__).parent.parent)
    done = subprocess.run([sys.executable, "-W", "error", "-c", "import dissect"], cwd=root, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
