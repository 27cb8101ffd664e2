from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dissect

ROOT = str(Path(dissect.__file__).parent.parent)
HEAVY = "argparse ast dataclasses datetime difflib inspect ipaddress json pathlib random shutil socket tempfile urllib"
"""Modules of the standard library that take long to import."""

_LIST_MODULES = """
import sys
before = set(sys.modules)
sys.path.insert(0, sys.argv[1])
import dissect
exec(sys.argv[2])
print(*sorted(set(sys.modules) - before))
"""
_PARSE = "list(dissect.parse(bytes.fromhex(sys.argv[3])).layers())"
_DATAGRAM = "00055da1b84000055d6158a808004500001c000100004011f96b0a0000010a000002000700070008eb40"


def modules_after(*work: str) -> set[str]:
    """Return what a new interpreter has loaded after the import and some work; without site, which would hide ours."""
    command = [sys.executable, "-S", "-c", _LIST_MODULES, ROOT, *(work or ("",))]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_import_brings_the_roof_alone() -> None:
    # Beside the name of future features, which costs nothing.
    assert modules_after() - {"__future__"} == {"dissect", "dissect.declaration", "dissect.declaration.drawers"}


def test_the_first_frame_brings_the_standard_library_alone_and_few_modules() -> None:
    brought = modules_after(_PARSE, _DATAGRAM)
    ours = {name for name in brought if name.partition(".")[0] == "dissect"}
    assert "dissect.protocols.udp" in ours
    assert len(ours) <= 68
    assert len(brought - ours) <= 60
    assert {name.partition(".")[0] for name in brought - ours} <= sys.stdlib_module_names
    assert not brought & set(HEAVY.split())


def test_import_writes_nothing() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", "import dissect"], cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_forms_of_an_option_are_found_whatever_was_read_before() -> None:
    """What an organization defines in LLDP stands in a file of its own, and another class has the number of all."""
    tlv = "fe09 00120f 03 00 00000000"
    frame = f"0180c200000e 000000000000 88cc 0207 04 000000000001 0402 07 31 0602 0078 {tlv} 0000"
    code = f"import dissect; print(type(dissect.parse(bytes.fromhex({frame!r}))['lldp'].tlvs[3]).__name__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "LLDPAggregation\n"
