"""dissect read: what each option prints, and what a damaged file leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dissect
from dissect import Packet, write
from dissect.filters import libpcap
from tests.captures.blocks import enhanced, interface, option, section
from tests.commands.conftest import REPOSITORY, Outcome
from tests.conftest import SAMPLES

Run = Callable[..., Outcome]
Program = Callable[..., subprocess.CompletedProcess[bytes]]

LIST = """\
    1   0.000000 02:00:00:00:00:01 → ff:ff:ff:ff:ff:ff ARP 42 Who has 10.0.0.2? Tell 10.0.0.1
    2   0.250000     10.0.0.1 → 10.0.0.2     UDP 44 5 → 6 Len=2
    3   0.500000     10.0.0.2 → 10.0.0.1     UDP 44 6 → 5 Len=2
"""


@pytest.mark.parametrize("arguments", [["FILE"], ["-r", "FILE"], ["-n", "-t", "r", "FILE"], ["FILE", "-l"]])
def test_the_list(run: Run, capture: Path, arguments: list[str]) -> None:
    named = [str(capture) if argument == "FILE" else argument for argument in arguments]
    assert run("read", *named) == (0, LIST, "")


def test_nanoseconds_have_nine_decimals(run: Run, capture: Path) -> None:
    dissect.write(capture, list(dissect.read(capture)), nanosecond=True)
    first = [line.split()[1] for line in run("read", capture).output.splitlines()]
    assert first == ["0.000000000", "0.250000000", "0.500000000"]


def test_the_first_packets_alone(run: Run, capture: Path) -> None:
    assert run("read", capture, "-c", "2").output == "".join(LIST.splitlines(keepends=True)[:2])


def test_damage_comes_after_the_packets_before_it(run: Run, damaged: Path) -> None:
    status, output, errors = run("read", damaged)
    assert status == 2
    assert output == "".join(LIST.splitlines(keepends=True)[:2])
    assert errors.startswith(f"dissect: {damaged}: record 3 at byte ")
    assert errors.count("\n") == 1


def test_damage_behind_the_last_packet_that_was_asked_for_is_not_met(run: Run, damaged: Path) -> None:
    assert run("read", damaged, "-c", "2").status == 0


def test_details_bytes_and_list_together(run: Run, capture: Path) -> None:
    output = run("read", capture, "-c", "1", "-P", "-V", "-x").output
    lines = output.splitlines()
    assert lines[0] == LIST.splitlines()[0]
    assert "     0-41  Frame 1: 42 bytes on wire (336 bits), 42 bytes captured (336 bits)" in lines
    assert "0000  ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01   ................" in lines


def test_details_of_some_protocols(run: Run, capture: Path) -> None:
    blocks = run("read", capture, "-O", "udp").output.split("\n\n")
    lines = [line.strip().partition("  ")[2] for line in blocks[1].splitlines()]
    assert lines[0].startswith("Frame 2: ")
    assert lines[1].startswith("Ethernet II")
    assert lines[2].startswith("Internet Protocol Version 4")
    assert lines[3:5] == ["User Datagram Protocol, Src Port: 5, Dst Port: 6", "    Source Port: 5"]
    assert lines[-1].startswith("Data (2 bytes)")
    assert "did you mean 'udp'?" in run("read", capture, "-O", "upd").errors
    assert "no protocol is named" in run("read", capture, "-O", ",").errors
    assert run("read", capture, "-O", "ip", "-T", "json").errors == (
        "dissect: -O chooses details, and -T json has none: leave one of them out\n"
    )


def test_bytes_alone(run: Run, capture: Path) -> None:
    output = run("read", capture, "-x").output
    assert output.split("\n\n")[1].startswith(
        "0000  00 00 00 00 00 00 02 00 00 00 00 01 08 00 45 00   ..............E."
    )


def test_fields(run: Run, capture: Path) -> None:
    arguments = ["-T", "fields", "-e", "frame.time_relative", "-e", "ip.addr", "-e", "udp.port", "-E", "header=y"]
    assert run("read", capture, *arguments).output == (
        "frame.time_relative\tip.addr\tudp.port\n"
        "0.000000000\t\t\n"
        "0.250000000\t10.0.0.1,10.0.0.2\t5,6\n"
        "0.500000000\t10.0.0.2,10.0.0.1\t6,5\n"
    )


def test_a_byte_order_mark_comes_first(run: Run, capture: Path) -> None:
    output = run("read", capture, "-T", "fields", "-e", "ip.src", "-E", "bom=y", "-E", "header=y").output
    assert output.startswith("\ufeffip.src\n")


def test_json_is_a_list_whatever_happens(run: Run, capture: Path, damaged: Path, tmp_path: Path) -> None:
    numbers = [
        packet["_source"]["layers"]["frame"]["frame.number"]
        for packet in json.loads(run("read", capture, "-T", "json").output)
    ]
    assert numbers == ["1", "2", "3"]
    assert len(json.loads(run("read", damaged, "-T", "json").output)) == 2
    empty = tmp_path / "empty.pcap"
    empty.write_bytes(capture.read_bytes()[:24])
    assert run("read", empty, "-T", "json").output == "[]\n"


def test_json_of_chosen_fields(run: Run, capture: Path) -> None:
    read = json.loads(run("read", capture, "-T", "json", "-e", "udp.port", "-c", "2").output)
    assert [packet["_source"]["layers"] for packet in read] == [{}, {"udp.port": ["5", "6"]}]


def test_writing_keeps_every_byte(run: Run, capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    assert run("read", capture, "-w", out) == (0, "", "")
    assert out.read_bytes() == capture.read_bytes()


def test_writing_the_first_packets_and_listing_them(run: Run, capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    assert run("read", capture, "-w", out, "-c", "1", "-P").output == LIST.splitlines(keepends=True)[0]
    assert len(list(dissect.read(out))) == 1


def test_what_is_whole_of_a_damaged_file_is_written(run: Run, damaged: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    assert run("read", damaged, "-w", out).status == 2
    assert len(list(dissect.read(out))) == 2


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
def test_the_format_that_is_written_may_be_chosen(run: Run, capture: Path, tmp_path: Path, format: str) -> None:
    for name in ("out", "out.pcap", "out.pcapng"):
        assert run("read", capture, "-F", format, "-w", tmp_path / name) == (0, "", "")
        assert (tmp_path / name).read_bytes().startswith(b"\n\r\r\n") == (format == "pcapng")


def test_long_options_of_tshark(run: Run, capture: Path) -> None:
    long = run("read", "--read-file", capture, "--display-filter", "udp", "--autostop", "packets:2", "--print", "-x")
    assert long == run("read", "-r", capture, "-Y", "udp", "-a", "packets:2", "-P", "-x")
    assert long.status == 0


def test_a_capture_may_be_written_over_itself(run: Run, capture: Path) -> None:
    assert run("read", capture, "-w", capture, "-c", "2").status == 0
    assert len(list(dissect.read(capture))) == 2


def test_standard_input_to_standard_output(program: Program, capture: Path) -> None:
    done = program("read", "-", "-w", "-", stdin=capture.read_bytes())
    assert (done.returncode, done.stdout, done.stderr) == (0, capture.read_bytes(), b"")


def test_no_colour_in_a_pipe_unless_it_is_asked_for(program: Program, capture: Path) -> None:
    assert b"\x1b" not in program("read", capture, TERM="xterm-256color", FORCE_COLOR="1").stdout
    coloured = program("read", capture, "--color", TERM="xterm-256color", COLORTERM="truecolor").stdout
    assert coloured.startswith(b"\x1b[38;2;18;39;46;48;2;250;240;215m    1")


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_on_a_terminal_unless_no_color_is_set(capture: Path, no_color: str, coloured: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "dissect", "read", str(capture)],
        stdout=theirs, cwd=REPOSITORY, env=os.environ | {"TERM": "xterm-256color", "NO_COLOR": no_color},
    )  # fmt: skip
    os.close(theirs)
    output = b""
    try:
        while part := os.read(ours, 4096):
            output += part
    except OSError:
        # How Linux says that nobody holds the other end any more.
        pass
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 0
    assert b"Who has 10.0.0.2?" in output
    assert (b"\x1b[" in output) is coloured


def test_reading_starts_without_what_other_commands_need(program: Program, capture: Path) -> None:
    script = (
        "import sys; from dissect.commands.main import main; "
        f"status = main(['read', '-c1', {str(capture)!r}]); "
        "print([name for name in ('rich', 'lark', 'json', 'difflib', 'dissect.views.details', 'dissect.commands.repl')"
        " if name in sys.modules], status)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=REPOSITORY, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == b"[] 0"


def test_what_cannot_be_written_leaves_no_part_of_a_file(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.pcapng", tmp_path / "out.pcap"
    write(source, [Packet(b"a", time_ns=0), Packet(b"b", time_ns=0, link=101)])
    done = run("read", source, "-w", out)
    assert done.status == 2
    assert "a pcap file has one link type, so write it as pcapng" in done.errors
    assert not out.exists()
    assert run("read", source, "-w", tmp_path / "out.pcapng").status == 0


def test_the_time_of_each_interface_has_its_decimals(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.pcapng"
    resolutions = [option("little", 9, bytes([each])) for each in (9, 6, 3, 0)]
    content = section() + b"".join(interface(options=each) for each in resolutions)
    content += b"".join(enhanced(number=number, ticks=0) for number in range(4))
    source.write_bytes(content)
    done = run("read", source)
    assert [line.split()[1] for line in done.output.splitlines()] == ["0.000000000", "0.000000", "0.000", "0"]


def test_two_passes_know_later_packets(run: Run, tmp_path: Path) -> None:
    here = dissect.Ethernet() / dissect.IPv4(src="10.0.0.1", dst="10.0.0.2")
    back = dissect.Ethernet() / dissect.IPv4(src="10.0.0.2", dst="10.0.0.1")
    capture = tmp_path / "ping.pcap"
    write(capture, [here / dissect.EchoRequest(id=1, seq=1), back / dissect.EchoReply(id=1, seq=1)])
    columns = ("-T", "fields", "-e", "icmp.resp_in", "-e", "icmp.resp_to")
    assert run("read", capture, *columns).output == "\t\n\t1\n"
    assert run("read", capture, "-2", *columns).output == "2\t\n\t1\n"
    assert "(no response found!)" in run("read", capture, "-2", "-c", "1").output
    assert run("read", capture, "-2", "-Y", "icmp.resp_in == 2", *columns).output == "2\t\n"


def test_two_passes_report_damage_once(run: Run, damaged: Path) -> None:
    status, output, errors = run("read", "-2", damaged)
    assert (status, errors.count("\n")) == (2, 1)
    assert output == "".join(LIST.splitlines(keepends=True)[:2])


def test_two_passes_need_a_file(run: Run) -> None:
    status, _, errors = run("read", "-2", "-")
    assert status == 2
    assert errors == "dissect: two passes read the capture twice, and - can be read once: save it to a file first\n"


def test_a_filter_that_bytes_alone_rule_out_prints_nothing(run: Run, capture: Path, damaged: Path) -> None:
    assert run("read", capture, "-Y", "ip.ttl == 1 && udp.port == 53") == (0, "", "")
    assert run("read", capture, "-Y", "udp.srcport == 6").output == LIST.splitlines(keepends=True)[2]
    assert run("read", capture, "-Y", "udp.port == 53", "-T", "json").output == "[]\n"
    outcome = run("read", damaged, "-Y", "ip.ttl == 1 && udp.port == 53")
    assert (outcome.status, outcome.output) == (2, "")


def test_a_filter_on_what_comes_later_asks_for_a_second_pass(run: Run) -> None:
    ping = SAMPLES / "first_ping.pcap"
    numbers = ["-T", "fields", "-e", "frame.number"]
    hint = "dissect: icmp.resp_in is known only after a second pass: add -2\n"
    assert run("read", ping, "-Y", "icmp.resp_in", *numbers) == (0, "", hint)
    assert run("read", "-2", ping, "-Y", "icmp.resp_in", *numbers) == (0, "3\n5\n7\n", "")
    assert run("read", ping, "-Y", "icmp.resp_to", *numbers) == (0, "4\n6\n8\n", "")


def test_a_link_type_that_is_not_read_says_so_in_its_rows_and_once_beside_them(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.pcap", [bytes(40)] * 2, link="nflog")
    _, out, errors = run("read", tmp_path / "a.pcap")
    assert [line.rpartition("40 ")[2] for line in out.splitlines()] == ["[Frames of link type nflog are not read]"] * 2
    assert errors == "dissect: frames of link type nflog (Linux netfilter log) are not read, only counted and listed\n"
    assert run("read", tmp_path / "a.pcap", "-w", tmp_path / "b.pcap")[2] == ""


@pytest.mark.parametrize(
    "arguments",
    [["FILE", "udp.srcport", "==", "5"], ["-r", "FILE", "udp.srcport == 5"], ["FILE", "-n", "udp.srcport", "eq", "5"]],
)
def test_what_follows_the_capture_is_a_display_filter(run: Run, capture: Path, arguments: list[str]) -> None:
    named = [str(capture) if argument == "FILE" else argument for argument in arguments]
    assert run("read", *named).output == LIST.splitlines(keepends=True)[1]


def test_one_display_filter_is_taken(run: Run, capture: Path) -> None:
    assert "one is read at a time" in run("read", "-r", capture, capture).errors
    assert "two display filters" in run("read", "-r", capture, "arp", "-Y", "udp").errors


def test_nothing_is_listed_quietly_but_what_is_asked_for_is(run: Run, capture: Path) -> None:
    assert run("read", capture, "-q") == (0, "", "")
    assert run("read", capture, "-q", "-T", "fields", "-e", "frame.number").output == "1\n2\n3\n"
    assert run("read", capture, "-q", "-x").output == run("read", capture, "-x").output
    assert run("read", capture, "-q", "-P").output == LIST


def test_a_line_stands_behind_each_packets_details(run: Run, capture: Path) -> None:
    plain, parted = run("read", capture, "-V"), run("read", capture, "-V", "-S", "next")
    assert parted.output.split("\nnext\n") == [*plain.output.split("\n\n")[:3], ""]
    assert "add -V or -x" in run("read", capture, "-S", "next").errors


def test_reading_stops_when_it_is_told_to(run: Run, capture: Path) -> None:
    lines = LIST.splitlines(keepends=True)
    assert run("read", capture, "-a", "packets:2").output == "".join(lines[:2])
    assert run("read", capture, "-a", "duration:0.25").output == "".join(lines[:2])
    assert run("read", capture, "-a", "duration:0.2", "-a", "packets:3", "-2").output == lines[0]
    for wrong, said in (("files:2", "dissect write"), ("often", "packets:N"), ("duration:x", "x"), ("packets:0", "0")):
        status, _, errors = run("read", capture, "-a", wrong)
        assert status == 2
        assert said in errors


def test_a_read_filter_keeps_packets_as_if_there_were_no_others(run: Run, tmp_path: Path) -> None:
    sample = SAMPLES / "first_ping.pcap"
    found = run("read", sample, "-2", "-R", "icmp", "-T", "fields", "-e", "frame.number", "-e", "icmp.resp_in")
    assert found.output == "1\t2\n2\t\n3\t4\n4\t\n5\t6\n6\t\n"
    listed = run("read", sample, "-2", "-R", "icmp").output.splitlines()
    assert listed[1].startswith("    2   0.000083 ")
    some = tmp_path / "some.pcap"
    run("read", sample, "-2", "-R", "icmp.seq == 2", "-Y", "icmp.type == 0", "-w", some)
    assert [packet.get("icmp.seq") for packet in dissect.read(some)] == [[2]]
    assert run("read", sample, "-2", "-R", "icmp", "-c", "1").output.count("\n") == 1
    assert "add -2" in run("read", sample, "-R", "icmp").errors


def layers_of(output: str) -> list[dict[str, object]]:
    return [packet["_source"]["layers"] for packet in json.loads(output)]


def test_layers_of_json_are_chosen(run: Run, capture: Path) -> None:
    chosen = layers_of(run("read", capture, "-T", "json", "-j", "ip ip.flags").output)[1]
    whole = layers_of(run("read", capture, "-T", "json", "-J", "ip").output)[1]
    everything = layers_of(run("read", capture, "-T", "json").output)[1]
    assert list(chosen) == list(whole) == list(everything)
    assert chosen["udp"] == whole["udp"] == {"filtered": "udp"}
    assert whole["ip"] == everything["ip"]
    header = everything["ip"] | {"ip.dsfield_tree": {"filtered": "ip.dsfield"}}  # type: ignore[operator]
    assert chosen["ip"] == header
    assert "no protocol 'quake' is read" in run("read", capture, "-T", "json", "-j", "quake.id").errors
    assert "leave one of them out" in run("read", capture, "-T", "json", "-j", "ip", "-J", "ip").errors
    assert "add -T json" in run("read", capture, "-j", "ip").errors


def test_keys_that_come_again_are_merged(run: Run, capture: Path) -> None:
    layers = layers_of(run("read", capture, "-T", "json", "--no-duplicate-keys").output)[1]
    assert layers["ip"]["ip.addr"] == ["10.0.0.1", "10.0.0.2"]  # type: ignore[index]
    assert layers["ip"]["ip.src"] == "10.0.0.1"  # type: ignore[index]


def test_json_of_bytes_alone(run: Run, capture: Path) -> None:
    def bare(value: object) -> object:
        if isinstance(value, dict):
            return {key: bare(part) for key, part in value.items() if not isinstance(part, str)}
        return value

    raw = layers_of(run("read", capture, "-T", "jsonraw").output)
    assert raw == [bare(layers) for layers in layers_of(run("read", capture, "-T", "json", "-x").output)]
    assert raw[1]["ip_raw"][1:3] == [14, 20]  # type: ignore[index]


def test_tabs_stand_between_columns(run: Run, capture: Path) -> None:
    first = run("read", capture, "-T", "tabs").output.splitlines()[0]
    assert first.split("\t") == [
        "    1", "  0.000000", "02:00:00:00:00:01", "→", "ff:ff:ff:ff:ff:ff", "ARP", "42",
        "Who has 10.0.0.2? Tell 10.0.0.1",
    ]  # fmt: skip


def test_the_list_as_xml(run: Run, capture: Path) -> None:
    output = run("read", capture, "-T", "psml").output
    assert output.startswith("<?xml")
    assert output.count("<packet>") == 3
    assert output.endswith("</psml>\n")


@pytest.mark.parametrize(
    ("preference", "said"),
    [
        ("ip.check_checksums:TRUE", "did you mean ip.check_checksum?"),
        ("tpc.check_checksum:TRUE", "did you mean tcp.check_checksum?"),
        ("gui.column.format:x", "they are ip.check_checksum, tcp.check_checksum, udp.check_checksum"),
        ("ip.check_checksum", "expected -o ip.check_checksum:TRUE"),
    ],
)
def test_a_preference_that_is_none_leads_to_the_nearest(run: Run, capture: Path, preference: str, said: str) -> None:
    status, output, errors = run("read", capture, "-o", preference)
    assert (status, output) == (2, "")
    assert said in errors


def test_a_statistic_comes_behind_the_list_and_counts_what_a_filter_leaves_out(run: Run, capture: Path) -> None:
    output = run("read", capture, "-Y", "arp", "-z", "io,phs").output
    assert output.startswith(LIST.splitlines()[0] + "\n\n=====")
    assert "    udp                                  frames:2 bytes:88\n" in output


def test_the_statistic_that_was_asked_for_last_comes_first(run: Run, capture: Path) -> None:
    output = run("read", capture, "-q", "-z", "io,phs,arp", "-z", "io,phs,udp").output
    assert [line for line in output.splitlines() if line.startswith("Filter")] == ["Filter: udp", "Filter: arp"]


def test_what_is_whole_of_a_damaged_capture_is_counted(run: Run, damaged: Path) -> None:
    status, output, _ = run("read", damaged, "-q", "-z", "io,phs")
    assert (status, "eth                                      frames:2 bytes:86\n" in output) == (2, True)


needs_libpcap = pytest.mark.skipif(
    not libpcap.is_installed(), reason="libpcap is not installed: 'apt-get install libpcap0.8'."
)
NUMBERS = ("-T", "fields", "-e", "frame.number")


@needs_libpcap
@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), [3, 4, 5, 6, 7, 8]),
        (("-Y", "icmp.type == 0"), [4, 6, 8]),
        (("-Y", "frame.number > 4", "-c", "4"), [5, 6]),
        (("-2", "-Y", "icmp.resp_in"), [3, 5, 7]),
        (("-2", "-R", "icmp.type == 8"), [1, 2, 3]),
        (("-q", "-z", "io,phs"), []),
    ],
)
def test_a_capture_filter_is_asked_first(run: Run, options: tuple[str, ...], numbers: list[int]) -> None:
    """Numbers are those of the file, and nothing else knows of what was left out."""
    outcome = run("read", SAMPLES / "first_ping.pcap", "-f", "icmp", *options, *(() if "-q" in options else NUMBERS))
    if numbers:
        assert outcome.output.split() == [str(number) for number in numbers]
    else:
        assert "arp" not in outcome.output
        assert "icmp" in outcome.output


@needs_libpcap
def test_a_capture_filter_chooses_for_a_file_too(run: Run, tmp_path: Path) -> None:
    run("read", SAMPLES / "first_ping.pcap", "-f", "arp", "-w", tmp_path / "a.pcap")
    assert run("read", tmp_path / "a.pcap", *NUMBERS).output.split() == ["1", "2"]


@needs_libpcap
@pytest.mark.parametrize("text", ["tcp port", "inbound", "tcp.port == 80", "ip6 and tcp[13] = 2"])
def test_a_capture_filter_that_is_refused_is_one_sentence(run: Run, text: str) -> None:
    outcome = run("read", SAMPLES / "first_ping.pcap", "-f", text)
    assert (outcome.status, outcome.output) == (2, "")
    assert outcome.errors.startswith(f"dissect: the capture filter {text!r} cannot be used: ")
    assert outcome.errors.count("\n") == 1
