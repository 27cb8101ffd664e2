"""Protocols as an outsider declares them: what a file with `dissect.declare` alone gets everywhere, and keeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from dissect.declare import __all__ as DECLARED

REPOSITORY = Path(__file__).resolve().parents[2]
OUTSIDE = Path(__file__).parent / "outside"


class Example(NamedTuple):
    """A file, a frame of its protocol, and what is said of it."""

    name: str
    frame: str
    row: str
    passes: str
    fails: str
    fields: dict[str, str]
    details: tuple[str, ...]
    diagram: str
    edit: str
    difference: str

    @property
    def file(self) -> Path:
        return OUTSIDE / f"{self.name}.py"


EXAMPLES = (
    Example(
        name="overlay",
        frame="UDP(sport=50000) / Overlay(network=7, kind='flooded', sequence=3) / Ethernet() / "
        "IPv4(src='192.168.0.1', dst='192.168.0.2') / UDP(sport=5000, dport=6000) / b'inside'",
        row="192.168.0.1 → 192.168.0.2  UDP 98 5000 → 6000 Len=6",
        passes="overlay.network == 7 and overlay.kind == 2 and ip.src == 192.168.0.1",
        fails="overlay.network == 8",
        fields={
            "overlay.network": "7",
            "overlay.hop_limit": "16",
            "udp.dstport": "17754,6000",
            "frame.protocols": "eth:ethertype:ip:udp:overlay:eth:ethertype:ip:udp:data",
        },
        details=("42-49  Example Overlay", "43      Kind: to all stations (2)", "46-48      Network: 7"),
        diagram="|                    Network                    |   Hop Limit   |",
        edit="frame[Overlay].network = 9",
        difference="overlay.network 7 -> 9 at byte 46",
    ),
    Example(
        name="claims",
        frame="UDP(sport=50000) / Claim(address='10.0.0.9', station='printer', transaction=0xabcd, "
        "options=[Lease(3600), Location('hall 3'), EndOfClaimOptions()])",
        row="Claim 85 Claim of 10.0.0.9 by printer",
        passes='claim.address == 10.0.0.9 and claim.station == "printer" and claim.option.lease > 3000',
        fails="claim.cookie == 0",
        fields={
            "claim.station": "printer",
            "claim.cookie": "0x9967addc",
            "claim.option.code": "1,2,255",
            "claim.option.location": "hall 3",
        },
        details=("42-84  Address Claim", "50-65      Station: printer", "Lease: 3600"),
        diagram="|                             Cookie                            |",
        edit="frame[Claim].station = 'scanner'",
        difference="claim.station printer -> scanner at byte 50",
    ),
    Example(
        name="directory",
        frame="UDP(sport=50000) / Directory(zone='hall.local', is_response=True, stations=["
        "Station('printer.@4', data=b'abcd'), Station('scanner.@4', kind='place', data=b'east')])",
        row="2 stations of hall.local",
        passes='directory.zone == "hall.local" and directory.station.owner == "scanner.hall.local"',
        fails='directory.station.owner == "scanner.@4"',
        fields={
            "directory.zone": "hall.local",
            "directory.station.owner": "printer.hall.local,scanner.hall.local",
            "directory.station.kind": "1,2",
        },
        details=(
            "42-99  Station Directory",
            "46-57      Zone: hall.local",
            "79-88              Owner: scanner.hall.local",
        ),
        diagram="|          Transaction          |",
        edit="frame[Directory].zone = 'wing.local'",
        difference="directory.zone hall.local -> wing.local at byte 46",
    ),
)

each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name, scope="module")

LOWER = "Ethernet(src='02:00:00:00:00:01') / IPv4(src='10.0.0.1', dst='10.0.0.2') / "


def python(code: str, *arguments: object, cwd: Path = REPOSITORY) -> str:
    """What a program prints in a process of its own, so that what it declares stays there."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{OUTSIDE}", "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def start(example: Example) -> str:
    """The beginning of a program that has everything of `dissect` and of the example, and the example's frame."""
    return f"import sys\nfrom dissect import *\nfrom {example.name} import *\nframe = {LOWER}{example.frame}\n"


