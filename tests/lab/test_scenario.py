"""Scenario files: the shipped ones as golden captures that tshark reads, and one sentence for every mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import ARP, DHCP, DNS, TCP, VLAN, EchoReply, EchoRequest, Ethernet, IPv4, ServiceTag, alarms, parse, read
from dissect.commands.main import main
from dissect.errors import RestlessNetworkError, ScenarioError
from dissect.lab.host import Host
from dissect.lab.ping import Ping
from dissect.lab.scenario import (
    TABLES,
    Scenario,
    _Reader,
    load_scenario,
    read_scenario,
    scenario_names,
    scenario_text,
)
from dissect.lab.scenario_keys import HOST, INTERFACE, LINK, ROUTER, TOP
from dissect.lab.scenario_programs import PROGRAM, PROGRAMS
from dissect.lab.scenario_switches import SWITCH, SWITCH_PORT
from dissect.lab.scenario_values import Key
from dissect.protocols.vlan import VLANTag
from tests.oracle.tshark import Tshark

GOLDENS = Path(__file__).with_name("goldens")
SAMPLES = Path(__file__).parents[2] / "capture_samples"

# What tshark remarks on a scenario, and the scenario means; on the others it has nothing to say.
OPENED = {
    "Connection establish request (SYN): server port 8000",
    "Connection establish acknowledge (SYN+ACK): server port 8000",
}
CLOSED = {
    "Connection finish (FIN)",
    "This frame initiates the connection closing",
    "This frame undergoes the connection closing",
}
MEANT = {
    # A probe of a window of 0 that carries no byte looks like a keep-alive.
    "deadlock": OPENED
    | {
        "TCP window specified by the receiver is now completely full",
        "TCP Zero Window segment",
        "TCP keep-alive segment",
    },
    "first_web_request": CLOSED
    | {f"Connection establish {what}: server port 80" for what in ("request (SYN)", "acknowledge (SYN+ACK)")}
    | {r"GET / HTTP/1.1\r\n", r"HTTP/1.1 200 OK\r\n"},
    "keep_alive": OPENED | {"TCP keep-alive segment", "ACK to a TCP keep-alive segment", "Connection reset (RST)"},
    "lost_segment": OPENED
    | CLOSED
    | {f"Duplicate ACK (#{number})" for number in range(1, 7)}
    | {"This frame is a (suspected) retransmission", "This frame is a (suspected) fast retransmission"}
    # The window grows again with the acknowledgment that is the first duplicate one: tshark takes it for an update.
    | {"TCP window update"},
    # The inside of the router sees one port, its outside two.
    "nat_at_home": CLOSED
    | {
        f"Connection establish {what}: server port {port}"
        for what, port in [
            *[("request (SYN)", port) for port in (7000, 7001, 7002)],
            *[("acknowledge (SYN+ACK)", port) for port in (7000, 7001)],
        ]
    }
    | {"Connection reset (RST)"},
    "blind_reset": OPENED
    | {"Connection reset (RST)", "Duplicate ACK (#1)", "This frame is a (suspected) retransmission"},
    "dns_spoofing": {f"DNS response retransmission. Original response in frame {number}" for number in (20, 36)},
    "man_in_the_middle": OPENED | CLOSED | {"Duplicate IP address configured (10.0.0.1)"},
    "port_scan": CLOSED
    | {f"Connection establish request (SYN): server port {port}" for port in range(1, 31)}
    | {f"Connection establish acknowledge (SYN+ACK): server port {port}" for port in (7, 22)}
    | {"Connection reset (RST)"},
    "seen_reset": OPENED | {"Connection reset (RST)"},
    "simultaneous_close": OPENED | CLOSED,
    "stale_syn": OPENED
    | CLOSED
    | {
        "A new tcp session is started with the same ports as an earlier session in this trace",
        "Connection reset (RST)",
    },
    "syn_cookies": OPENED | CLOSED | {"This frame is a (suspected) retransmission"},
    "syn_flood": OPENED | CLOSED | {"This frame is a (suspected) retransmission"},
    "teardown_four": OPENED | CLOSED,
    "teardown_three": OPENED | CLOSED,
    "ten_segments": OPENED | CLOSED,
    "zero_window": OPENED
    | CLOSED
    | {
        "TCP window specified by the receiver is now completely full",
        "TCP Zero Window segment",
        "TCP Zero Window Probe",
        "ACK to a TCP Zero Window Probe",
        "TCP window update",
    },
    "arp_spoofing": {"Duplicate IP address configured (192.168.0.1)"},
    "notes_arp": {"Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros."},
    # The ninth datagram goes to a port beyond those that tshark takes for a traceroute's.
    "traceroute": {f'"Time To Live" only {ttl}' for ttl in (1, 2, 3)}
    | {f"Possible traceroute: hop #{n // 3 + 1}, attempt #{n % 3 + 1}" for n in range(8)},
}


def ran(name: str) -> Scenario:
    scenario = load_scenario(name)
    scenario.run()
    return scenario


def pings(scenario: Scenario) -> list[Ping]:
    return [
        program
        for device in scenario.network.devices
        for program in getattr(device, "programs", [])
        if isinstance(program, Ping)
    ]


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_is_its_golden_capture_byte_for_byte(name: str, tmp_path: Path) -> None:
    scenario = ran(name)
    scenario.network.recording.write(tmp_path / "out.pcapng", scenario.captures)
    assert (tmp_path / "out.pcapng").read_bytes() == (GOLDENS / f"{name}.pcapng").read_bytes()


def test_every_golden_has_its_scenario() -> None:
    assert sorted(path.stem for path in GOLDENS.glob("*.pcapng")) == scenario_names()


@pytest.mark.parametrize("name", scenario_names())
def test_tshark_lists_the_golden_and_remarks_nothing_that_the_scenario_does_not_mean(name: str, tshark: Tshark) -> None:
    output = tshark.ask(GOLDENS / f"{name}.pcapng", "-z", "expert").output
    listed, _, remarked = output.partition("\n\n")
    assert listed.splitlines() == (GOLDENS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    # Frequency, group, protocol and summary, in columns.
    remarks = {match[1] for match in re.finditer(r"^ +\d+ +\S+ +\S+  (.*)$", remarked, re.MULTILINE)}
    assert remarks == MEANT.get(name, set())


@pytest.mark.parametrize("name", scenario_names())
def test_the_golden_is_listed_here_as_tshark_lists_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(GOLDENS / f"{name}.pcapng")]) == 0
    assert capsys.readouterr().out == (GOLDENS / f"{name}.txt").read_text(encoding="utf-8")


def test_the_notes_exchange_comes_out_byte_for_byte() -> None:
    packets = ran("notes_arp").network.recording.packets()
    assert [packet.data for packet in packets[:2]] == [packet.data for packet in read(SAMPLES / "notes_arp.pcap")]


def test_across_two_routers_the_mac_addresses_change_and_the_ip_addresses_do_not() -> None:
    packets = ran("two_routers").network.recording.packets()
    requests = [packet for packet in packets if EchoRequest in packet and packet[EchoRequest].seq == 2]
    assert [packet[IPv4].ttl for packet in requests] == [64, 63, 62]
    assert {(packet[IPv4].src, packet[IPv4].dst) for packet in requests} == {("192.168.1.10", "192.168.2.10")}
    ways = [(packet[Ethernet].src, packet[Ethernet].dst) for packet in requests]
    assert len({address for way in ways for address in way}) == 6


def test_on_a_hub_a_third_host_sees_everything_and_on_a_switch_the_question() -> None:
    recording = ran("hub_and_switch").network.recording
    assert [EchoReply in packet for packet in recording.packets(["c"])] == [False, False, False, True]
    (seen,) = recording.packets(["f"])
    assert seen[Ethernet].dst == "ff:ff:ff:ff:ff:ff"


def test_a_forgotten_neighbour_is_asked_for_again() -> None:
    packets = ran("arp_expiry").network.recording.packets()
    asked = [(packet.time_ns or 0) // 60_000_000_000 for packet in packets if ARP in packet and packet[ARP].opcode == 1]
    assert asked == [0, 60]


def test_the_spoofed_reply_leads_the_victim_astray() -> None:
    scenario = ran("arp_spoofing")
    requests = [packet for packet in scenario.network.recording.packets(["victim"]) if EchoRequest in packet]
    assert [packet[Ethernet].dst for packet in requests] == ["02:00:00:00:00:02", "02:00:00:00:00:66"]
    assert [ping.received for ping in pings(scenario)] == [1, 1]


def test_every_ping_is_answered_but_those_that_may_not_be_fragmented_or_have_no_address() -> None:
    lost = {
        name: [ping.transmitted - ping.received for ping in pings(ran(name)) if ping.received != ping.transmitted]
        for name in scenario_names()
    }
    assert {name: counts for name, counts in lost.items() if counts} == {
        "duplicate_address": [1],
        "not_fragmented": [2],
        "vlans": [1],
    }


def test_tables_are_shown_as_asked() -> None:
    scenario = ran("first_ping")
    assert [title for title, _ in scenario.tables()] == ["a: arp -a", "b: arp -a", "s: its table"]
    assert scenario.tables()[0][1] == "? (192.168.0.2) at 00:05:5d:a1:b8:40 [ether] on eth0"
    assert TABLES == ("arp", "nat", "route", "switch", "tcp", "tree")


def test_two_hosts_share_an_address_and_the_table_tells_by_which_ports() -> None:
    scenario = ran("nat_at_home")
    ((title, table),) = scenario.tables()
    assert title == "r: conntrack -L"
    lines = table.splitlines()
    assert [line.split()[3] for line in lines] == ["TIME_WAIT"] * 4
    assert "sport=5000 dport=7000 src=198.51.100.9 dst=203.0.113.5 sport=7000 dport=5000 [ASSURED]" in lines[0]
    assert "src=192.168.1.3 dst=198.51.100.9 sport=5000" in lines[1]
    assert "dport=5000" not in lines[1], "the second host got another port"
    assert "src=192.168.1.2 dst=192.168.1.1" in lines[3], "the hairpin has both ends changed"


def segments(name: str) -> list[tuple[float, str, TCP]]:
    """When, from where and what: the segments of a scenario, as they went over its first link."""
    recording = ran(name).network.recording
    packets = recording.packets(recording.places()[:1])
    return [((packet.time_ns or 0) / 1e9, str(packet[IPv4].src), packet[TCP]) for packet in packets if TCP in packet]


def flags(name: str) -> list[str]:
    return [str(segment.flags) for _, _, segment in segments(name)]


def test_the_ten_segments_are_those_of_the_notes() -> None:
    ours = [segment for _, _, segment in segments("ten_segments")]
    theirs = [packet[TCP] for packet in read(SAMPLES / "notes_tcp.pcap")]

    def header(segment: TCP) -> bytes:
        """The header, but for the window, of which the notes say nothing, and the checksum."""
        return bytes(segment.replace(window=0, checksum=0))[: 4 * segment.data_offset]

    assert [header(segment) for segment in ours] == [header(segment) for segment in theirs]
    assert [segment.segment_length for segment in ours] == [segment.segment_length for segment in theirs]


def test_four_segments_or_three_or_two_at_once_close() -> None:
    assert flags("teardown_four")[-4:] == ["FA", "A", "FA", "A"]
    assert flags("teardown_three")[-3:] == ["FA", "FA", "A"]
    closing = segments("simultaneous_close")[-4:]
    assert [str(segment.flags) for _, _, segment in closing] == ["FA", "FA", "A", "A"]
    assert closing[1][0] - closing[0][0] < 0.1
    states = [event.text.rpartition(" ")[2] for event in ran("simultaneous_close").network.events()]
    assert states.count("CLOSING") == states.count("TIME_WAIT") == 2


def test_what_is_lost_goes_again_once() -> None:
    sent = [segment.seq for _, src, segment in segments("lost_segment") if src == "10.0.0.1" and segment.segment_length]
    (again,) = {number for number in sent if sent.count(number) > 1}
    assert sent.count(again) == 2
    (lost,) = [passage for passage in ran("lost_segment").network.recording.passages if not passage.arrivals]
    assert parse(lost.frame)[TCP].seq == again


def test_a_full_receiver_is_probed_until_it_reads() -> None:
    found = segments("zero_window")
    closed = [time for time, src, segment in found if src == "10.0.0.2" and segment.window == 0]
    probes = [time for time, src, segment in found if src == "10.0.0.1" and segment.segment_length == 1]
    assert len(closed) == len(probes) + 1
    gaps = [round(later - former, 1) for former, later in pairwise(probes)]
    assert gaps == [0.4, 0.8, 1.6]


def test_both_sides_full_wait_for_each_other() -> None:
    scenario = ran("deadlock")
    for name in ("client", "server"):
        device = scenario.network.device(name)
        assert isinstance(device, Host)
        (connection,) = device.tcp.connections
        sender = connection.endpoint.block.sender
        assert (sender.window, sender.room, connection.endpoint.readable) == (0, 0, 3000)


def test_a_silent_server_is_asked_ten_times() -> None:
    asked = [time for time, _, segment in segments("keep_alive") if time > 4 * 3600 - 60 and str(segment.flags) == "A"]
    assert [round(later - former) for former, later in pairwise(asked)] == [75] * 9
    assert flags("keep_alive")[-1] == "RA"


def test_a_flood_keeps_the_client_out_and_cookies_let_it_in() -> None:
    for name, answered_after in (("syn_flood", 3.0), ("syn_cookies", 0.1)):
        found = segments(name)
        asked = min(time for time, src, segment in found if src == "10.0.0.1" and segment.syn)
        answered = min(time for time, src, segment in found if src == "10.0.0.2" and segment.syn and segment.ack_flag)
        assert answered - asked == pytest.approx(answered_after, abs=0.1)
        assert "FA" in flags(name)


def test_a_vlan_ends_where_its_frames_end() -> None:
    scenario = ran("vlans")
    assert [(ping.target, ping.received) for ping in pings(scenario)] == [
        ("10.0.0.2", 1), ("10.0.0.3", 0), ("10.0.0.4", 1)
    ]  # fmt: skip
    assert {packet[VLAN].id for packet in scenario.network.recording.packets(["s1-s2"])} == {10, 20}


def heard(text: str) -> list[str]:
    """What the victim of a scenario printed."""
    scenario = read_scenario(text)
    scenario.run()
    victim = scenario.network.device("victim")
    assert isinstance(victim, Host)
    return [line for program in victim.programs for line in program.lines if "bytes from" in line]


def test_two_tags_hop_unless_somebody_sees_to_it() -> None:
    text = scenario_text("vlan_hopping")
    assert heard(text) == ["23 bytes from 10.0.0.66:40000"]
    assert heard(text.replace("native = 1", "native = 99")) == []
    assert heard(text.replace("native = 1", "native = 1, tags_native = true")) == []
    assert heard(text.replace("{ vlan = 1 }", '{ vlan = 1, accepts = "untagged" }')) == []


def test_a_customer_gets_its_tags_back() -> None:
    recording = ran("qinq").network.recording
    for place, tags in (("c1-p1", [10]), ("p1-p2", [100, 10]), ("p2-c2", [10])):
        for packet in recording.packets([place]):
            assert [layer.id for layer in packet.layers() if isinstance(layer, VLANTag)] == tags
    assert all(packet[ServiceTag].id == 100 for packet in recording.packets(["p1-p2"]))


def test_a_circle_of_switches_comes_to_rest_and_a_cut_cable_is_gone_round() -> None:
    scenario = ran("spanning_tree")
    assert [ping.received for ping in pings(scenario)] == [1, 1]
    echoes = [packet for packet in scenario.network.recording.packets(["s2-s3"]) if EchoRequest in packet]
    assert [packet[EchoRequest].id for packet in echoes] == [2]
    assert [text.splitlines()[0] for _, text in scenario.tables()] == [
        "root 32768.02:01:00:01:00:00, this bridge",
        "root 32768.02:01:00:01:00:00, cost 40000",
        "root 32768.02:01:00:01:00:00, cost 20000",
    ]
    without = read_scenario(scenario_text("spanning_tree").replace('"rapid"', "false").replace("{ edge = true }", "{}")
                            .replace('"tree s1", "tree s2", "tree s3"', ""))  # fmt: skip
    with pytest.raises(RestlessNetworkError, match="look for a loop of switches"):
        without.network.run(without.until_ns, most_frames=1000)


def test_an_old_syn_is_refused_by_who_never_sent_it() -> None:
    found = [(str(segment.flags), segment.seq, segment.ack) for _, _, segment in segments("stale_syn")]
    assert found[:4] == [("S", 90, 0), ("SA", 8000, 91), ("R", 91, 0), ("S", 1000, 0)]


def printed(name: str, device: str) -> list[str]:
    """What the programs of a device printed in a scenario."""
    found = ran(name).network.device(device)
    assert isinstance(found, Host)
    return [line for program in found.programs for line in program.lines]


def test_the_man_in_the_middle_makes_900_of_100_and_nobody_can_tell() -> None:
    assert "sent 11 bytes" in printed("man_in_the_middle", "client")
    assert "received b'pay 900 EUR'" in printed("man_in_the_middle", "server")
    assert all(packet.problems() == [] for packet in ran("man_in_the_middle").network.recording.packets())


def test_of_three_blind_resets_one_is_dropped_one_is_asked_back_and_one_is_believed() -> None:
    found = [(round(time, 1), src, str(segment.flags)) for time, src, segment in segments("blind_reset")]
    recording = ran("blind_reset").network.recording
    answers = [
        (round((packet.time_ns or 0) / 1e9, 1), str(packet[TCP].flags))
        for packet in recording.packets(["server"])
        if TCP in packet and packet[IPv4].src == "10.0.0.2" and (packet.time_ns or 0) > 1_000_000_000
    ]
    # The challenge, the acknowledgment of what the client goes on with, and the refusal when it is too late.
    assert answers == [(1.2, "A"), (1.5, "A"), (2.5, "R")]
    assert found
    assert "connection reset by peer" in printed("blind_reset", "server")[-1]


def test_who_sees_the_numbers_resets_at_once() -> None:
    for device in ("client", "server"):
        assert "connection reset by peer" in printed("seen_reset", device)[-1]


def test_a_scan_tells_open_closed_and_filtered_ports() -> None:
    assert printed("port_scan", "mallory") == [
        "open: 7, 22", "closed: 28 ports", "open: 22", "filtered: 29 ports"
    ]  # fmt: skip


def test_nobody_answers_an_echo_for_all() -> None:
    recording = ran("smurf").network.recording
    assert recording.packets(["victim-r"]) == []
    assert not any(EchoReply in packet for packet in recording.packets())
    reached = [packet for packet in recording.packets(["a-s"]) if EchoRequest in packet]
    assert len(reached) == 3, "those from inside alone"


def test_forged_names_are_believed_when_the_number_is_guessed_and_when_it_is_seen() -> None:
    assert printed("dns_spoofing", "resolver") == [
        "www.example.com is 203.0.113.66",
        "shop.example.com is 203.0.113.66",
    ]


@pytest.mark.parametrize(
    ("name", "settings", "kinds"),
    [
        ("syn_flood", {"flood_syns": 5.0}, ["syn-flood"]),
        ("syn_cookies", {"flood_syns": 5}, ["syn-flood"]),
        ("stale_syn", {}, ["stale-syn"]),
        ("arp_spoofing", {}, ["arp-spoofing"]),
        ("man_in_the_middle", {}, ["arp-spoofing"]),
        ("dns_spoofing", {}, ["dns-spoofing"] * 2),
        ("port_scan", {}, ["port-scan"] * 2),
        ("blind_reset", {}, ["forged-reset"]),
        ("seen_reset", {}, ["forged-reset"]),
        ("smurf", {"broadcast_echoes": 6}, ["broadcast-echo"]),
    ],
)
def test_an_attack_raises_its_alarm(name: str, settings: dict[str, Any], kinds: list[str]) -> None:
    told = [alarm.kind for alarm in alarms(GOLDENS / f"{name}.pcapng", **settings)]
    assert [kind for kind in told if kind != "half-open"] == kinds


def test_what_is_no_attack_raises_none() -> None:
    harmless = [
        "first_ping",
        "ten_segments",
        "teardown_four",
        "nat_at_home",
        "vlans",
        "qinq",
        "spanning_tree",
        "two_routers",
    ]
    for name in harmless:
        assert [str(alarm) for alarm in alarms(GOLDENS / f"{name}.pcapng")] == []


def test_an_address_is_lent_probed_renewed_and_given_back() -> None:
    scenario = ran("dhcp_lease")
    messages = [
        packet[DHCP].message_type for packet in scenario.network.recording.packets(["client"]) if DHCP in packet
    ]
    assert [kind.name for kind in messages if kind is not None] == [
        *("DISCOVER", "OFFER", "REQUEST", "ACK"),
        *("REQUEST", "ACK", "RELEASE"),
    ]
    client = scenario.network.device("client")
    assert isinstance(client, Host)
    assert client.addresses() == []


def test_a_laptop_that_came_home_fetches_its_first_page() -> None:
    scenario = ran("first_web_request")
    inside, outside = (scenario.network.recording.packets([place]) for place in ("laptop", "r-i"))
    kinds = [kind for packet in inside for kind in (DHCP, DNS) if kind in packet]
    assert kinds == [DHCP] * 4 + [DNS] * 2
    closing = [(str(packet[TCP].flags), packet[IPv4].src) for packet in inside if TCP in packet][-4:]
    assert closing == [("FA", "192.168.1.100"), ("A", "192.0.2.80"), ("FA", "192.0.2.80"), ("A", "192.168.1.100")]
    assert {packet[IPv4].src for packet in outside if IPv4 in packet} == {"203.0.113.5", "198.51.100.53", "192.0.2.80"}
    laptop = scenario.network.device("laptop")
    assert isinstance(laptop, Host)
    assert laptop.programs[1].lines == ["http://www.example.com/: 200 OK, 18 bytes"]


TWO = """
[hosts.a]
ip = "10.0.0.1/24"
[hosts.b]
ip = "10.0.0.2/24"
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lab.toml describes no devices, expected tables as [hosts.a], [routers.r] or [switches.s]"),
        ("[hosts", "lab.toml is no TOML: "),
        ("[host.a]", "lab.toml: host is no key that is known here; did you mean 'hosts'?"),
        ("[hosts]\na = 1", "lab.toml: hosts.a is 1, expected a table"),
        ("hosts = 1", "lab.toml: hosts is 1, expected tables by name"),
        ('[hosts.a]\nipp = "10.0.0.1/24"', "lab.toml: hosts.a.ipp is no key that is known here; did you mean 'ip'?"),
        ("[hosts.a]\nip = 1", 'lab.toml: hosts.a.ip is 1, expected an address with its mask, as "192.168.0.2/24", or'),
        ('[hosts.a]\nip = "10.0.0.1"', "lab.toml: hosts.a: interface eth0's address is '10.0.0.1', expected a prefix"),
        ('[hosts.a]\nip = "10.0.0.0/24"', "which is that of the network or of all its hosts"),
        ('[hosts.a]\nip = "10.0.0.1/24"\nmac = "1"', "lab.toml: hosts.a: interface eth0's MAC address is '1'"),
        ('[hosts.a]\nip = "10.0.0.1/24"\ngateway = "10.1.0.1"', "on none of its networks, expected an address in 10."),
        ('[hosts.a]\npadding = "x"', "lab.toml: hosts.a.padding is 'x', expected \"zeros\", \"none\""),
        ('[hosts.a]\non_start = "x"', "lab.toml: hosts.a.on_start is 'x', expected \"nothing\", \"announce\""),
        ('[hosts.a]\narp_lifetime = "x"', "lab.toml: hosts.a.arp_lifetime is 'x', expected a time as"),
        ("[hosts.a]\nmtu = true", "lab.toml: hosts.a.mtu is True, expected a whole number"),
        ("[hosts.a]\nmtu = 60", "lab.toml: hosts.a: interface eth0's MTU is 60 bytes, expected 68 to 65535"),
        ("[routers.r]", "lab.toml: routers.r has no interfaces, expected tables as [routers.r.interfaces.eth0]"),
        ("[hubs.h]\nports = 4", "lab.toml: hubs.h.ports is no key that is known here; expected none"),
        ("[hosts.a]\n[switches.a]", "lab.toml: switches.a: two devices are called 'a'"),
        (
            '[hosts.a]\nip = "10.0.0.1/24"\n[hosts.a.interfaces.eth0]\nip = "10.0.0.2/24"',
            "lab.toml: hosts.a has ip and interfaces, expected ip in these",
        ),
        ("[hosts.a]\ninterfaces = {}", "lab.toml: hosts.a has no interfaces, expected tables as [hosts.a.interfaces"),
        ("[switches.s]\npriority = 4096", "lab.toml: switches.s: priority is of a spanning tree, expected"),
        ("[switches.s]\nspanning_tree = 1", "switches.s.spanning_tree is 1, expected \"rapid\", \"old\""),
        ("[switches.s]\nspanning_tree = true\npriority = 1", "switches.s: a bridge's priority is 1, expected"),
        ("[switches.s.ports.1]\nedge = true", "lab.toml: switches.s: port 1 has edge, expected the switch to have"),
        ("[switches.s.ports.1]\nnative = 3", "switches.s: port 1 has no kind, expected one of vlan, trunk and"),
        ("[switches.s.ports.1]\nvlan = 1\ntunnel = 3", "port 1 has vlan, tunnel, expected one of vlan, trunk"),
        ("[switches.s.ports.1]\nvlan = 1\nnative = 3", "port 1 has native, which goes with a trunk"),
        ("[switches.s.ports.1]\nvlan = 4095", "lab.toml: switches.s: a VLAN has the number 4095, expected 1 to 4094"),
        ("[switches.s.ports.1]\ntrunk = [0]", "lab.toml: switches.s.ports.1.trunk is [0], expected VLANs as"),
        ('[switches.s.ports.1]\ntrunk = "all"\ntag = "x"', "switches.s.ports.1.tag is 'x', expected \"802.1Q\""),
        ('[switches.s.ports.1]\nvlan = 1\naccepts = "x"', "switches.s.ports.1.accepts is 'x', expected \"all\""),
        (TWO + "[[links]]", 'lab.toml: links[1] joins nothing, expected between = ["a", "s"]'),
        (TWO + '[[links]]\nbetween = ["a"]', "lab.toml: links[1].between is ['a'], expected two devices"),
        (TWO + '[[links]]\nbetween = ["a", "c"]', "lab.toml: links[1]: there is no device 'c', expected one of a, b"),
        (TWO + '[[links]]\nbetween = ["a", "b:eth1"]', "lab.toml: links[1]: b has no interface 'eth1'"),
        (TWO + '[[links]]\nbetween = ["a", "b"]\nloss = 2', "lab.toml: links[1].loss is 2, expected a share from 0"),
        (TWO + '[[links]]\nbetween = ["a", "b"]\nbandwidth = "1 mph"', "expected a rate as \"100 Mbit/s\""),
        (TWO + "[[links]]\nbetween = ['a', 'b']\n[[links]]\nbetween = ['a', 'b']", "all interfaces of a are joined"),
        (TWO + '[[programs]]\nrun = "pong"', "lab.toml: programs[1].run is 'pong', expected one of "),
        (TWO + '[[programs]]\nrun = "ping"\non = "a"', "lab.toml: programs[1] has no 'target', which ping needs"),
        (TWO + '[[programs]]\nrun = "ping"\non = "a"\ntarget = "b"', "lab.toml: programs[1]: ping's IPv4 address is"),
        (TWO + '[[programs]]\nrun = "arp_list"\non = "c"', "lab.toml: programs[1]: there is no device 'c'"),
        (TWO + '[switches.s]\n[[programs]]\nrun = "arp_list"\non = "s"', "s runs no programs, expected a host or"),
        ('capture = ["x"]' + TWO, "lab.toml: capture: 'x' is no link and no port, expected one of"),
        ('show = ["x"]' + TWO, "lab.toml: show has 'x', expected a table and a device, as"),
        ('show = ["switch a"]' + TWO, "lab.toml: show: a has no switch table, expected a switch"),
        ('until = "soon"' + TWO, "lab.toml: until is 'soon', expected a time as \"10 ms\""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(message)) as raised:
        read_scenario(text, "lab.toml")
    assert "\n" not in str(raised.value)


