"""What `make release` looks at before it makes a tag: each thing that can be wrong is told in a sentence."""

from __future__ import annotations

import importlib.util
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tried_{name}", REPOSITORY / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = loaded("release")


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is ready for the release of 0.2.0."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "0.2.0"\n', encoding="utf-8")
    text = "# Changes\n\n## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n- New.\n\n## 0.1.0 - 2026-01-01\n\n- Old.\n"
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Ready")
    return tmp_path


def test_what_is_ready_passes(project: Path) -> None:
    release.check_version("0.2.0", project)
    assert release.changes_of("0.2.0", project) == "- New."
    release.check_tree("0.2.0", project)


@pytest.mark.parametrize(
    ("version", "said"),
    [("0.3.0", r"has version 0\.2\.0, expected 0\.3\.0"), ("two", "is no version"), ("0.2", "is no version")],
)
def test_another_version_is_refused(project: Path, version: str, said: str) -> None:
    with pytest.raises(release.ReleaseError, match=said):
        release.check_version(version, project)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("## Unreleased\n", "## Unreleased\n\n- More.\n", "under 'Unreleased'"),
        ("## 0.2.0 - 2026-12-01\n\n- New.\n", "", "begins with '0.1.0 - 2026-01-01'"),
        ("- New.\n", "", "says nothing of 0.2.0"),
        ("0.2.0 - 2026-12-01", "0.2.0", "no date for 0.2.0"),
    ],
)
def test_a_changelog_that_is_not_ready_is_refused(project: Path, before: str, after: str, said: str) -> None:
    path = project / "CHANGELOG.md"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(release.ReleaseError, match=said):
        release.changes_of("0.2.0", project)


def test_what_is_not_committed_is_told(project: Path) -> None:
    (project / "new.py").touch()
    with pytest.raises(release.ReleaseError, match=r"1 files are not committed, new\.py among them"):
        release.check_tree("0.2.0", project)


def test_a_version_is_released_once(project: Path) -> None:
    git(project, "tag", "v0.2.0")
    with pytest.raises(release.ReleaseError, match=r"the tag v0\.2\.0 is there"):
        release.check_tree("0.2.0", project)


def wheel_of(folder: Path, *names: str) -> Path:
    path = folder / "dissect_workbench-0.2.0-py3-none-any.whl"
    manual = "dissect_workbench-0.2.0.data/data/share/man/man1"
    always = ["dissect/py.typed", "dissect/__init__.pyi", f"{manual}/dissect.1", f"{manual}/dissect-read.1"]
    with zipfile.ZipFile(path, "w") as archive:
        for name in [*always, *names]:
            archive.writestr(name, b"")
    return path


def test_a_wheel_holds_the_package_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    release.check_wheel(wheel_of(tmp_path), "0.2.0", ["read"])
    with pytest.raises(release.ReleaseError, match=r"holds tests/x\.py, which is no part of the package"):
        release.check_wheel(wheel_of(tmp_path, "tests/x.py"), "0.2.0", ["read"])
    with pytest.raises(release.ReleaseError, match=r"lacks .*/dissect-write\.1"):
        release.check_wheel(wheel_of(tmp_path), "0.2.0", ["read", "write"])
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(release, "INTENDED_WHEEL", 5)
    release.check_wheel(wheel_of(tmp_path), "0.2.0", ["read"])
    assert "more than the 5 that it is meant to have" in capsys.readouterr().out
    monkeypatch.setattr(release, "LARGEST_WHEEL", 10)
    with pytest.raises(release.ReleaseError, match="expected at most 10"):
        release.check_wheel(wheel_of(tmp_path), "0.2.0", ["read"])


def test_a_source_archive_holds_what_pages_and_tests_are_made_of(tmp_path: Path) -> None:
    path = tmp_path / "dissect_workbench-0.2.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("dissect_workbench-0.2.0/pyproject.toml"), io.BytesIO())
    with pytest.raises(release.ReleaseError, match=r"lacks Makefile"):
        release.check_sdist(path, "0.2.0")


def test_every_extra_for_users_is_tried() -> None:
    extras = release.user_extras()
    assert {"tables", "queries", "spark"} <= set(extras)
    text = (REPOSITORY / ".ci" / "smoke.py").read_text(encoding="utf-8")
    assert [extra for extra in extras if f'"{extra}"' not in text] == []


def test_a_command_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(release.ReleaseError, match="no such thing"):
        release._run([sys.executable, "-c", "raise SystemExit('no such thing')"], quiet=True)


def test_the_sub_commands_are_those_of_the_sources() -> None:
    from dissect.commands.main import sub_commands

    assert release.sub_commands() == sub_commands()
