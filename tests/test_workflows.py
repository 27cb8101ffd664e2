"""The files that tell a hosting platform what to run: they are what it takes, and run what is promised."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))


def checked(*files: Path) -> subprocess.CompletedProcess[str]:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*check, *map(str, files)], capture_output=True, text=True, check=False)


def test_they_are_what_the_platform_takes() -> None:
    assert WORKFLOWS
    done = checked(*WORKFLOWS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_one_would_be_told(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "runs-at:"), encoding="utf-8")
    assert checked(wrong).returncode == 1


def test_every_supported_python_and_three_systems_are_tried() -> None:
    text = (REPOSITORY / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = [each.rpartition(" ")[2] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
    listed = re.findall(r"python: \[(.*)\]", text)
    assert [re.findall(r"[\d.]+", each) for each in listed] == [supported, supported]
    assert {"ubuntu-latest", "macos-latest", "windows-latest"} <= set(re.findall(r"[a-z]+-latest", text))
    for command in ("bash .ci/run", "ruff check && ruff format --check", "mypy", "python -m pytest", "make docs"):
        assert f"run: {command}" in text
