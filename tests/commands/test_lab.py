"""dissect lab: what it prints, what it writes, and what it says of a file that is wrong."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import dissect
from dissect import ARP, Ethernet
from dissect.lab.scenario import scenario_names, scenario_text
from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]
Program = Callable[..., "subprocess.CompletedProcess[bytes]"]

LOOP = """
[hosts.a]
ip = "10.0.0.1/24"
[hubs.g]
[hubs.h]
[[links]]
between = ["a", "g"]
[[links]]
between = ["g", "h"]
delay = "1 us"
[[links]]
between = ["h", "g"]
delay = "1 us"
[[programs]]
on = "a"
run = "ping"
target = "10.0.0.2"
"""


def test_the_scenarios_are_listed_with_their_titles(run: Run) -> None:
    status, output, _ = run("lab", "--list")
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == scenario_names()
    assert "first_ping         First ping across a switch\n" in output


def test_a_scenario_is_told_as_a_ladder_with_what_its_programs_print_and_tables(run: Run) -> None:
    status, output, errors = run("lab", "first_ping")
    assert (status, errors) == (0, "")
    for part in (
        "First ping across a switch\n\nA knows b's",
        "a           s           b           c\n",
        "│──────────▶│           │           │       ARP 60 Who has 192.168.0.2? Tell 192.168.0.55\n",
        "•",
        "\na$ 64 bytes from 192.168.0.2: icmp_seq=1 ttl=64 time=0.106 ms\n",
        "\na: arp -a\n  ? (192.168.0.2) at 00:05:5d:a1:b8:40 [ether] on eth0\n",
    ):
        assert part in output


def test_a_list_or_nothing_instead(run: Run) -> None:
    assert " a → s:1  ARP 60 Who has" in run("lab", "first_ping", "--show", "list").output
    assert run("lab", "first_ping", "--show", "none").output == ""


def test_a_capture_is_written_at_the_scenarios_places_or_others(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    assert run("lab", "first_ping", "-w", out).status == 0
    packets = list(dissect.read(out))
    assert [packet.interface_name for packet in packets[:3]] == ["a", "c", "a"]
    assert run("lab", "first_ping", "--at", "c", "-w", out).status == 0
    (packet,) = dissect.read(out)
    assert (packet[Ethernet].dst, ARP in packet) == ("ff:ff:ff:ff:ff:ff", True)


def test_the_capture_alone_goes_to_standard_output(program: Program) -> None:
    done = program("lab", "notes_arp", "-w", "-")
    assert done.returncode == 0
    assert [ARP in packet for packet in dissect.read(io.BytesIO(done.stdout))] == [True, True, False, False]


def test_places_are_listed_and_a_wrong_one_is_said_at_once(run: Run) -> None:
    assert run("lab", "notes_arp", "--places").output.splitlines() == ["a-b", "a", "b"]
    outcome = run("lab", "notes_arp", "--at", "c")
    assert outcome == (2, "", "dissect: 'c' is no link and no port, expected one of a-b, a, b\n")


def test_the_file_is_printed_to_begin_with(run: Run, tmp_path: Path) -> None:
    assert run("lab", "first_ping", "--toml").output == scenario_text("first_ping")


def test_the_keys_are_told(run: Run) -> None:
    output = run("lab", "--keys").output
    assert "\n[hosts.NAME]\n  ip                   its address with mask" in output
    assert '\n[[programs]]  run = "ping"\n  run                  which program\n' in output
    assert {line.split()[0] for line in output.splitlines() if line.startswith("  ")} > {"delay", "proxy_arp", "probes"}


def test_a_network_that_does_not_come_to_rest_is_stopped_and_shown(run: Run, tmp_path: Path) -> None:
    own, out = tmp_path / "loop.toml", tmp_path / "loop.pcap"
    own.write_text(LOOP)
    status, output, errors = run("lab", own, "--frames", 50, "-w", out)
    assert status == 2
    assert "dissect: the network does not come to rest: 5" in errors
    assert output.count("Who has 10.0.0.2?") > 50
    assert len(list(dissect.read(out))) > 50


def test_it_stops_at_a_time(run: Run) -> None:
    assert "icmp_seq=2" not in run("lab", "first_ping", "--until", "0.5 s").output
    outcome = run("lab", "first_ping", "--until", "soon")
    assert outcome.status == 2
    assert "'soon' is no time: expected a time as" in outcome.errors


def test_a_wrong_file_is_told_in_one_sentence(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[hosts.a]\nip = "10.0.0.1"\n')
    status, output, errors = run("lab", own)
    assert (status, output) == (2, "")
    assert errors.startswith(f"dissect: {own}: hosts.a: interface eth0's address is '10.0.0.1', expected")
    assert errors.count("\n") == 1
    assert run("lab").errors == (
        "dissect: no scenario is named, expected a TOML file or a name that 'dissect lab --list' gives\n"
    )


def test_a_seed_from_the_command_line(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[hosts.a]\nip = "10.0.0.1/24"\n[hosts.b]\nip = "10.0.0.2/24"\n[[links]]\nbetween = ["a", "b"]\nloss = 0.5\n'
        '[[programs]]\non = "a"\nrun = "ping"\ntarget = "10.0.0.2"\ncount = 20\n'
    )
    outputs = {run("lab", own, "--seed", seed).output for seed in (1, 1, 2)}
    assert len(outputs) == 2
