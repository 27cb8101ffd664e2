"""Reading scripts: times, options, commands, and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.errors import ScenarioError
from dissect.lab.drill.reader import load_script, read_script
from dissect.lab.drill.script import Call, Code, Commands, Origin, Packet


def test_times_have_origins_ranges_and_ends() -> None:
    script = read_script(
        """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +.01...0.2 connect(3, ..., ...) = 0
        +.1~+.25 > S 0:0(0) <...>
        1.5~2 > . 1:1(0) ack 1
        * > . 1:1(0) ack 1"""
    )
    first, blocking, relative, absolute, any_time = (event.when for event in script.events)
    assert (first.origin, first.first_ns) == (Origin.START, 0)
    assert (blocking.origin, blocking.first_ns, blocking.ends_ns) == (Origin.BEFORE, 10_000_000, 200_000_000)
    assert (relative.origin, relative.first_ns, relative.last_ns) == (Origin.BEFORE, 100_000_000, 250_000_000)
    assert (absolute.origin, absolute.first_ns, absolute.last_ns) == (Origin.START, 1_500_000_000, 2_000_000_000)
    assert any_time.origin is Origin.ANY


def test_options_commands_code_and_comments() -> None:
    script = read_script(
        """// a comment
        --tolerance_usecs=10000
        --ip_version=ipv4
        `../common/defaults.sh
        sysctl -q net.ipv4.tcp_sack=0; ip link`
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3 /* over
        lines */
        +0 < S 0:0(0) win 100
        +0 %{ assert tcpi_snd_cwnd == 10 }%
        +0 `sysctl a=1 \\
            b=2`"""
    )
    assert script.options == {"tolerance_usecs": "10000", "ip_version": "ipv4"}
    assert script.setup.lines == ("../common/defaults.sh", "sysctl -q net.ipv4.tcp_sack=0", "ip link")
    assert [type(event.what) for event in script.events] == [Call, Packet, Code, Commands]
    assert [event.line for event in script.events] == [6, 8, 9, 10]
    commands = script.events[3].what
    assert isinstance(commands, Commands)
    assert [line.split() for line in commands.lines] == [["sysctl", "a=1", "b=2"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("+.1 close(3) = 0", "script:1: expected the first event at time 0"),
        ("0 close(3)", "expected '=' and what the call returns"),
        ("0 < S 0:10(0) win 5", "0:10 are 10 bytes, expected 0"),
        ("0 < S 0:0(0)", "expected 'win' and the window"),
        ("0 > Q 0:0(0)", "expected the flags of a segment, udp or icmp"),
        ("0 > . 1:1(0) ack 1 <nonsense 5>", "expected a TCP option"),
        ("0 close(3) = -1 ENONSENSE", "ENONSENSE is the name of no error"),
        ("0 socket(..., SOCK_NONSENSE, 0) = 3", "SOCK_NONSENSE is no constant"),
        ("0 close(3) = 0\n+.5~+.1 > . 1:1(0)", "script:2: expected a time that does not end before it begins"),
        ("0 > ipv4 a > b: . 1:1(0)", "packets in tunnels are not understood"),
        ("0 close(3) = 0\n+nothing", "script:2: expected the time of an event"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_script(text)
    assert told in str(caught.value)


def test_words_are_replaced_and_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "one.pkt"
    path.write_text("0 close(FD) = -1 EBADF")
    script = load_script(path, {"FD": "7"})
    call = script.events[0].what
    assert isinstance(call, Call)
    assert call.arguments == (7,)
    with pytest.raises(ScenarioError, match=r"missing\.pkt: it cannot be read"):
        load_script(tmp_path / "missing.pkt")
