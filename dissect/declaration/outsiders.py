"""Protocols that others wrote: in a file of a user's, or in an installed package."""

from __future__ import annotations

import sys
from functools import partial
from marshal import dumps, loads
from os import PathLike, listdir, stat
from types import ModuleType

from dissect.declaration.beside_compiled import keep_beside, place_beside
from dissect.errors import DissectError

__all__ = ["declare_installed", "has_outsiders", "is_nothing_installed", "load_protocols"]

_LOADED: dict[str, ModuleType] = {}
_STATE = {"installed": False}
_KEPT = place_beside(__file__.rpartition("/")[0], "nothing_installed")
"""Folders of packages of which none declares protocols, for the next start."""


def load_protocols(path: str | PathLike[str]) -> ModuleType:
    """Run a Python file that declares protocols, and return it as a module; a file that was run is not run again.

    From then on its protocols are read, built, filtered and shown like any other. The file may import
    others beside it. Raises DissectError, in one sentence with file and line, where the file is wrong; OSError where
    it cannot be read.
    """
    # Most programs load nothing, and these take a tenth of the time of the whole import.
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    place = Path(path).resolve()
    full, folder = str(place), str(place.parent)
    if full in _LOADED:
        return _LOADED[full]
    with Path(path).open("rb"):
        # What cannot be opened is told by the system's own error.
        pass
    name = f"outsiders_{len(_LOADED)}_{place.stem}"
    spec = spec_from_file_location(name, full)
    if spec is None or spec.loader is None:
        raise DissectError(f"{path} is no Python file, expected a name that ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise DissectError(f"{path}{_line(error, full)}: {_words(error)}") from error
    finally:
        sys.path.remove(folder)
    _LOADED[full] = module
    return module


def is_nothing_installed(group: str) -> bool:
    """Whether no installed package declares protocols.

    This looks for the group's name in the files of entry points, for to import what reads these properly takes longer.
    """
    if "installed packages" not in _STATE:
        _STATE["installed packages"] = _is_any_installed(group)
    return not _STATE["installed packages"]


def has_outsiders(group: str) -> bool:
    """Whether protocols may be declared that others wrote, in files or in installed packages of this group."""
    return bool(_LOADED) or not is_nothing_installed(group)


def _is_any_installed(group: str) -> bool:
    """Whether a package on the path may have entry points of the group.

    Where packages are installed there are often hundreds: that none of them has any is kept until one is installed.
    """
    folders = [folder for folder in sys.path if folder.endswith("-packages")]
    others = [folder for folder in sys.path if folder not in folders]
    changed = [(group, folder, _changed(folder)) for folder in folders]
    is_known = _kept() == changed
    found = any(map(partial(_names_group, group), others if is_known else sys.path))
    if not (found or is_known):
        keep_beside(_KEPT, dumps(changed))
    return found


def _changed(folder: str) -> int:
    """Return when a package was last installed in the folder, or taken away; 0 where there is no such folder."""
    try:
        return stat(folder).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0


def _kept() -> object:
    try:
        with open(_KEPT, "rb") as kept:  # noqa: PTH123
            return loads(kept.read())
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _names_group(group: str, folder: str) -> bool:
    """Whether a package in this folder of packages may have entry points of the group."""
    try:
        packages = [name for name in listdir(folder or ".") if name.endswith((".dist-info", ".egg-info", ".egg-link"))]  # noqa: PTH208
    except NotADirectoryError:
        # An archive of packages; the standard library's own has none of others.
        return not folder.endswith(f"python{sys.version_info[0]}{sys.version_info[1]}.zip")
    except OSError:
        return False
    for package in packages:
        if package.endswith(".egg-link"):
            return True
        try:
            with open(f"{folder or '.'}/{package}/entry_points.txt", encoding="utf-8") as points:  # noqa: PTH123
                if group in points.read():
                    return True
        except OSError:
            continue
    return False


def declare_installed(group: str) -> None:
    """Import the modules that installed packages name in an entry-point group.

    One that cannot be imported is told of in a warning and left out: a frame is parsed all the same.
    """
    if _STATE["installed"] or is_nothing_installed(group):
        return
    # Before anything else, as a declaration asks for all others.
    _STATE["installed"] = True
    import warnings
    from importlib.metadata import entry_points

    for entry in entry_points(group=group):
        try:
            entry.load()
        except Exception as error:
            warnings.warn(f"the protocols {entry.name!r} of {entry.value} are left out: {_words(error)}", stacklevel=2)


def _line(error: BaseException, file: str) -> str:
    """Return where in the file the error is, as in ", line 7"; "" where nobody knows."""
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == file else None
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return "" if line is None else f", line {line}"


def _words(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join(f"{type(error).__name__}: {text}".split()) if text else type(error).__name__
