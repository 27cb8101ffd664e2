"""Run a fuzz target with atheris: python -m tests.fuzzing TARGET DIRECTORY [options of libFuzzer]

DIRECTORY keeps the inputs that reach new code, so that the next run goes on from there; the seeds
are written into it first. `make fuzz` runs every target for FUZZ_SECONDS.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import redirect_stderr
from importlib import import_module
from io import StringIO
from pathlib import Path

ABSENT = (
    "Fuzzing needs atheris, which is there for Python 3.11 to 3.13 on Linux: install it with "
    "'pip install dissect-workbench[fuzz]' under one of these ('make fuzz PYTHON=python3.12')."
)


def main() -> None:
    try:
        atheris = import_module("atheris")
    except ImportError:
        sys.exit(ABSENT)
    # It names every module that it instruments.
    with redirect_stderr(StringIO()), atheris.instrument_imports(include=["dissect"]):
        from tests.fuzzing.targets import TARGETS, seeds
    if len(sys.argv) < 3 or sys.argv[1] not in TARGETS:
        sys.exit(
            f"usage: python -m tests.fuzzing TARGET DIRECTORY [options of libFuzzer]; targets: {', '.join(TARGETS)}"
        )
    name, directory = sys.argv[1], Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    for seed in seeds(name):
        (directory / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    atheris.Setup([sys.argv[0], str(directory), *sys.argv[3:]], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
