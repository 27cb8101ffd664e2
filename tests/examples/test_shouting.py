"""The example as its reader meets it: copied, run, changed; and the newcomer's path as the page has it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = Path(__file__).parent / "shouting"
PYTEST = [
    sys.executable,
    "-m",
    "pytest",
    "-p",
    "dissect.testing",
    "-p",
    "no:cacheprovider",
]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, in which the plugin can be imported whether it is installed or not."""
    copytree(EXAMPLE, pytester.path, dirs_exist_ok=True, ignore=ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # Of the plugins that are installed here, the example's reader has this one alone.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)
    return pytester.path


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.run(*PYTEST, "-W", "error", *arguments)


def test_the_examples_tests_pass(project: Path, pytester: pytest.Pytester) -> None:
    run(pytester).assert_outcomes(passed=7)


def test_a_changed_service_fails_them_by_frame_field_and_byte(project: Path, pytester: pytest.Pytester) -> None:
    service = project / "service.py"
    service.write_text(service.read_text(encoding="utf-8").replace("text.upper()", "text.lower()"), encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(failed=2, passed=5)
    result.stdout.fnmatch_lines(["E*#1 data.data * -> * at byte 42", "E*so udp.checksum 0x* -> 0x* at byte 40"])


def newcomers_path() -> list[tuple[str, list[str]]]:
    """The commands of the page on golden tests, each with the lines that are shown below it."""
    text = (REPOSITORY / "docs" / "how_to" / "golden_tests.md").read_text(encoding="utf-8")
    block = text.partition("## Fifteen lines")[2].partition("```sh\n")[2].partition("```")[0]
    steps: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line.removeprefix("$ "), []))
        else:
            steps[-1][1].append(line)
    return steps


def test_the_page_takes_fifteen_lines() -> None:
    assert sum(1 + len(shown) for _, shown in newcomers_path()) <= 16


def test_the_newcomers_path_of_the_page_leads_where_it_says(project: Path) -> None:
    (project / "test_service.py").unlink()
    for file in (project / "__captures__" / "test_service").iterdir():
        file.unlink()
    # Without colour, and by the interpreter at hand, is the only way in which it differs from what is typed.
    shell = f'pytest() {{ {shlex.join(PYTEST)} "$@"; }}\n'
    (install, _), (show, test), *steps = newcomers_path()
    assert install == "pip install dissect-workbench pytest"
    assert show == "cat test_service.py"
    (project / "test_service.py").write_text("\n".join(test) + "\n", encoding="utf-8")
    failing = []
    for command, shown in steps:
        done = subprocess.run(
            ["sh", "-c", shell + command],
            cwd=project,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=False,
        )
        printed = done.stdout.splitlines()
        assert shown, command
        at = printed.index(shown[0])
        assert printed[at : at + len(shown)] == shown
        failing.append(done.returncode)
    assert failing == [1, 0, 1]
