"""The programs that a network's description may run, and the keys of each."""

from __future__ import annotations

from collections.abc import Callable

from dissect.lab.arp_programs import ARPDelete, ARPList, ARPSpoof
from dissect.lab.ping import Ping
from dissect.lab.program import Program
from dissect.lab.quantities import nanoseconds
from dissect.lab.scenario_applications import APPLICATION_EXAMPLES, APPLICATIONS
from dissect.lab.scenario_attacks import ATTACK_EXAMPLES, ATTACKS
from dissect.lab.scenario_values import (
    Key,
    read_data,
    read_number,
    read_step_list,
    read_tcp_settings,
    read_text,
    read_truth,
)
from dissect.lab.tcp_programs import Leave, TCPConnect, TCPSend, TCPServe
from dissect.lab.traceroute import Traceroute
from dissect.lab.udp_programs import UDPEcho, UDPSend

__all__ = ["EXAMPLES", "PROGRAM", "PROGRAMS"]

PROGRAM = {
    "run": Key("which program", read_text),
    "on": Key("the host or router", read_text),
    "at": Key("when it begins (0 s)", nanoseconds),
}
_REPEATED = {
    "count": Key("how often (1)", read_number),
    "interval": Key("time between two of them", nanoseconds, "interval_ns"),
}
_WAIT = {"wait": Key("how long it waits for answers", nanoseconds, "wait_ns")}
PROGRAMS: dict[str, tuple[Callable[..., Program], dict[str, Key], tuple[str, ...]]] = (
    {
        "ping": (
            Ping,
            {
                "target": Key("the address that it goes to", read_text),
                "size": Key("bytes of data", read_number),
                "ttl": Key("of its datagrams", read_number),
                "tos": Key("type of service, 0 to 255", read_number),
                "dont_fragment": Key("whether DF is set", read_truth),
                "record_route": Key("whether routers write down their addresses", read_truth),
                "identifier": Key("tells its requests from those of others", read_number),
            }
            | _REPEATED
            | _WAIT,
            ("target",),
        ),
        "traceroute": (
            Traceroute,
            {
                "target": Key("the address that it goes to", read_text),
                "most_hops": Key("how far it looks (30)", read_number),
                "probes": Key("datagrams for each distance (3)", read_number),
                "icmp": Key("echo requests in place of UDP", read_truth),
                "identifier": Key("tells its requests from those of others", read_number),
            }
            | _WAIT,
            ("target",),
        ),
        "udp_send": (
            UDPSend,
            {
                "target": Key("the address that it goes to", read_text),
                "port": Key("UDP port", read_number),
                "data": Key("text that is sent", read_data),
                "size": Key("bytes of data", read_number),
                "source_port": Key("the port that it is sent from", read_number),
                "ttl": Key("of its datagrams", read_number),
                "dont_fragment": Key("whether DF is set", read_truth),
            }
            | _REPEATED
            | _WAIT,
            ("target", "port"),
        ),
        "udp_echo": (UDPEcho, {"port": Key("UDP port", read_number)}, ()),
        "tcp_connect": (
            TCPConnect,
            {
                "target": Key("the address that it goes to", read_text),
                "port": Key("TCP port", read_number),
                "source_port": Key("the port that it comes from", read_number),
                "isn": Key("the initial sequence number", read_number),
                "steps": Key('what it does then, as ["write hello", "read 5", "close"]', read_step_list),
                "tcp": Key("settings, as { mss = 1024, sack = false }", read_tcp_settings, "settings"),
            },
            ("target", "port"),
        ),
        "tcp_serve": (
            TCPServe,
            {
                "port": Key("TCP port", read_number),
                "backlog": Key("how many may be half open, or wait (128)", read_number),
                "cookies": Key("whether SYNs beyond that are answered all the same (true)", read_truth),
                "isn": Key("the initial sequence number", read_number),
                "steps": Key('what it does with each connection, as ["read end", "close"]', read_step_list),
                "tcp": Key("settings, as { mss = 1024, sack = false }", read_tcp_settings, "settings"),
            },
            ("port",),
        ),
        "tcp_send": (
            TCPSend,
            {
                "target": Key("the address that it goes to", read_text),
                "port": Key("TCP port", read_number),
                "flags": Key('of the segments, as letters ("S")', read_text),
                "seq": Key("their sequence number (0)", read_number),
                "ack": Key("their acknowledgment (0)", read_number),
                "source": Key("the address that they come from, or a network: then all of its in turn", read_text),
                "source_port": Key("the port that they come from; without, one after the other", read_number),
            }
            | _REPEATED,
            ("target", "port"),
        ),
        "leave": (Leave, {}, ()),
        "arp_list": (ARPList, {}, ()),
        "arp_delete": (ARPDelete, {"ip": Key("the address that it is about", read_text)}, ("ip",)),
        "arp_spoof": (
            ARPSpoof,
            {
                "ip": Key("the address that it is about", read_text),
                "target": Key("the address that it goes to", read_text),
                "target_mac": Key("the victim's MAC address", read_text),
                "mac": Key("what the victim is told; without, the sender's own", read_text),
            }
            | _REPEATED,
            ("ip", "target", "target_mac"),
        ),
    }
    | APPLICATIONS
    | ATTACKS
)

EXAMPLES = (
    {
        "on": 'on = "a"',
        "target": 'target = "192.168.0.2"',
        "port": "port = 7",
        "ip": 'ip = "192.168.0.1"',
        "target_mac": 'target_mac = "02:00:00:00:00:01"',
    }
    | APPLICATION_EXAMPLES
    | ATTACK_EXAMPLES
)