def test_an_unknown_name_tells_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"no scenario 'fist_ping', and no file of that name; did you mean 'first_"):
        load_scenario("fist_ping")


def test_a_scenario_that_ships_is_found_with_its_suffix_where_no_such_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert scenario_text("first_ping.toml") == scenario_text("first_ping")
    Path("first_ping.toml").write_text("# one's own")
    assert scenario_text("first_ping.toml") == "# one's own"
    with pytest.raises(FileNotFoundError):
        scenario_text("elsewhere/first_ping.toml")


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(scenario_text("first_ping"))
    assert load_scenario(path).network.name == "own"
    path.write_bytes(b"\xff")
    with pytest.raises(ScenarioError, match="is no text: byte 0"):
        load_scenario(path)
    path.write_bytes(bytes(2 << 20))
    with pytest.raises(ScenarioError, match="has more than 1048576 bytes"):
        load_scenario(path)
    with pytest.raises(FileNotFoundError):
        load_scenario(tmp_path / "none.toml")


def test_a_seed_takes_the_place_of_the_files() -> None:
    assert read_scenario("seed = 3" + TWO).network.seed == 3
    assert read_scenario("seed = 3" + TWO, seed=4).network.seed == 4


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.integers(-5, 70000),
    st.sampled_from([2**70, -1, 0, 1.5, float("inf"), float("nan"), True, False]),
    st.sampled_from(["a", "b", "a:eth0", "", "02:00:00:00:00:07"]),
    st.sampled_from(["10.0.0.1/24", "10.0.0.2/24", "10.0.0.2", "10.0.0.0/8"]),
    st.sampled_from(["1 s", "1 ns", "1 Mbit/s", "ping", "traceroute", "udp_send", "zeros", "probe", "arp a", "00 77"]),
)
ANY = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner))


