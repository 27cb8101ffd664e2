"""`--protocols` and `-d`, which mean the same to every command that reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import TypeAlias

import pytest

import dissect
from dissect import UDP, VXLAN, Ethernet, IPv4
from dissect.declaration.decode_as import _ACTIVE

Program: TypeAlias = Callable[..., CompletedProcess[str]]

MINE = '''
"""A protocol of somebody else."""
from dissect.declare import Header, u8, u16
from dissect import UDP

class Mine(Header, name="mine", title="Mine of All", over={UDP: 7007}):
    """Two numbers."""

    a: int = u8("a", default=0, title="Letter A")
    b: int = u16("b", default=0, title="Letter B")
'''


@pytest.fixture(name="told")
def told_by(program: Callable[..., CompletedProcess[bytes]]) -> Program:
    """Run the program as a process of its own, for what a file declares stays; its output is text."""

    def call(*arguments: str) -> CompletedProcess[str]:
        done = program(*arguments)
        return CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """The path of a file with a protocol, and of a capture that holds it, twice over another port."""
    (tmp_path / "mine.py").write_text(MINE)
    frames = [
        Ethernet() / IPv4() / UDP(sport=5, dport=7007) / bytes((1, 0, 2)),
        Ethernet() / IPv4() / UDP(sport=5, dport=7008) / bytes((3, 0, 4)),
        Ethernet() / IPv4() / UDP(sport=5, dport=7009) / bytes(VXLAN(vni=9) / Ethernet()),
    ]
    dissect.write(tmp_path / "mine.pcap", frames)
    return str(tmp_path / "mine.py"), str(tmp_path / "mine.pcap")


def test_a_file_of_protocols_works_everywhere(told: Program, files: tuple[str, str], tmp_path: Path) -> None:
    file, capture = files
    listed = told("read", capture, "--protocols", file).stdout.splitlines()
    assert [line.split()[5] for line in listed] == ["Mine", "UDP", "UDP"]
    # Whichever option comes first.
    details = told("read", "-O", "mine", "-Y", "mine.a == 1", capture, f"--protocols={file}").stdout
    assert "Letter A: 1" in details
    fields = told("read", capture, "-T", "fields", "-e", "mine.b", "--protocols", file, "-d", "udp.port==7008,mine")
    assert fields.stdout.split() == ["2", "4"]
    assert '"mine.b": "2"' in told("read", capture, "-T", "json", "--protocols", file).stdout
    assert "mine.b  FT_UINT16" in told("fields", "mine", "--protocols", file).stdout
    output = str(tmp_path / "out.pcap")
    assert told("write", capture, output, "-Y", "mine", "--protocols", file).returncode == 0
    assert len(list(dissect.read(output))) == 1


def test_differences_name_the_fields_of_a_protocol(told: Program, files: tuple[str, str], tmp_path: Path) -> None:
    file, capture = files
    other = str(tmp_path / "other.pcap")
    dissect.write(
        other, [Ethernet() / IPv4() / UDP(sport=5, dport=7007) / bytes((1, 0, 7)), *list(dissect.read(capture))[1:]]
    )
    done = told("diff", capture, other, "--protocols", file)
    assert done.returncode == 1
    assert "mine.b" in done.stdout


def test_a_number_is_read_as_a_rule_says(told: Program, files: tuple[str, str]) -> None:
    _, capture = files
    rules = ("-d", "udp.port==7009,vxlan", "--decode-as", "udp.port == 7008-7008,data")
    done = told("read", capture, "-T", "fields", "-e", "vxlan.vni", *rules)
    assert done.stdout.split() == ["9"]
    done = told("write", capture, "/dev/null", "-Y", "vxlan", "--decode-as", "udp.port==7009,vxlan")
    assert done.returncode == 0
    assert not _ACTIVE


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["-d", "udp.prt==1,vxlan"], "there is no layer 'udp.prt' to decode; did you mean 'udp.port'?"),
        (["-d", "udp.port==1,vxlann"], "there is no protocol 'vxlann'; did you mean 'vxlan'?"),
        (["-d", "vxlan"], "'vxlan' is no LAYER==NUMBER,PROTOCOL, as in udp.port==9999,vxlan"),
        (["--protocols", "nowhere.py"], "nowhere.py: No such file or directory"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(
    told: Program, files: tuple[str, str], options: list[str], sentence: str
) -> None:
    done = told("read", files[1], *options)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"dissect: {sentence}\n")


def test_a_file_that_raises_is_told_with_its_line(told: Program, files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("from dissect.declare import Header\n\nx = 1 / 0\n")
    done = told("read", files[1], "--protocols", str(tmp_path / "wrong.py"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"dissect: {tmp_path / 'wrong.py'}, line 3: ZeroDivisionError: division by zero\n"


def test_a_file_without_a_name_is_told_by_the_command(told: Program, files: tuple[str, str]) -> None:
    done = told("read", files[1], "--protocols")
    assert done.returncode == 2
    assert "argument --protocols: expected one argument" in done.stderr
