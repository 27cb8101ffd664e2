"""Run a simulated network, described in a TOML file or one that comes with dissect, and show what happens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dissect.commands.declarations import add_declaration_options
from dissect.commands.output import positive
from dissect.errors import DissectError, RestlessNetworkError
from dissect.lab.host import Host
from dissect.lab.quantities import nanoseconds
from dissect.lab.scenario import Scenario, load_scenario, scenario_names, scenario_text
from dissect.lab.scenario_keys import described
from dissect.lab.scenario_values import Key
from dissect.lab.simulation import Passage
from dissect.views.ladder import columns, ladder, passage_list

__all__ = ["add_parser", "run"]

MOST_FRAMES = 100_000


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "lab",
        help="run a simulated network of hosts, hubs, switches and routers",
        description=__doc__,
        epilog="The network runs in memory, on a clock of its own: the same file and seed give the same bytes at the "
        "same nanoseconds. Exit status: 0; 2 where the file is wrong or the network does not come to rest.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?", help="a TOML file, or a name that --list gives")
    parser.add_argument("--list", action="store_true", help="list the scenarios that come with dissect")
    parser.add_argument("--toml", action="store_true", help="print the scenario's file, to begin one's own with")
    parser.add_argument("--keys", action="store_true", help="tell what may stand in a scenario's file")
    parser.add_argument("--places", action="store_true", help="list the links and ports that can be captured")
    parser.add_argument("-w", dest="output", metavar="OUT", help="write a capture (pcapng; - is standard output)")
    parser.add_argument(
        "--at", dest="at", metavar="PLACE", action="append", default=[],
        help="capture at this link or port alone (may be repeated; default: as the file says, or all links)",
    )  # fmt: skip
    parser.add_argument(
        "--show", choices=("ladder", "list", "none"), default="ladder",
        help="what happened, as arrows between the devices, as lines, or not at all (default: ladder)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, help="another seed than the file's, for links that lose frames")
    parser.add_argument("--until", metavar="TIME", type=_time, help='stop at this time of the simulation, as "10 s"')
    parser.add_argument(
        "--frames", metavar="N", type=positive, default=MOST_FRAMES,
        help=f"stop when N frames have gone and more would (default: {MOST_FRAMES})",
    )  # fmt: skip
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Run a scenario, or tell which there are."""
    if options.list:
        for name in scenario_names():
            print(f"{name:18} {load_scenario(name).title}")
        return 0
    if options.keys:
        for heading, keys in described():
            print("\n".join([*([f"\n{heading}"] if heading else []), *_meanings(keys)]))
        return 0
    if options.scenario is None:
        raise DissectError("no scenario is named, expected a TOML file or a name that 'dissect lab --list' gives")
    if options.toml:
        sys.stdout.write(scenario_text(options.scenario))
        return 0
    scenario = load_scenario(options.scenario, seed=options.seed)
    recording = scenario.network.recording
    if options.places:
        print("\n".join(recording.places()))
        return 0
    captures = options.at or scenario.captures
    # A wrong place is said before the network runs, not after.
    recording.packets(captures)
    until_ns = scenario.until_ns if options.until is None else options.until
    trouble = None
    try:
        scenario.network.run(until_ns, most_frames=options.frames)
    except RestlessNetworkError as error:
        trouble = error
    if options.output != "-":
        for line in _report(scenario, recording.passages, options.show):
            print(line)
    if options.output is not None:
        recording.write(options.output, captures)
    if trouble is not None:
        raise trouble
    return 0


def _meanings(keys: Mapping[str, Key]) -> Iterator[str]:
    return (f"  {name:20} {key.meaning}" for name, key in keys.items())


def _report(scenario: Scenario, passages: Iterable[Passage], form: str) -> Iterator[str]:
    """Yield what happened, what the programs printed, and the tables at the end."""
    if form == "none":
        return
    network = scenario.network
    yield scenario.title
    if scenario.text:
        yield from ("", *scenario.text.strip().splitlines())
    yield ""
    events = network.events()
    if form == "ladder":
        yield from ladder(passages, events, columns(network))
    else:
        yield from passage_list(passages, events)
    for device in network.devices:
        if isinstance(device, Host):
            for program in device.programs:
                if program.lines:
                    yield from ("", *(f"{device.name}$ {line}" for line in program.lines))
    for title, text in scenario.tables():
        yield from ("", title, *(f"  {line}" for line in text.splitlines()))


def _time(text: str) -> int:
    try:
        return nanoseconds(text)
    except ValueError as reason:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: expected {reason}") from None