PIECES = {
    "doctest": "import doctest; print(doctest.testmod(sys.modules[type(list(frame.layers())[3]).__module__]))",
    "promises": """
from random import Random
from dissect.views.details import details
from dissect.wireshark.columns import summarize
whole = bytes(frame)
assert parse(whole) == frame and frame.problems() == []
assert eval(repr(frame)) == frame == eval(repr(parse(whole)))
chance = Random(7)
for trial in range(300):
    data = bytearray(whole)
    for _ in range(chance.randrange(4)):
        data[chance.randrange(42, len(data))] = chance.choice((0, 1, 0x3F, 0xC0, 0xFF, chance.randrange(256)))
    data = bytes(data[: chance.randrange(42, len(data) + 1)])
    parsed = parse(data)
    assert bytes(parsed) == data, data.hex()
    assert eval(repr(parsed)) == parsed and bytes(eval(repr(parsed))) == data, data.hex()
    parsed.problems(), summarize(Packet(data)), details(Packet(data))
print("kept")
""",
    "hypothesis": """
from hypothesis import given, settings
from dissect.views.strategies import headers
@settings(max_examples=50, deadline=None, database=None)
@given(headers(type(list(frame.layers())[3])))
def check(header):
    whole = bytes(header)
    assert eval(repr(header)) == header
    carried = Ethernet() / IPv4() / UDP() / header
    assert bytes(parse(bytes(carried))) == bytes(carried)
check()
print("made")
""",
    "layout": "print(type(list(frame.layers())[3]).diagram())",
    "diagram": "print(list(frame.layers())[3].diagram())",
}
"""What is tried where the example's file is imported."""

ASKED = """
import io, json, sys, traceback
from contextlib import redirect_stdout
told = {}
for name, piece in json.loads(sys.argv[1]).items():
    output = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with redirect_stdout(output):
        try:
            exec(piece, globals())
        except Exception:
            traceback.print_exc(file=output)
    told[name] = output.buffer.getvalue().decode()
print(json.dumps(told))
"""
"""Runs pieces of a program one after the other: a process takes longer to start than any of them."""


