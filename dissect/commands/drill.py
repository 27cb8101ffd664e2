"""Run time lines in packetdrill's language against a simulated host, or against this machine's kernel."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dissect.errors import DissectError, ScenarioError
from dissect.lab.drill.reader import load_script

if TYPE_CHECKING:
    from dissect.lab.drill.tested import Tested
    from dissect.lab.drill.timeline import Outcome

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "drill",
        help="run time lines of packets and system calls (packetdrill's scripts) against a host",
        description=__doc__,
        epilog="A script says which packets go in, which system calls are made, which packets have to come out, and "
        "when. A failure shows the line, what was expected and what came, field by field, and the packets up to "
        "there. Exit status: 0 where all pass, 1 where one fails, 2 where one cannot be run. --tap takes Linux, "
        "CAP_SYS_ADMIN and iproute2; each script has a network namespace of its own.",
    )
    parser.add_argument(
        "scripts", metavar="SCRIPT", nargs="+", help="a script, or a folder of *.pkt, with those below it"
    )
    parser.add_argument("--tap", action="store_true", help="try this machine's kernel, in a namespace of its own")
    parser.add_argument(
        "-D", "--define", metavar="NAME=VALUE", action="append", default=[],
        help="put VALUE in the place of the word NAME in the scripts (may be repeated)",
    )  # fmt: skip
    parser.add_argument("--tolerance", metavar="MS", type=float, help="how far from its time something may happen (4)")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the packets of scripts that pass as well")
    parser.add_argument("-w", dest="output", metavar="OUT", help="write the packets of the last script (pcapng)")


def run(options: argparse.Namespace) -> int:
    """Run the scripts in turn, and count."""
    paths = list(_paths(options.scripts))
    defines = dict(_defined(options.define))
    failed = broken = 0
    last: Outcome | None = None
    for path in paths:
        try:
            last = _run_one(path, options, defines)
        except ScenarioError as error:
            broken += 1
            print(f"dissect drill: {error}", file=sys.stderr)
            continue
        failed += not last.passed
        _tell(path, last, options.verbose)
    print(f"{len(paths) - failed - broken} of {len(paths)} passed" + (f", {broken} could not be run" if broken else ""))
    if options.output and last is not None:
        _write(options.output, last)
    return 2 if broken else int(failed > 0)


def _run_one(path: Path, options: argparse.Namespace, defines: dict[str, str]) -> Outcome:
    from dissect.lab.drill.timeline import run_script

    script = load_script(path, defines)
    tolerance_ns = None if options.tolerance is None else int(options.tolerance * 1_000_000)
    return run_script(script, _tested(tap=options.tap), tolerance_ns=tolerance_ns)


def _tested(*, tap: bool) -> Tested:
    if tap:
        from dissect.lab.drill.kernel import KernelSide

        return KernelSide()
    from dissect.lab.drill.simulated import SimulatedSide

    return SimulatedSide()


def _paths(given: list[str]) -> Iterator[Path]:
    for each in given:
        path = Path(each)
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.rglob("*.pkt"))
        if not found:
            raise DissectError(f"{path}: there is no *.pkt in it or below it, expected time lines")
        yield from found


def _defined(given: list[str]) -> Iterator[tuple[str, str]]:
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.isidentifier():
            raise DissectError(f"--define has {each!r}, expected NAME=VALUE")
        yield name, value


def _tell(path: Path, outcome: Outcome, verbose: bool) -> None:
    from dissect.views.sequence_ladder import sequence_ladder

    for line in outcome.printed:
        print(line)
    for line in outcome.ignored:
        print(f"dissect drill: {path}: {line!r} means nothing here, and was passed over", file=sys.stderr)
    if outcome.failure is None:
        if verbose:
            print(f"{path}: passed")
    else:
        print(f"{path}:{outcome.failure}")
    if outcome.packets and (verbose or outcome.failure is not None):
        print(sequence_ladder(outcome.packets))


def _write(output: str, outcome: Outcome) -> None:
    from dissect.captures import write

    write(output, outcome.packets)
