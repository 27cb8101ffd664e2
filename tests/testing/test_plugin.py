"""What the plugin costs those who don't use it, and how it comes to those who do."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

from tests.testing.conftest import REPOSITORY, Project

_MODULES = """
import atexit, sys
def told():
    print("modules:", *sorted(name for name in sys.modules if name.partition(".")[0] == "dissect"))
atexit.register(told)
"""

UNUSED = ["dissect", "dissect.declaration", "dissect.declaration.drawers", "dissect.testing", "dissect.testing.stash"]
"""What a run loads that doesn't use the plugin: its first module, and the roof, which imports next to nothing."""


def loaded(project: Project) -> list[str]:
    result = project.run("-s", own_process=True)
    (line,) = (line for line in result.outlines if line.startswith("modules:"))
    return line.split()[1:]


def test_runs_without_it_import_nothing_of_it_but_its_first_module(project: Project) -> None:
    (project.path / "conftest.py").write_text(_MODULES, encoding="utf-8")
    (project.path / "test_client.py").write_text("def test_it(): assert [1] == [1]\n", encoding="utf-8")
    assert loaded(project) == UNUSED


def test_failing_comparisons_without_it_import_nothing_either(project: Project) -> None:
    (project.path / "conftest.py").write_text(_MODULES, encoding="utf-8")
    (project.path / "test_client.py").write_text("def test_it(): assert [1] == [2]\n", encoding="utf-8")
    assert loaded(project) == UNUSED


def test_the_installed_package_declares_it_for_pytest() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"dissect.testing": "dissect.testing"}
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["dissect"]


def test_options_settings_markers_and_fixtures_are_described(project: Project) -> None:
    project.write("def test_it(): pass\n")
    text = "\n".join(
        [
            *project.run("--help").outlines,
            *project.run("--markers").outlines,
            *project.run("--fixtures", "-q").outlines,
        ]
    )
    for name in (
        "--capture-update",
        "capture_ignore",
        "capture_canonical",
        "@pytest.mark.capture(",
        "capture_defaults(",
    ):
        assert name in text
    for fixture in ("capture_snapshot", "capture_packets"):
        assert fixture in text


def test_it_goes_with_strict_markers_and_importlib(project: Project) -> None:
    project.write(
        """
    pytestmark = pytest.mark.capture_defaults(canonical={"all"})

    def test_it(capture_snapshot):
        assert FRAMES == capture_snapshot
    """
    )
    more = ("--strict-markers", "--strict-config", "--import-mode=importlib", "-p", "no:cacheprovider")
    project.run("--capture-update", *more).assert_outcomes(passed=1)
    project.run(*more).assert_outcomes(passed=1)


def test_its_public_names_are_there_and_others_are_not() -> None:
    code = """
import sys
import dissect.testing
print("dissect.filters" in sys.modules)
from dissect.testing import *
print(expect)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False\n<function expect")
    import dissect.testing

    with pytest.raises(AttributeError, match="has no attribute 'expects'"):
        dissect.testing.expects  # type: ignore[attr-defined]  # noqa: B018
