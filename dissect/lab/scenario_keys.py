"""The keys of a network's description: how the value of each is read, and what it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dissect.lab.quantities import bits_per_second, nanoseconds
from dissect.lab.scenario_attacks import WIRETAP, read_words
from dissect.lab.scenario_programs import PROGRAM, PROGRAMS
from dissect.lab.scenario_switches import SWITCH, SWITCH_PORT
from dissect.lab.scenario_values import (
    Key,
    read_addresses,
    read_forwards,
    read_number,
    read_on_start,
    read_one_or_many,
    read_padding,
    read_routes,
    read_rules,
    read_share,
    read_tables,
    read_text,
    read_text_by_text,
    read_texts,
    read_truth,
    read_truth_or_texts,
    value_of,
)

__all__ = ["ARP_TIMES", "HOST", "INTERFACE", "LINK", "NAT_KEYS", "ROUTER", "TOP", "described"]

TOP = {
    "title": Key("what the scenario is called in lists", read_text),
    "text": Key("what it shows, in sentences", read_text),
    "seed": Key("decides what links do to frames, and what else is random", read_number),
    "until": Key("when it ends; without, when nothing more happens", nanoseconds),
    "capture": Key("links and ports that -w captures; without, all links", read_one_or_many),
    "show": Key(
        'tables to print at the end: "arp a", "route r", "tcp a", "nat r", "switch s", "tree s"', read_one_or_many
    ),
    "outside": Key("devices with an open end, for a TAP device", read_one_or_many),
    "hosts": Key("hosts, with one interface, eth0, or tables of interfaces", read_tables),
    "routers": Key("routers, whose interfaces are tables of their own", read_tables),
    "switches": Key("switches", read_tables),
    "wiretaps": Key("who sits in a link, with ports a and b", read_tables),
    "hubs": Key("hubs, which have no keys", read_tables),
    "links": Key("what joins two devices", value_of(list, "tables as [[links]]")),
    "programs": Key("what runs on hosts and routers", value_of(list, "tables as [[programs]]")),
}
INTERFACE = {
    "ip": Key("its address with mask, or several; none for a host that asks by RARP", read_addresses),
    "mac": Key("its MAC address; without, 02:00:00:00:00:01 and so on", read_text),
    "mtu": Key("bytes of IP in a frame, 68 to 65535 (1500)", read_number),
}
HOST = {
    "gateway": Key("where the default route leads", read_text),
    "routes": Key("gateways by network", read_routes),
    "padding": Key('what fills short frames: "zeros", "none", "request", or bytes in hex', read_padding),
    "ttl": Key("of new datagrams (64)", read_number),
    "identification": Key("of the first datagram (1)", read_number),
    "on_start": Key('what it does with its addresses: "nothing", "announce" or "probe"', read_on_start),
    "discovers_path_mtu": Key("whether DF is set on what fits the way", read_truth),
    "arp": Key("permanent ARP entries: MAC addresses by IPv4 address", read_text_by_text),
    "arp_lifetime": Key("how long ARP entries live (20 min)", nanoseconds),
    "arp_tries": Key("how often a neighbour is asked for (3)", read_number),
    "arp_interval": Key("time between two ARP requests (1 s)", nanoseconds),
    "rarp_table": Key("IPv4 addresses by MAC address, to answer RARP requests from", read_text_by_text),
    "asks_rarp": Key("whether it asks for its address by RARP", read_truth),
    "name_servers": Key("whom it asks for the addresses of names", read_one_or_many),
    "domain": Key("in which names without a dot are looked for", read_text),
    "names": Key("addresses by name that it knows by itself", read_text_by_text),
    "firewall": Key(
        'rules for what begins, as ["allow out", "allow in tcp 80"]; the first that applies counts', read_rules
    ),
    "firewall_interface": Key("the interface that the rules are for; without, all", read_text),
    "interfaces": Key("tables with ip, mac and mtu, by name", read_tables),
    "alters": Key('words in data that become others as long when it goes on, as { "100" = "900" }', read_words),
}
ARP_TIMES = {"arp_lifetime": "lifetime_ns", "arp_tries": "tries", "arp_interval": "interval_ns"}
ROUTER = {
    "proxy_arp": Key("true, or the interfaces on which it answers for others", read_truth_or_texts),
    "redirects": Key("whether it tells of better ways (true)", read_truth),
    "prohibited": Key("networks to which nothing passes", read_one_or_many),
    "nat": Key("a table: the interface outside, the networks inside, and what is forwarded", read_tables),
}
NAT_KEYS = {
    "outside": Key("the interface to the world, whose address all share", read_text),
    "inside": Key("networks whose hosts share it", read_one_or_many),
    "forwards": Key('what leads from outside to hosts inside, as ["tcp 80 192.168.1.2:8080"]', read_forwards),
}
LINK = {
    "between": Key('the devices, with an interface where they have several: ["a", "r:eth1"]', read_texts),
    "delay": Key("how long a frame takes to the other end", nanoseconds, "delay_ns"),
    "bandwidth": Key("how many bits go in a second", bits_per_second),
    "mtu": Key("the bytes behind the link header that it takes (1500)", read_number),
    "loss": Key("share of frames that are lost, 0 to 1", read_share),
    "duplication": Key("share of frames that arrive twice", read_share),
    "reordering": Key("share of frames that are held back", read_share),
    "reorder": Key("for how long they are held back (10 ms)", nanoseconds, "reorder_ns"),
    "corruption": Key("share of frames in which one bit changes", read_share),
    "queue_limit": Key("bytes that may wait for a slow link", read_number),
    "cut": Key("when it is cut", nanoseconds),
    "mend": Key("when it is whole again", nanoseconds),
}


def described() -> Iterator[tuple[str, Mapping[str, Key]]]:
    """Yield the headings of the tables that a file may have, as TOML writes them, and the keys of each."""
    yield "", TOP
    yield "[hosts.NAME]", INTERFACE | HOST
    yield "[hosts.NAME.interfaces.eth0]", INTERFACE
    yield "[routers.NAME]", HOST | ROUTER
    yield "[routers.NAME.interfaces.eth0]", INTERFACE
    yield "[routers.NAME.nat]", NAT_KEYS
    yield "[switches.NAME]", SWITCH
    yield "[switches.NAME.ports.NAME]", SWITCH_PORT
    yield "[hubs.NAME]", {}
    yield "[wiretaps.NAME]", WIRETAP
    yield "[[links]]", LINK
    for name, (_, keys, _) in PROGRAMS.items():
        yield f'[[programs]]  run = "{name}"', PROGRAM | keys
