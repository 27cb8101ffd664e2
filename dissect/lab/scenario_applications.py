"""The services and their clients that a network's description may run, and the keys of each."""

from __future__ import annotations

from collections.abc import Callable

from dissect.lab.applications.chat import ChatClient, ChatRoom, UDPChat
from dissect.lab.applications.dhcp_client import DHCPClient
from dissect.lab.applications.dhcp_server import DHCPServer
from dissect.lab.applications.dns_resolver import DNSResolver
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.file_transfer import FileReceiver, FileSender
from dissect.lab.applications.http_client import HTTPGet
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.applications.stream_services import Daytime, Discard, Echo
from dissect.lab.applications.tftp_client import TFTPGet
from dissect.lab.applications.tftp_server import TFTPServer
from dissect.lab.program import Program
from dissect.lab.quantities import nanoseconds
from dissect.lab.scenario_values import (
    Key,
    read_number,
    read_one_or_many,
    read_tcp_settings,
    read_text,
    read_text_by_text,
    read_truth,
    read_zone_tables,
)

__all__ = ["APPLICATIONS", "APPLICATION_EXAMPLES"]

_SAYS = {
    "says": Key("the lines that it says", read_one_or_many),
    "port": Key("the port (8000)", read_number),
    "interval": Key("time between two lines (1 s)", nanoseconds, "interval_ns"),
}
APPLICATIONS: dict[str, tuple[Callable[..., Program], dict[str, Key], tuple[str, ...]]] = {
    "dhcp_server": (
        DHCPServer,
        {
            "pool": Key('the addresses that it lends, as "192.168.1.100-192.168.1.199"', read_text),
            "fixed": Key("addresses by MAC address, for hosts that always get the same", read_text_by_text),
            "routers": Key("what clients are told to send all else to", read_one_or_many),
            "name_servers": Key("whom clients are told to ask for names", read_one_or_many),
            "domain": Key("in which clients look for names", read_text),
            "lease": Key("for how long an address is lent (1 h)", nanoseconds, "lease_ns"),
            "probes": Key("whether it asks first if somebody has an address (false)", read_truth),
        },
        ("pool",),
    ),
    "dhcp_client": (
        DHCPClient,
        {
            "interface": Key("the one that gets an address; without, the first", read_text),
            "wanted": Key("the address that it would like to have", read_text),
            "remembered": Key("the address that it had before, for which it asks at once", read_text),
            "host_name": Key("the name that it tells", read_text),
            "broadcast": Key("whether it asks for answers to all (false)", read_truth),
            "probes": Key("whether it makes sure that nobody has the address (true)", read_truth),
            "release_after": Key("when it gives the address back", nanoseconds, "release_after_ns"),
        },
        (),
    ),
    "dns_server": (
        DNSServer,
        {
            "zones": Key("tables with origin, names, ttl and soa", read_zone_tables),
            "port": Key("UDP and TCP port (53)", read_number),
        },
        ("zones",),
    ),
    "http_server": (
        HTTPServer,
        {
            "files": Key('texts by path, as { "/index.html" = "<h1>Hello</h1>" }', read_text_by_text, "content"),
            "port": Key("TCP port (80)", read_number),
            "chunk_size": Key("bytes of the chunks in which everything is sent; without, only lists are", read_number),
            "tcp": Key("settings, as { mss = 1024, sack = false }", read_tcp_settings, "settings"),
        },
        ("files",),
    ),
    "http_get": (
        HTTPGet,
        {
            "url": Key('the page, as "http://www.example.com/"', read_text),
            "method": Key('"GET" or "HEAD"', read_text),
            "part": Key('bytes of it, as "0-99"', read_text),
        },
        ("url",),
    ),
    "dns_resolver": (
        DNSResolver,
        {
            "forward": Key("servers that ask others in their turn", read_one_or_many),
            "roots": Key("root servers, where it begins by itself", read_one_or_many),
            "port": Key("UDP and TCP port (53)", read_number),
            "cache_limit": Key("for how many names and types it remembers records (10000)", read_number),
        },
        (),
    ),
    "tftp_server": (
        TFTPServer,
        {
            "files": Key('texts by path, as { "/boot.cfg" = "..." }', read_text_by_text, "content"),
            "port": Key("UDP port (69)", read_number),
            "takes_files": Key("whether clients may leave files (false)", read_truth),
        },
        ("files",),
    ),
    "tftp_get": (
        TFTPGet,
        {
            "target": Key("the server, by name or address", read_text),
            "file": Key("the file's name", read_text),
            "block_size": Key("bytes in a block that it asks for (512)", read_number),
        },
        ("target", "file"),
    ),
    "echo": (Echo, {"port": Key("UDP and TCP port (7)", read_number)}, ()),
    "discard": (Discard, {"port": Key("UDP and TCP port (9)", read_number)}, ()),
    "daytime": (Daytime, {"port": Key("UDP and TCP port (13)", read_number)}, ()),
    "udp_chat": (UDPChat, {"target": Key("the other side, by name or address", read_text)} | _SAYS, ("target",)),
    "chat_room": (ChatRoom, {"port": Key("TCP port (8000)", read_number)}, ()),
    "chat": (
        ChatClient,
        {"target": Key("the room, by name or address", read_text), "name": Key("what it is called there", read_text)}
        | _SAYS,
        ("target", "name"),
    ),
    "send_files": (
        FileSender,
        {
            "target": Key("who takes them, by name or address", read_text),
            "files": Key('texts by name, as { "poem.txt" = "..." }', read_text_by_text),
            "port": Key("TCP port (9000)", read_number),
        },
        ("target", "files"),
    ),
    "take_files": (FileReceiver, {"port": Key("TCP port (9000)", read_number)}, ()),
}
APPLICATION_EXAMPLES = {
    "file": 'file = "boot.cfg"',
    "name": 'name = "ann"',
    "files": 'files = { "/index.html" = "<h1>Hello</h1>" }',
    "url": 'url = "http://www.example.com/"',
    "pool": 'pool = "192.168.1.100-192.168.1.199"',
    "zones": 'zones = { origin = "example.com", names.www = { A = "192.0.2.80" } }',
}
