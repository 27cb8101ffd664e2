"""Running time lines: what passes, and how a failure is told."""

from __future__ import annotations

import pytest

from dissect.lab.drill.reader import read_script
from dissect.lab.drill.simulated import SimulatedSide
from dissect.lab.drill.timeline import Outcome, run_script
from dissect.protocols.tcp import TCP

OPEN = """`../common/defaults.sh`
    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
   +0 bind(3, ..., ...) = 0
   +0 listen(3, 1) = 0
   +0 < S 0:0(0) win 32768 <mss 1000>
   +0 > S. 0:0(0) ack 1 <mss 1460>
  +.1 < . 1:1(0) ack 1 win 32768
   +0 accept(3, ..., ...) = 4
"""


def run(text: str) -> Outcome:
    return run_script(read_script(text, "a.pkt"), SimulatedSide())


def failure(text: str) -> str:
    found = run(OPEN + text).failure
    assert found is not None, "it passes"
    return str(found)


def test_a_script_that_holds() -> None:
    outcome = run(OPEN + "+0 write(4, ..., 10) = 10\n +0 > P. 1:11(10) ack 1")
    assert outcome.passed
    assert [str(packet.frame[TCP].flags) for packet in outcome.packets] == ["S", "SA", "A", "PA"]
    assert [packet.number for packet in outcome.packets] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "+0 write(4, ..., 10) = 9",
            "9: +0 write(4, ..., 10) = 9\n  the call did something else\n  return value: expected 9, found 10",
        ),
        ("+0 read(4, ..., 10) = 0", "the call blocks, and should return at once"),
        ("+0...0.1 read(4, ..., 10) = 5", "read(), still blocks at"),
        ("+0 > . 1:1(0) ack 1", "nothing was sent until 0.104000 s"),
        (
            "+0 write(4, ..., 10) = 10\n+.1 > P. 1:11(10) ack 1",
            "time: expected 0.187500 to 0.212500 s, found 0.100000 s",
        ),
        ("+0 write(4, ..., 10) = 10\n+0 > . 1:11(10) ack 1", "flags: expected ., found P."),
        ("+0 write(4, ..., 1500) = 1500\n+0 > P. 1:2001(2000) ack 1", "nothing was sent until 0.104000 s"),
        ("+0 %{ assert tcpi_state == TCP_CLOSE }%", "tcpi_state == TCP_CLOSE does not hold"),
        ("+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [1], [4]) = 0", "argument 4: expected [1], found [0]"),
        ("+0 fork() = 0", "there is no call fork on a simulated host"),
        ("+0 write(4, ..., 10) = 10\n+0 > udp (10)", "expected a UDP datagram"),
    ],
)
def test_a_failure_says_what_was_expected_and_what_came(text: str, told: str) -> None:
    assert told in failure(text)


def test_the_rest_of_the_packets_is_kept_for_whoever_looks() -> None:
    outcome = run(OPEN + "+0 write(4, ..., 10) = 10\n+0 write(4, ..., 10) = 11")
    assert not outcome.passed
    assert len(outcome.packets) == 4


def test_tolerances_are_the_scripts_or_the_callers() -> None:
    late = OPEN + "+0 write(4, ..., 10) = 10\n+.02 > P. 1:11(10) ack 1"
    assert not run(late).passed
    assert run("--tolerance_usecs=30000\n" + late).passed
    assert run_script(read_script(late), SimulatedSide(), tolerance_ns=30_000_000).passed


def test_a_call_may_block_while_the_time_line_goes_on() -> None:
    assert run(OPEN + "+0...0.05 read(4, ..., 10) = 10\n+.05 < P. 1:11(10) ack 1 win 5\n+0 > . 1:1(0) ack 11").passed
    late = "+0...0.05 read(4, ..., 10) = 10\n+.09 < P. 1:11(10) ack 1 win 5\n+0 > . 1:1(0) ack 11"
    assert "read(), returned at another time\n  time: expected 0.150000 s, found 0.190000 s" in failure(late)


def test_the_same_script_gives_the_same_packets() -> None:
    text = OPEN + "+0 write(4, ..., 5000) = 5000\n+0 > P. 1:5001(5000) ack 1"
    one, other = run(text), run(text)
    assert [(packet.time_ns, packet.data) for packet in one.packets] == [
        (packet.time_ns, packet.data) for packet in other.packets
    ]
