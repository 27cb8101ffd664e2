"""Makes a release: `make release VERSION=x.y.z` checks, builds, tries what was built, and tags. Nothing is uploaded.

What is built goes into `dist`. The first thing that is wrong ends it with a sentence, and no tag is made.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build" / "release"
TRIED = ROOT / ".ci" / "smoke.py"
INTENDED_WHEEL = 1_500_000
"""Bytes. A larger wheel is told: sources make up nearly all of one, each file compressed for itself."""
LARGEST_WHEEL = 2_500_000
"""Bytes. Beyond this something is in it that is no source, as captures or tests are."""
LARGEST_SDIST = 15_000_000
EXTRAS_OF_DEVELOPERS = frozenset({"dev", "docs", "fuzz", "release"})
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")


class ReleaseError(Exception):
    """What is to be put right before there is a release."""


def check_version(version: str, root: Path = ROOT) -> None:
    """Raise ReleaseError unless the project states this version."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version: expected three numbers, as in VERSION=0.2.0")
    stated = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if stated != version:
        raise ReleaseError(f"pyproject.toml has version {stated}, expected {version}: change it there, and commit")


def changes_of(version: str, root: Path = ROOT) -> str:
    """Return what the changelog says of a version, without its heading.

    Raises ReleaseError where the version is not the first section with content, or says nothing.
    """
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    told = {heading.strip(): content.strip() for heading, _, content in (part.partition("\n") for part in sections)}
    unreleased = told.pop("Unreleased", "")
    if unreleased:
        raise ReleaseError(f"CHANGELOG.md has changes under 'Unreleased': call that section '{version}', and commit")
    latest = next(iter(told), "")
    if re.match(r"\[?([\w.]+)", latest) is None or latest.strip("[").split("]")[0].split()[0] != version:
        raise ReleaseError(f"CHANGELOG.md begins with {latest!r}, expected a section '{version} - YYYY-MM-DD'")
    if not re.search(r"\d{4}-\d{2}-\d{2}", latest):
        raise ReleaseError(f"CHANGELOG.md has no date for {version}: expected '## {version} - YYYY-MM-DD'")
    if not told[latest]:
        raise ReleaseError(f"CHANGELOG.md says nothing of {version}")
    return told[latest]


def check_tree(version: str, root: Path = ROOT) -> None:
    """Raise ReleaseError where something is not committed, or the version has a tag."""
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        raise ReleaseError(f"{len(changed)} files are not committed, {changed[0].split()[-1]} among them")
    if _git(root, "tag", "--list", f"v{version}").strip():
        raise ReleaseError(f"the tag v{version} is there: a version is released once")


def check_wheel(wheel: Path, version: str, commands: Sequence[str]) -> None:
    """Raise ReleaseError where a wheel is too large, or has something too much or too little."""
    size = wheel.stat().st_size
    if size > LARGEST_WHEEL:
        raise ReleaseError(f"{wheel.name} has {size:,} bytes, expected at most {LARGEST_WHEEL:,}")
    if size > INTENDED_WHEEL:
        print(f"{wheel.name} has {size:,} bytes, which is more than the {INTENDED_WHEEL:,} that it is meant to have")
    names = zipfile.ZipFile(wheel).namelist()
    stem = f"dissect_workbench-{version}"
    allowed = ("dissect/", f"{stem}.dist-info/", f"{stem}.data/data/share/man/man1/")
    strangers = [name for name in names if not name.startswith(allowed) or "__pycache__" in name]
    if strangers:
        raise ReleaseError(f"{wheel.name} holds {strangers[0]}, which is no part of the package")
    pages = ["dissect.1", *(f"dissect-{command}.1" for command in commands)]
    expected = ["dissect/py.typed", "dissect/__init__.pyi", *(f"{allowed[2]}{page}" for page in pages)]
    missing = [name for name in expected if name not in names]
    if missing:
        raise ReleaseError(f"{wheel.name} lacks {missing[0]}")