@pytest.fixture(scope="module")
def captures(example: Example, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A capture of the frame, and one in which a field has another value."""
    folder = tmp_path_factory.mktemp(example.name)
    return folder / "one.pcapng", folder / "other.pcapng"


@pytest.fixture(scope="module")
def imported(example: Example, captures: tuple[Path, Path]) -> dict[str, str]:
    """What each of the pieces prints; the captures are written, too."""
    written = f"write({str(captures[0])!r}, [frame])\n{example.edit}\nwrite({str(captures[1])!r}, [frame.fixed()])"
    told: dict[str, str] = json.loads(python(start(example) + ASKED, json.dumps({**PIECES, "captures": written})))
    assert told["captures"] == ""
    return told


@pytest.fixture(scope="module")
def commands(example: Example, captures: tuple[Path, Path], imported: dict[str, str]) -> dict[str, str]:
    """What sub-commands print that are told of the example's file."""
    one, other = map(str, captures)
    fields = ["-T", "fields"]
    asked = {
        "list": ["read", one],
        "passes": ["read", one, *fields, "-e", "frame.number", "-Y", example.passes],
        "fails": ["read", one, *fields, "-e", "frame.number", "-Y", example.fails],
        "fields": ["read", one, *fields, *(part for name in example.fields for part in ("-e", name))],
        "details": ["read", one, "-V"],
        "json": ["read", one, "-T", "json"],
        "diff": ["diff", one, other],
    }
    pieces = {
        name: f"assert main({[command, '--protocols', str(example.file), *rest]}) == {int(name == 'diff')}"
        for name, (command, *rest) in asked.items()
    }
    told: dict[str, str] = json.loads(python(f"from dissect.commands.main import main\n{ASKED}", json.dumps(pieces)))
    return told


@each
def test_it_is_a_page_that_imports_what_is_public(example: Example) -> None:
    text = example.file.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    imported = {line for line in text.splitlines() if line.startswith(("from dissect", "import dissect"))}
    assert {line.split()[1] for line in imported} <= {"dissect", "dissect.declare"}
    names = text.partition("from dissect.declare import ")[2].partition("\n\n")[0].strip("()\n ").split(",")
    assert {name.strip() for name in names if name.strip()} <= set(DECLARED)


@each
def test_its_examples_are_right(example: Example, imported: dict[str, str]) -> None:
    assert imported["doctest"].startswith("TestResults(failed=0, attempted="), imported["doctest"]
    assert "attempted=0" not in imported["doctest"]


@each
def test_the_promises_hold(example: Example, imported: dict[str, str]) -> None:
    assert imported["promises"] == "kept\n"


@each
def test_hypothesis_makes_such_frames(example: Example, imported: dict[str, str]) -> None:
    assert imported["hypothesis"] == "made\n"


@each
def test_the_list_shows_it(example: Example, commands: dict[str, str]) -> None:
    assert example.row in commands["list"]


@each
def test_filters_know_it(example: Example, commands: dict[str, str]) -> None:
    assert (commands["passes"], commands["fails"]) == ("1\n", "")


@each
def test_its_fields_are_printed(example: Example, commands: dict[str, str]) -> None:
    assert commands["fields"].rstrip("\n").split("\t") == list(example.fields.values())


@each
def test_its_details_have_byte_ranges(example: Example, commands: dict[str, str]) -> None:
    for line in example.details:
        assert line in commands["details"]


@each
def test_its_json_has_its_fields(example: Example, commands: dict[str, str]) -> None:
    for name, value in example.fields.items():
        assert f'"{name}": "{value.partition(",")[0]}' in commands["json"]


@each
def test_its_diagram_is_drawn(example: Example, imported: dict[str, str]) -> None:
    assert example.diagram in imported["layout"]
    assert imported["diagram"].count("+-+-") > 2


@each
def test_a_difference_is_told_by_field_and_byte(example: Example, commands: dict[str, str]) -> None:
    assert example.difference in commands["diff"]


def test_a_golden_keeps_them(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{REPOSITORY}{os.pathsep}{OUTSIDE}")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)
    for example in EXAMPLES:
        paths = [pytester.path / f"{example.name}_{when}.pcapng" for when in ("kept", "now", "later")]
        before, after = f"write(sys.argv[1], [frame])\nwrite(sys.argv[2], [frame])\n{example.edit}\n", "[frame.fixed()]"
        python(f"{start(example)}{before}write(sys.argv[3], {after})", *paths)
    pytester.makepyfile(
        f"import {', '.join(example.name for example in EXAMPLES)}\nimport dissect, pytest\n"
        f"@pytest.mark.parametrize('name', {[example.name for example in EXAMPLES]})\n"
        "@pytest.mark.parametrize('when', ['kept', 'now'])\n"
        "def test_frames(capture_snapshot, name, when):\n"
        "    assert list(dissect.read(f'{name}_{when}.pcapng')) == capture_snapshot\n"
    )

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.run(
            *(sys.executable, "-m", "pytest", "-p", "dissect.testing", "-p", "no:cacheprovider", "-q", *arguments)
        )

    run("--capture-update").assert_outcomes(passed=2 * len(EXAMPLES))
    for example in EXAMPLES:
        (pytester.path / f"{example.name}_later.pcapng").replace(pytester.path / f"{example.name}_now.pcapng")
    result = run()
    result.assert_outcomes(passed=len(EXAMPLES), failed=len(EXAMPLES))
    for example in EXAMPLES:
        result.stdout.fnmatch_lines([f"*{example.difference}*"])
