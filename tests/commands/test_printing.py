"""What packets are printed as, and how the texts go to standard output."""

from __future__ import annotations

import argparse
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest

from dissect import UDP, EchoRequest, Ethernet, IPv4, Packet
from dissect.captures import open_writer, read
from dissect.commands.main import build_parser, main
from dissect.commands.printing import Texts, read_along, shown
from dissect.flows import chains
from dissect.packets.clock import Clock
from dissect.views.compiled import CompiledText

USUAL = Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=5, dport=6, payload=b"data")
ODD = Ethernet() / IPv4(src="10.0.0.1") / EchoRequest()


def options_of(*arguments: str) -> argparse.Namespace:
    options: argparse.Namespace = build_parser().parse_args(["read", "FILE", *arguments])
    return options


def test_texts_stand_between_what_is_between_them(capsys: pytest.CaptureFixture[str]) -> None:
    with Texts(between=",\n") as texts:
        assert not texts.begun
        for each in "abc":
            texts.add(each)
        assert capsys.readouterr().out == ""
    assert texts.begun
    assert capsys.readouterr().out == "a,\nb,\nc"


@pytest.mark.parametrize(("before", "between", "behind"), [("", ",\n", ""), ("", "", "\n"), ("[", ",\n", "")])
def test_many_are_written_at_once_and_joined_alike(
    before: str, between: str, behind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Texts(between, behind, before=before) as texts:
        for number in range(300):
            texts.add(str(number))
        written = capsys.readouterr().out
        assert 0 < written.count("\n") < 300
    whole = before + (between + behind).join(map(str, range(300))) + behind
    assert written + capsys.readouterr().out == whole


def test_who_waits_gets_each_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    texts = Texts(behind="\n", at_once=True)
    texts.add("a")
    assert capsys.readouterr().out == "a\n"
    texts.add("b")
    assert capsys.readouterr().out == "b\n"


def _end(texts: Texts, error: Exception) -> None:
    with texts:
        raise error


@pytest.mark.parametrize(("error", "output"), [(BrokenPipeError(), ""), (ValueError("x"), "a\n")])
def test_where_nobody_reads_any_more_nothing_is_written(
    error: Exception, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = Texts(behind="\n")
    texts.add("a")
    with pytest.raises(type(error)):
        _end(texts, error)
    assert capsys.readouterr().out == output


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-V"],
        ["-T", "json"],
        ["-T", "fields", "-e", "ip.src"],
        ["-T", "json", "-e", "ip.src"],
        ["--color"],
        ["-x"],
        ["-V", "-x"],
        ["-T", "json", "-x"],
        ["-T", "jsonraw"],
        ["-T", "pdml"],
        ["-T", "psml"],
        ["-T", "ek"],
        ["-T", "ek", "-x"],
    ],
)
def test_what_tells_the_same_words_often_is_compiled(arguments: list[str]) -> None:
    clock = Clock()
    show = shown(options_of(*arguments), clock)
    assert isinstance(show, CompiledText)
    packet = Packet(bytes(USUAL), time_ns=0)
    clock.advance(packet)
    assert any(text in show(packet) for text in ("10.0.0.1", "0a 00 00 01", "0a000001"))


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
@pytest.mark.parametrize("twice", [False, True])
def test_of_usual_frames_the_texts_alone_come_along(
    format: Literal["pcap", "pcapng"],
    twice: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The others are not so many that they are known.
    monkeypatch.setattr(chains, "_RARE", 5)
    file = BytesIO()
    with open_writer(file, format=format) as writer:
        for number, frame in enumerate((USUAL, ODD, USUAL, ODD, USUAL)):
            writer.write(Packet(bytes(frame), time_ns=10**9 * number))
    clock = Clock()
    show = shown(options_of("-T", "fields", "-e", "frame.number", "-e", "udp.stream"), clock)
    with Texts(behind="\n") as texts, read(BytesIO(file.getvalue())) as reader:
        again = (lambda takers: iter(read(BytesIO(file.getvalue())))) if twice else None
        packets = read_along(iter(reader), reader, show, clock, texts, again)
        seen = []
        for packet in packets:
            texts.add(show(packet))
            seen.append(packet.number)
    assert seen == [2, 4]
    assert capsys.readouterr().out == "1\t0\n2\t\n3\t0\n4\t\n5\t0\n"


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where processes keep what they compile, and nothing is there yet."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "cache"))
    return tmp_path / "cache"


def printed(*arguments: str) -> str:
    """Return what a process prints that reads with these arguments."""
    command = [sys.executable, "-m", "dissect", "read", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_processes_know_what_those_before_them_learnt(
    own_cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    protocols = tmp_path / "outsiders.py"
    protocols.write_text("from dissect.declare import Header\n")
    file = str(tmp_path / "x.pcap")
    with open_writer(file) as writer:
        for number in range(40):
            frame = Ethernet() / IPv4(src="10.0.0.1", ttl=40 + number) / EchoRequest(seq=number)
            writer.write(Packet(bytes(frame), time_ns=number))
    assert main(["read", "-V", file]) == 0
    expected = capsys.readouterr().out
    # Neither a process that only calls the program nor one that reads others' protocols leaves anything.
    assert printed("--protocols", str(protocols), "-V", file) == expected
    assert not list(own_cache.rglob("forms*.marshal"))
    assert printed("-V", file) == expected
    (kept,) = own_cache.rglob("forms*.marshal")
    states = [kept.read_bytes()]
    # The first frame comes once in each process: it is left alone twice, traced, and compared.
    for _ in range(6):
        assert printed("-V", file) == expected
        states.append(kept.read_bytes())
    assert states[-1] == states[-2] != states[0]


def test_the_order_of_what_is_asked_for_is_the_same_in_every_process(own_cache: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "x.pcap")
    with open_writer(file) as writer:
        writer.write(Packet(bytes(USUAL), time_ns=0))
    sizes: list[int] = []
    for _ in range(2):
        printed("-O", "eth,ip,udp,tcp,icmp,arp,data,frame", file)
        sizes += [kept.stat().st_size for kept in own_cache.rglob("forms*.marshal")]
    # What the first start has learnt the second one knows. Asked for otherwise, it would learn it once more.
    first, second = sizes
    assert first == second > 4096