def check_sdist(sdist: Path, version: str) -> None:
    """Raise ReleaseError where a source archive is too large, or lacks what tests and pages are made of."""
    size = sdist.stat().st_size
    if size > LARGEST_SDIST:
        raise ReleaseError(f"{sdist.name} has {size:,} bytes, expected at most {LARGEST_SDIST:,}")
    with tarfile.open(sdist) as archive:
        names = set(archive.getnames())
    stem = f"dissect_workbench-{version}"
    wanted = "pyproject.toml Makefile README.md CHANGELOG.md LICENSE docs/index.md tests/conftest.py .ci/run".split()
    missing = [name for name in wanted if f"{stem}/{name}" not in names]
    if missing:
        raise ReleaseError(f"{sdist.name} lacks {missing[0]}")


def sub_commands(root: Path = ROOT) -> list[str]:
    """Return the program's sub-commands, as the sources have them."""
    told = "from dissect.commands.main import sub_commands; print(*sub_commands())"
    return _run([sys.executable, "-c", told], cwd=root, quiet=True).split()


def user_extras(root: Path = ROOT) -> list[str]:
    """Return the extras that are for users."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted(set(project["optional-dependencies"]) - EXTRAS_OF_DEVELOPERS)


def build(version: str) -> tuple[Path, Path]:
    """Build the source archive, and the wheel from that; return both paths."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run([sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT)])
    wheel, sdist = (DIST / f"dissect_workbench-{version}{end}" for end in ("-py3-none-any.whl", ".tar.gz"))
    _run([sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(sdist)])
    return wheel, sdist


def try_wheel(wheel: Path, version: str, extras: Sequence[str]) -> None:
    """Install a wheel into a new environment, outside of this folder, and run the smoke test there."""
    name = "with_extras" if extras else "bare"
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    what = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", what])
    away = folder / "away"
    away.mkdir()
    shutil.copytree(ROOT / "capture_samples", away / "capture_samples", ignore=shutil.ignore_patterns("recorder"))
    shutil.copyfile(TRIED, away / "smoke.py")
    _run([str(python), "-I", str(away / "smoke.py"), version, *extras], cwd=away)


def main() -> int:
    """Do it all; the exit status is 1 where something is wrong, which is told in a sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--no-tag", action="store_true", help="check, build and try, and make no tag")
    options = parser.parse_args()
    version: str = options.version
    try:
        check_version(version)
        changes = changes_of(version)
        check_tree(version)
        wheel, sdist = build(version)
        check_wheel(wheel, version, sub_commands())
        check_sdist(sdist, version)
        try_wheel(wheel, version, [])
        try_wheel(wheel, version, user_extras())
        check_tree(version)
        if not options.no_tag:
            message = f"{version}\n\n{changes}\n"
            _git(ROOT, "tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", message)
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    print(f"{wheel.name}: {wheel.stat().st_size:,} bytes; {sdist.name}: {sdist.stat().st_size:,} bytes")
    print("No tag was made." if options.no_tag else f"The tag v{version} is made; nothing was uploaded.")
    return 0


def _git(root: Path, *words: str) -> str:
    return _run(["git", "-C", str(root), *words], quiet=True)


def _run(command: Sequence[str], *, cwd: Path = ROOT, quiet: bool = False) -> str:
    """Run a program, and return what it prints; ReleaseError with its last words where it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    if not quiet:
        print("$", " ".join(Path(word).name if word.startswith("/") else word for word in command), flush=True)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        _fail(command, done.stdout + done.stderr)
    return done.stdout


def _fail(command: Sequence[str], said: str) -> NoReturn:
    words = "\n".join(said.strip().splitlines()[-15:])
    raise ReleaseError(f"'{' '.join(command[:4])} ...' failed:\n{words}")


if __name__ == "__main__":
    sys.exit(main())
