"""Time lines as tests: `@pytest.mark.drill("timelines")` runs the scripts of a folder, one a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.errors import DissectError
from dissect.lab.drill.reader import load_script
from dissect.lab.drill.timeline import Outcome, run_script

__all__ = ["outcome_of", "parametrise"]


def parametrise(metafunc: pytest.Metafunc) -> None:
    """Run the test once for each script of its folder; the collection fails with a sentence where there is none."""
    marker = metafunc.definition.get_closest_marker("drill")
    assert marker is not None
    folder, _ = _arguments(marker)
    root = metafunc.definition.path.parent / folder
    scripts = sorted(root.rglob("*.pkt"))
    if not scripts:
        pytest.fail(f"the marker drill: there is no *.pkt in {root}", pytrace=False)
    names = [script.relative_to(root).with_suffix("").as_posix() for script in scripts]
    metafunc.parametrize("timeline", scripts, ids=names, indirect=True)


def outcome_of(request: pytest.FixtureRequest) -> Outcome:
    """Run the script of a test; the test fails with the line, what was expected and what came."""
    marker = request.node.get_closest_marker("drill")
    path = getattr(request, "param", None)
    if marker is None or not isinstance(path, Path):
        pytest.fail('timeline needs to know a folder: @pytest.mark.drill("timelines")', pytrace=False)
    _, kernel = _arguments(marker)
    try:
        outcome = _run(path, kernel=kernel)
    except DissectError as error:
        reason = str(error)
    else:
        if outcome.failure is None:
            return outcome
        reason = f"{path}:{outcome.failure}"
    # Outside the handler, for pytest shows the exception that another is raised beneath.
    pytest.fail(reason, pytrace=False)


def _run(path: Path, *, kernel: bool) -> Outcome:
    script = load_script(path)
    if kernel:
        from dissect.lab.drill.kernel import KernelSide

        return run_script(script, KernelSide())
    from dissect.lab.drill.simulated import SimulatedSide

    return run_script(script, SimulatedSide())


def _arguments(marker: pytest.Mark) -> tuple[str, bool]:
    """Return the folder that the marker gives, and whether the kernel is tried."""

    def read_as(folder: str | Path, kernel: bool = False) -> tuple[str, bool]:
        return str(folder), kernel

    try:
        return read_as(*marker.args, **marker.kwargs)
    except TypeError:
        pass
    pytest.fail("the marker drill takes a folder and kernel=..., and nothing else", pytrace=False)
