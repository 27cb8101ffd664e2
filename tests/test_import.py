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


def test_import_brings_nothing_that_takes_long() -> None:
    root = str(Path(dissect.__file__).parent.parent)
    # Without site, whose own imports would hide ours.
    command = [sys.executable, "-S", "-c", _LIST_MODULES, root]
    brought = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    heavy = (
        "argparse ast dataclasses datetime difflib inspect ipaddress json pathlib random shutil socket tempfile urllib"
    )
    assert not brought & set(heavy.split())
