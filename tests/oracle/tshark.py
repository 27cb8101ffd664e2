"""Tshark 4.0 as judge: what it prints of a capture, under settings under which fields can be compared."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dissect.wireshark.types import protocols

VERSION = "4.0"

# The protocols that are judged. All the others are switched off, so that the bytes which a TCP
# segment or a datagram carries are `data` to tshark, whatever their port suggests.
ENABLED = frozenset(
    """
    frame eth ethertype vlan ieee8021ad llc chdlc loop null ppp pppoes ipv6cp ipv6cp.opt.compress
    ipv6cp.opt.interface_identifier raw sll pktap basicxid
    pppoed lcp ipcp pap chap
    ipcp.opt.addr ipcp.opt.addrs ipcp.opt.compress ipcp.opt.iphc.enhanced_rtp_compress ipcp.opt.iphc.neghdrcomp
    ipcp.opt.iphc.rtp_compress ipcp.opt.mobileipv4 ipcp.opt.pri_dns ipcp.opt.pri_nbns ipcp.opt.rohc.profile_bytes
    ipcp.opt.sec_dns ipcp.opt.sec_nbns lcp.opt.addr_field_compress lcp.opt.asyncmap_bytes lcp.opt.auth
    lcp.opt.auth_protocol_bytes lcp.opt.callback lcp.opt.cobs lcp.opt.compound_frames lcp.opt.dce_identifier
    lcp.opt.fcs_alternatives_bytes lcp.opt.field_compress lcp.opt.internationalization lcp.opt.link_discrim_bytes
    lcp.opt.linkqualmon lcp.opt.magic_number_bytes lcp.opt.mtu_bytes lcp.opt.multilink_ep_disc
    lcp.opt.multilink_hdr_fmt lcp.opt.multilink_mrru lcp.opt.multilink_pp lcp.opt.multilink_ssnh
    lcp.opt.nomdataencap lcp.opt.numbered_mode lcp.opt.prefix_elision lcp.opt.quality_protocol_bytes
    lcp.opt.self_desc_pad lcp.opt.sonet_sdh lcp.opt.vendor
    gre mpls pwethcw pwethheuristic pwethnocw pwmcw
    arp ip ah icmp igmp tcp mptcp udp
    ipv6 icmpv6 ipv6.dstopts ipv6.fraghdr ipv6.hopopts ipv6.routing ipv6.routing.type.crh
    ipv6.routing.type.mipv6 ipv6.routing.type.rt0 ipv6.routing.type.srh
    vxlan geneve
    data data-text-lines file-pcap file-pcapng pkt_comment
    _ws.expert _ws.ftypes _ws.lua _ws.malformed _ws.number_string.decoding_error _ws.short
    _ws.string _ws.type_length _ws.unreassembled _ws.wscbor
    """.split()
)

# What these carry, and what runs beside them: each is judged as soon as a file declares it, and `data` until then.
APPLICATIONS = frozenset(
    """
    dns mdns llmnr nbns dhcp dhcpv6 tftp ntp http media urlencoded-form websocket ftp ftp-data smtp telnet ssh
    tls quic stp lldp ospf vrrp rip sctp eigrp esp
    """.split()
)

# How long a text is tells tshark in its type; filters don't tell these apart, and here they are one.
TEXTS = dict.fromkeys(("FT_STRINGZ", "FT_STRINGZPAD", "FT_UINT_STRING"), "FT_STRING")

# Checksums are verified, which tshark leaves out by default; a trailer is never guessed to be a
# frame check sequence.
PREFERENCES = """\
eth.fcs: Never
ip.check_checksum: TRUE
tcp.check_checksum: TRUE
udp.check_checksum: TRUE
"""

# How tshark says that a capture is damaged; every other complaint means that it could not judge.
DAMAGE = re.compile(r"appears to (have been cut short|be damaged)|isn't a capture file|TShark doesn't support")


class TsharkError(Exception):
    """Tshark could not judge: an unknown field, a wrong filter, a file that is not there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What tshark printed; `status` is 0, or 2 where the capture is damaged after what was printed."""

    output: str
    status: int
    errors: str


def declared_applications() -> frozenset[str]:
    """Return those of APPLICATIONS that have a file here, by the names of their headers for display filters."""
    return APPLICATIONS & protocols()


def version(program: str = "tshark") -> str:
    """Return the version that a tshark states, such as "4.0.17"; "unknown" if it states none."""
    first_line = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.partition(
        "\n"
    )[0]
    stated = re.search(r"\d+\.\d+\.\d+", first_line)
    return stated[0] if stated else "unknown"


class Tshark:
    """One installed tshark with the judge's profile, which is written into `profile` (a directory)."""

    def __init__(self, profile: Path, program: str = "tshark") -> None:
        self.program = program
        self.environment = {**os.environ, "WIRESHARK_CONFIG_DIR": str(profile), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        (profile / "preferences").write_text(PREFERENCES)
        known = self._run("-G", "protocols").output.splitlines()
        names = {line.rsplit("\t", 1)[-1] for line in known}
        enabled = ENABLED | declared_applications()
        if not names >= enabled:
            raise TsharkError(f"{program} does not know the protocols {sorted(enabled - names)}")
        (profile / "disabled_protos").write_text("".join(f"{name}\n" for name in sorted(names - enabled)))

    def _run(self, *options: str) -> Answer:
        done = subprocess.run(
            [self.program, *options], capture_output=True, stdin=subprocess.DEVNULL, env=self.environment, timeout=300
        )
        return Answer(done.stdout.decode("utf-8", "replace"), done.returncode, done.stderr.decode("utf-8", "replace"))

    @cached_property
    def types(self) -> dict[str, str]:
        """The type of every field that tshark knows, by name, such as "ip.ttl": "FT_UINT8"."""
        described = (line.split("\t") for line in _lines(self._run("-G", "fields").output))
        return {columns[2]: columns[3] for columns in described if columns[0] == "F"}

    @cached_property
    def values(self) -> list[list[str]]:
        """What it calls values of fields: rows of a letter for the kind of list, the field, the value and its name."""
        return [line.split("\t") for line in _lines(self._run("-G", "values").output)]

    def ask(self, capture: Path, *options: str) -> Answer:
        """Read a capture with these options besides `-n`; TsharkError for anything but damage in the capture."""
        answer = self._run("-n", "-r", str(capture), *options)
        if answer.status != 0 and not (answer.status == 2 and DAMAGE.search(answer.errors)):
            raise TsharkError(f"tshark on {capture} with {options}: {answer.errors.strip()}")
        return answer

    def fields(
        self, capture: Path, names: Sequence[str], *, two_pass: bool = False, display_filter: str | None = None
    ) -> list[list[str]]:
        """One row a frame, one cell a field: all its values joined by commas, empty where it is absent."""
        options = ["-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=,"]
        if two_pass:
            options.append("-2")
        if display_filter is not None:
            options += ["-Y", display_filter]
        for name in names:
            options += ["-e", name]
        return [line.split("\t") for line in _lines(self.ask(capture, *options).output)]

    def summary(self, capture: Path, *, two_pass: bool = False) -> list[str]:
        """The list: one line a frame."""
        return _lines(self.ask(capture, *(["-2"] if two_pass else [])).output)

    def colours(self, capture: Path) -> list[str]:
        """The name of each frame's colouring rule, "" where it has none."""
        names = self.ask(capture, "--color", "-T", "fields", "-e", "frame.coloring_rule.name").output
        return _lines(names)

    def details(self, capture: Path) -> str:
        """The tree of every frame, as `-V` prints it."""
        return self.ask(capture, "-V").output

    def json(self, capture: Path) -> object:
        """`-T json`, as `read_json` gives it."""
        return read_json(self.ask(capture, "-T", "json").output)


def read_json(text: str) -> object:
    """Read JSON in which objects repeat keys, as tshark's do: an object becomes a list of (key, value) pairs.

    >>> read_json('{"ip.addr": "10.0.0.1", "ip.addr": "10.0.0.2"}')
    [('ip.addr', '10.0.0.1'), ('ip.addr', '10.0.0.2')]
    """
    return json.loads(text, object_pairs_hook=list)


def _lines(output: str) -> list[str]:
    """Split at line feeds alone: a value may hold other characters that `splitlines` takes for line ends."""
    lines = output.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines
