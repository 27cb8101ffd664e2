"""The program: its sub-commands, its help, its exit statuses, and one sentence for everything that goes wrong."""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dissect
from dissect import UDP, Ethernet, IPv4, Packet, commands
from dissect.commands import main as main_module
from dissect.commands.main import main, sub_commands
from tests.commands.conftest import REPOSITORY, Outcome

Run = Callable[..., Outcome]
Program = Callable[..., subprocess.CompletedProcess[bytes]]


def test_the_sub_commands_are_the_modules() -> None:
    assert {"hex", "read", "repl"} <= set(sub_commands())
    beside = {path.stem for path in Path(commands.__file__).parent.glob("[a-z]*.py")}
    are_none = {name for name in beside if not hasattr(import_module(f"dissect.commands.{name}"), "add_parser")}
    assert set(sub_commands()) == beside - are_none


def test_help_names_every_sub_command(run: Run) -> None:
    status, output, errors = run("--help")
    assert (status, errors) == (0, "")
    for name in sub_commands():
        assert re.search(rf"^ +{name}( |$)", output, re.MULTILINE)


@pytest.mark.parametrize("name", sub_commands())
def test_every_sub_command_has_help(run: Run, name: str) -> None:
    status, output, _ = run(name, "--help")
    assert status == 0
    assert output.startswith(f"usage: dissect {name}")


def test_version(run: Run) -> None:
    status, output, _ = run("--version")
    assert status == 0
    assert output.startswith("dissect ")
    loaded = "[name for name in sys.modules if name.startswith('dissect.commands.')]"
    code = f"import sys; from dissect.commands.main import main; main(['--version']); print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['dissect.commands.declarations', 'dissect.commands.main']"


def test_the_process_ends_with_what_waits_for_its_end() -> None:
    code = (
        "import atexit, sys; from dissect.commands.main import run; sys.argv = ['dissect', 'diff']\n"
        "atexit.register(print, 'the end', flush=True)\nsys.exit(run())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "the end\n")
    assert done.stderr.startswith("usage: dissect diff") or done.stderr.startswith("dissect")


def test_who_watches_the_process_sees_it_to_its_end() -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "dissect", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("dissect ")
    assert "function calls" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["raed"], "did you mean 'read'?"),
        (["xyzzy"], "they are"),
        (["read", "--nonsense", "x"], "dissect read: unrecognized arguments: --nonsense; 'dissect read --help'"),
        (["read", "x", "-Y", "ip", "ip.ttl", "<", "5"], "unrecognized arguments: ip.ttl < 5; a display filter follows"),
        (["read", "x", "-z", "io,phs2"], "-z io,phs2 is no statistic that is known here; did you mean io,phs"),
        (["read", "x", "-z", "io,phs", "-w", "-"], "nothing else can be printed"),
        (["write", "x", "y", "--pnat=a:b"], "unrecognized arguments: --pnat=a:b; --map-ip OLD=NEW"),
        (
            ["write", "x", "y", "1-3", "7"],
            "unrecognized arguments: 1-3 7; the numbers of packets to keep follow -p: -p 1-3,7",
        ),
        (
            ["merge", "-s", "60", "-o", "x", __file__],
            "dissect merge: unrecognized arguments: -s; dissect write -s BYTES cuts",
        ),
        (["read", "x", "-c", "-1"], "argument -c: expected 1 or more, and not '-1'"),
        (["read", "x", "-c", "9" * 20], "argument -c: 99999999999999999999 is more than anything has"),
        (["read", "x", "-a", "packets:" + "9" * 20], "99999999999999999999 is more than anything has"),
        (["read", "x", "-a", "-5"], "argument -a/--autostop: '-5' says no end"),
        (["write", "x", "y", "-s", "0"], "argument -s/--snap-length: expected 1 or more, and not '0'"),
        (["read", "x", "-F", "pcap"], "-F is the format of a capture that is written: add -w OUT"),
        (["info", "x", "-c"], "dissect info: unrecognized arguments: -c; all that is known of a capture"),
        (["editcap", "x", "y"], "dissect: there is no sub-command 'editcap'; 'dissect write' does what editcap does"),
        (["read", __file__, __file__], "'dissect merge' puts several together"),
        (["read", "x.pcap", "y.pcapng.gz"], "unrecognized arguments: y.pcapng.gz; one capture is taken at a time"),
        (["read", "x", "-T", "xml"], "invalid choice: 'xml'"),
        (["read", "x", "-c", "0"], "expected 1 or more"),
        (["read", "x", "-c", "many"], "expected 1 or more"),
        (["read"], "no capture is named"),
        (["read", "no/such/file"], "no/such/file: No such file or directory"),
        (["read", "."], "Is a directory"),
        (["read", "x", "-T", "fields"], "needs at least one field"),
        (["read", "x", "-e", "ip.src"], "-T fields, json, ek, pdml or psml"),
        (["read", "x", "-E", "header=y"], "-E says how -T fields prints"),
        (["read", "x", "-V", "-w", "-"], "nothing else can be printed"),
        (["hex", "x", "-o", "y"], "add --from-text"),
        (["hex", "x", "--from-text"], "needs a place"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_status_2(run: Run, arguments: list[str], sentence: str) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert sentence in errors
    assert errors.startswith("dissect")
    assert errors.count("\n") == 1


def test_nothing_asked_shows_help_and_fails(run: Run) -> None:
    status, output, _ = run()
    assert status == 2
    assert "usage: dissect" in output


def test_a_misspelt_field_is_reported_before_the_file_is_opened(run: Run) -> None:
    status, output, errors = run("read", "no/such/file", "-T", "fields", "-e", "ip.tll")
    assert (status, output) == (2, "")
    assert errors == "dissect: there is no field 'ip.tll'; did you mean 'ip.ttl'?\n"


def test_a_closed_pipe_is_no_error(capture: Path) -> None:
    script = f"'{sys.executable}' -m dissect read -V '{capture}'; echo $? >&2"
    shell = f"( {script} ) | true"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, cwd=REPOSITORY, timeout=60, check=False)
    assert done.stderr == b"0\n"


def test_a_full_disk_is_one_sentence(program: Program, capture: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("There is no /dev/full here, which is how a full disk is had.")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dissect", "read", capture],
            stdout=full, stderr=subprocess.PIPE, cwd=REPOSITORY, timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, b"dissect: No space left on device\n")


def test_an_interrupt_ends_quietly_with_130(capture: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dissect", "read", "-l", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(capture.read_bytes())
    process.stdin.flush()
    assert b"ARP" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, b"")


def test_an_output_that_knows_ascii_alone_gets_escapes(program: Program, capture: Path) -> None:
    done = program("read", capture, "-c", 1, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert b"\\u2192" in done.stdout


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200),
    place=st.integers(0, 400),
    options=st.sampled_from(
        [[], ["-V"], ["-x"], ["-T", "json"], ["-T", "fields", "-e", "ip.addr", "-e", "frame.time"]]
    ),
)
def test_no_bytes_make_a_traceback(run: Run, capture: Path, data: bytes, place: int, options: list[str]) -> None:
    whole = capture.read_bytes()
    file = capture.with_name("fuzzed.pcap")
    for content in (data, whole[:place] + data + whole[place + len(data) :]):
        file.write_bytes(content)
        for arguments in (["read", file, *options], ["hex", file], ["hex", "--from-text", file, "-o", os.devnull]):
            status, _, errors = run(*arguments)
            assert status in (0, 2)
            # What is not read is told as well, and is no failure.
            complaints = [line for line in errors.splitlines() if "are not read, only counted" not in line]
            assert len(complaints) == (1 if status else 0)


def test_main_takes_the_arguments_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dissect", "no-such-command"])
    assert main() == 2


@pytest.mark.parametrize(
    "command",
    [
        "info {capture}",
        "merge -o {out}.pcap {capture} {capture}",
        "write -D 5 -s 600 -t 0.5 {capture} {out}.pcapng.gz",
        "write -p 5-,7 -A 3 -Y udp.port==7 {capture} {out}.pcap",
        "read -Y tcp.port==1 {capture}",
    ],
)
def test_memory_does_not_grow_with_the_capture(run: Run, tmp_path: Path, command: str) -> None:
    path, peaks = tmp_path / "large.pcap", []
    frame = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=7, dport=8) / bytes(900))
    arguments = command.format(capture=path, out=tmp_path / "out").split()
    for count in (5, 1500, 4500):
        # Each packet is another one, and every time is another.
        made = (Packet(frame + number.to_bytes(8, "big"), time_ns=number * 10**9) for number in range(count))
        dissect.write(path, made)
        tracemalloc.start()
        try:
            assert run(*arguments).status == 0
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[2] < peaks[1] + 400_000, peaks
    assert peaks[2] < 8_000_000, peaks


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the streams")
@pytest.mark.parametrize(
    ("closing", "status", "told"),
    [
        ('read "$1" >&-', 2, "dissect: standard output is closed\n"),
        ('info --json "$1" >&-', 2, "dissect: standard output is closed\n"),
        ('read "$1" -w - >&-', 2, "dissect: standard output is closed\n"),
        ('read "$1" -w "$2" >&-', 0, ""),
        ('read "$1" -w "$2" >&- 2>&- <&-', 0, ""),
        ('read "$1" -c 1 -T fields -e frame.number 2>&-', 0, "1\n"),
        ('read "$1.not" 2>&-', 2, ""),
    ],
)
def test_closed_streams(capture: Path, tmp_path: Path, closing: str, status: int, told: str) -> None:
    command = f'exec "$0" -m dissect {closing}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, str(capture), str(tmp_path / "out.pcap")],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (status, told)
    if '-w "$2"' in closing:
        assert (tmp_path / "out.pcap").read_bytes() == capture.read_bytes()


def test_what_a_start_has_made_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first collection finds nothing to look at, and those behind it look at what has come since alone."""
    monkeypatch.setattr(main_module, "_OBJECTS_OF_A_START", 5_000)
    monkeypatch.setattr(main_module, "_OBJECTS_BETWEEN_COLLECTIONS", 1_000)
    before = gc.get_threshold(), gc.get_freeze_count()
    kept: list[list[object]] = []
    with main_module._seldom_collecting():
        assert gc.get_freeze_count() == before[1]
        kept += ([] for _ in range(10_000))
        assert gc.get_freeze_count() > 5_000
        assert gc.get_threshold()[0] == 1_000
        garbage: list[object] = []
        garbage.append(garbage)
        gone = weakref.ref(Kept(garbage))
        del garbage
        kept += ([] for _ in range(3_000))
        assert gone() is None
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


class Kept:
    """What a cycle of garbage holds."""

    def __init__(self, cycle: list[object]) -> None:
        cycle.append(self)