def tables_of(keys: Mapping[str, Key]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables of known keys and arbitrary values."""
    return st.dictionaries(st.sampled_from([*keys]), ANY, max_size=3)


@st.composite
def described_badly(draw: st.DrawFn) -> dict[str, Any]:
    """A network of two hosts that would run, with some of its values changed."""
    program = draw(st.sampled_from([*PROGRAMS]))
    needed = {"target": "10.0.0.2", "ip": "10.0.0.2", "port": 7, "target_mac": "02:00:00:00:00:02"}
    data: dict[str, Any] = {
        "hosts": {"a": {"ip": "10.0.0.1/24"}, "b": {"ip": "10.0.0.2/24"}},
        "links": [{"between": ["a", "b"]} | draw(tables_of(LINK))],
        "programs": [{"run": program, "on": "a"} | needed],
    }
    known = PROGRAM | PROGRAMS[program][1]
    data["programs"][0] = {key: value for key, value in data["programs"][0].items() if key in known}
    data["programs"][0] |= draw(tables_of(known))
    data["hosts"]["a"] |= draw(tables_of(HOST | INTERFACE))
    if draw(st.booleans()):
        data["routers"] = {"r": {"interfaces": {"eth0": draw(tables_of(INTERFACE))}} | draw(tables_of(ROUTER))}
    if draw(st.booleans()):
        data["switches"] = {"s": {"ports": {"1": draw(tables_of(SWITCH_PORT))}} | draw(tables_of(SWITCH))}
        data["links"] += [{"between": [draw(st.sampled_from(["s", "s:1"])), "s"]} | draw(tables_of(LINK))]
    if draw(st.booleans()):
        data |= draw(tables_of(TOP))
    return data


@settings(max_examples=150)
@given(described_badly())
def test_whatever_values_stand_in_a_file_it_runs_or_is_refused(data: dict[str, Any]) -> None:
    refusal, scenario = "", None
    try:
        scenario = _Reader("lab.toml").scenario(data, None)
    except ScenarioError as reason:
        refusal = str(reason)
    if scenario is None:
        assert refusal.startswith("lab.toml")
        return
    with suppress(RestlessNetworkError):
        scenario.network.run(scenario.until_ns, most_frames=200)
