"""What to say to somebody whose fingers know another tool: which command does what its name or option does there."""

from __future__ import annotations

from difflib import get_close_matches

__all__ = ["advice_on_option", "advice_on_tool"]

_TOOLS = {
    "tshark": "read",
    "wireshark": "read",
    "tcpdump": "read",
    "dumpcap": "capture",
    "netsniff-ng": "capture",
    "rawshark": "read",
    "editcap": "write",
    "tcprewrite": "write",
    "reordercap": "write",
    "mergecap": "merge",
    "capinfos": "info",
    "text2pcap": "hex",
    "xxd": "hex",
    "tcpreplay": "replay",
    "fping": "ping",
    "hping3": "ping",
    "traceroute": "trace",
    "tracert": "trace",
    "mtr": "trace",
    "arp-scan": "arping",
    "nmap": "scan",
    "masscan": "scan",
}
"""Programs, and the sub-commands that do their work."""

_RADIO = "the interface's own mode is captured: 'iw dev' and 'ip link' set it"
_LISTED = "dissect interfaces lists them"
_TIMES = "times are the kernel's, in nanoseconds"
_RINGS = "-b filesize:KB, -b duration:SECONDS and -b files:N make a ring of files"
_NAMES = "names are never resolved here: addresses and ports stay numbers"
_WHOLE = "all that is known of a capture is told at once, with --json for programs"
_HEADERS = "build the headers in Python: Ethernet() / IPv4() / UDP() / payload, and write(...)"
_TEXT = "the layout of hex text is found out by itself"
_DUPLICATES = "-d and -D leave duplicates out"
_ADDRESSES = "--map-ip OLD=NEW"
_HARDWARE = "--map-mac OLD=NEW"

_FIELDS = "any field is changed in Python: packet[IPv4].dscp = 46, packet = packet.fixed(), and write(...)"
_QUIET = "-q leaves the list out"
_LOGS = ("--log-level", "--log-domains", "--log-debug", "--log-noisy", "--log-fatal", "--log-file")

_OPTIONS = {
    "read": {
        **dict.fromkeys(("-I", "-y", "--linktype", "--monitor-mode"), _RADIO),
        **dict.fromkeys(("-D", "-L", "--list-interfaces", "--list-data-link-types"), _LISTED),
        **dict.fromkeys(
            ("-b", "--ring-buffer"), "dissect capture -b makes a ring of files, and dissect write --every N splits one"
        ),
        **dict.fromkeys(("-N", "-H", "-W"), _NAMES),
        "-G": "dissect fields lists fields and protocols",
        "-v": "dissect --version tells it",
        "--version": "dissect --version tells it",
        "-X": "--protocols FILE.py reads protocols that somebody else declares",
        "-C": "profiles are not read: -d and --protocols say here what they say there",
        "-K": "only TLS is decrypted here, with --tls-keys",
        "-u": "-t chooses the time column's format",
        "--hexdump": "-x prints the bytes, and dissect hex chooses their layout",
        "--capture-comment": "comments are set in Python: packet.comments = [...], and write(...)",
        "--export-objects": "dissect export FILE KIND DIR writes the files that a capture holds",
        "--enable-protocol": "every protocol is read, and -d LAYER==NUMBER,PROTOCOL says what a number stands for",
        **dict.fromkeys(
            ("--enable-heuristic", "--disable-heuristic"),
            "-d LAYER==NUMBER,PROTOCOL says what a number stands for, and --protocols FILE.py what is guessed",
        ),
        **dict.fromkeys(("--time-stamp-type", "--list-time-stamp-types"), _TIMES),
        **dict.fromkeys(("-g", "--temp-dir"), "dissect capture -w FILE keeps what passes in a file of yours"),
        **dict.fromkeys(_LOGS, _QUIET),
        "--elastic-mapping-filter": "-j NAMES chooses what -T ek prints",
        "--export-tls-session-keys": "--tls-keys takes keys, and none are told",
        "-M": "captures of any size are read in constant memory",
        "-U": "-T json and -T ek print for programs",
        "--disable-protocol": "-d LAYER==NUMBER,data leaves what a number stands for undissected",
    },
    "capture": {
        **dict.fromkeys(("-I", "-y", "--linktype", "--monitor-mode"), _RADIO),
        **dict.fromkeys(("-D", "-L", "--list-interfaces", "--list-data-link-types"), _LISTED),
        **dict.fromkeys(("-C", "-G", "-W"), _RINGS),
        **dict.fromkeys(("-j", "-J", "--time-stamp-type", "--time-stamp-precision", "--nano"), _TIMES),
        **dict.fromkeys(("-Y", "-V", "-T", "-x", "-r", "-O", "-e", "-X"), "dissect read -i prints what passes"),
        **dict.fromkeys(("-P", "-n", "-F"), "the name says the format: -w OUT.pcap, or -w OUT.pcapng"),
        "-U": "what comes is in the file at once",
        "--immediate-mode": "what comes is in the file at once",
        "-Z": "start it by 'setcap cap_net_raw+ep' rather than by root, and nothing has to be dropped",
        "-S": "dissect interfaces tells what each has counted",
        "-N": "-B MIB is the memory for each interface",
        "-g": "files are their owner's: chmod lets others read them",
        "--version": "dissect --version tells it",
        "-v": "dissect --version tells it",
    },
    "write": {
        "-r": "the numbers of packets to keep follow -p: -p 1-10,15",
        "-w": _DUPLICATES,
        "-I": _DUPLICATES + ", and two packets are the same where all of their bytes are",
        "--novlan": _DUPLICATES + ", and --map-vlan N=none takes tags off in a pass before",
        "-S": "--sort brings packets into the order of their times",
        "-C": "--without-fcs takes check sequences off, and -s BYTES cuts packets",
        "-L": "-s BYTES cuts packets and keeps their lengths on the wire",
        "-T": "a link type is that of the frames; dissect hex --from-text --link LINK gives one to bytes",
        "-E": "bytes are changed in Python: packet.data = ..., and write(...)",
        "-a": "comments are set in Python: packet.comments = [...], and write(...)",
        "-v": "dissect --version tells it",
        "-V": "dissect info OUT tells what was written",
        "--infile": "the captures follow the options: dissect write IN OUT",
        "--outfile": "the captures follow the options: dissect write IN OUT",
        **dict.fromkeys(("--pnat", "--srcipmap", "--dstipmap", "-N"), _ADDRESSES),
        **dict.fromkeys(("--enet-dmac", "--enet-smac", "--enet-subsmac"), _HARDWARE),
        **dict.fromkeys(("--portmap",), "--map-port OLD=NEW"),
        **dict.fromkeys(
            ("--enet-vlan", "--enet-vlan-tag"),
            "--add-vlan ID puts a tag on, and --map-vlan OLD=NEW changes or, to none, takes it off",
        ),
        **dict.fromkeys(
            ("--enet-vlan-pri", "--enet-vlan-cfi", "--enet-vlan-proto"),
            "--add-vlan ID,priority=5,dei,type=0x88a8, --map-priority OLD=NEW and --map-tag-type OLD=NEW",
        ),
        "--ttl": "--map-ttl OLD=NEW, where *=N is for all",
        **dict.fromkeys(("--fixcsum", "--fix-csum"), "--checksums recompute"),
        "--efcs": "--without-fcs",
        "-o": "-s BYTES cuts packets, and bytes are changed in Python: packet.data = ..., and write(...)",
        "--capture-comment": "comments are set in Python: packet.comments = [...], and write(...)",
        "--discard-capture-comment": "-F pcap keeps no comments",
        "--skip-radiotap-header": _DUPLICATES,
        "--seed": "--map-ip OLD=NEW says which addresses become which, so nothing is drawn by lot",
        "--version": "dissect --version tells it",
        "-n": "--sort writes the packets in any case",
        **dict.fromkeys(("--endpoints",), _ADDRESSES),
        **dict.fromkeys(("--enet-mac-seed", "--enet-mac-seed-keep-bytes"), _HARDWARE),
        **dict.fromkeys(
            ("--skipbroadcast", "--skipl2broadcast"), "only the addresses that --map-ip and --map-mac name"
        ),
        **dict.fromkeys(("--mtu", "--mtu-trunc"), "-s BYTES cuts packets"),
        **dict.fromkeys(
            ("--tos", "--tclass", "--flowlabel", "--tcp-sequence", "--fixlen", "--fuzz-seed", "--fuzz-factor"), _FIELDS
        ),
        **dict.fromkeys(("--dlt", "--hdlc-control", "--hdlc-address", "--user-dlt", "--user-dlink"), _FIELDS),
        **dict.fromkeys(("--fragroute", "--fragdir"), "fragment(packet, mtu=...) in Python, and write(...)"),
        "--cachefile": "-Y FILTER chooses packets",
        **dict.fromkeys(("--verbose", "--decode"), "dissect read OUT shows what was written"),
    },
    "merge": {
        "-a": "dissect.write(OUT, [*read(A), *read(B)]) writes one capture behind the other",
        "-s": "dissect write -s BYTES cuts packets",
        "-I": "interfaces that are alike become one by themselves",
        "-V": "dissect info OUT tells what was merged",
        "--version": "dissect --version tells it",
        "-v": "dissect --version tells it",
    },
    "info": {
        **dict.fromkeys((f"-{letter}" for letter in "tEIFkcsdluaeoSyizxnLMAKCR"), _WHOLE),
        **dict.fromkeys(("-r", "-B", "-m", "-b", "-N", "-q", "-Q"), "-T prints a table with tabs"),
        "-H": "sha256sum FILE gives the digest",
        "-D": "dissect info tells of no secrets",
        "--version": "dissect --version tells it",
        "-v": "dissect --version tells it",
    },
    "hex": {
        **dict.fromkeys(("-a", "-t", "-D", "-r", "-b", "-m"), _TEXT),
        **dict.fromkeys(("-l", "-E"), "--link LINK is the frames' link type"),
        **dict.fromkeys(("-e", "-i", "-4", "-6", "-u", "-T", "-s", "-S", "-P"), _HEADERS),
        "-F": "the name of OUT says the format: -o OUT.pcapng",
        "-N": "interfaces are named in Python, by the writer of a pcapng",
        "-q": "nothing is reported but what is wrong",
        **dict.fromkeys(_LOGS, "nothing is reported but what is wrong"),
        "--version": "dissect --version tells it",
        "-v": "dissect --version tells it",
    },
    "replay": {
        **dict.fromkeys(("-i", "--intf1"), "the interface follows --interface"),
        **dict.fromkeys(("-M", "--mbps"), "--bps 10M is a rate in bits"),
        "-R": "-t is as fast as possible",
        "--oneatatime": "-o sends each frame when you say so",
        "-L": "-c N plays the first N packets",
        "--limit": "-c N plays the first N packets",
        **dict.fromkeys(("--pnat", "--srcipmap", "--dstipmap", "-N"), _ADDRESSES),
        **dict.fromkeys(("--enet-dmac", "--enet-smac"), _HARDWARE),
        "--portmap": "--map-port OLD=NEW",
        "--fixcsum": "--checksums recompute",
        "--maxsleep": "--longest-gap SECONDS",
        "--timer": "a frame leaves when it is due, and what was late is told in the end",
        **dict.fromkeys(("--quiet", "--stats", "--no-flow-stats", "--flow-expiry"), "what was sent is told in the end"),
        **dict.fromkeys(("--verbose", "--decode"), "--dry-run prints what would be sent"),
        "--preload-pcap": "a small capture is kept in memory by itself",
        **dict.fromkeys(
            ("--dualfile", "--intf2", "-I"), "--side ADDRESS plays what one side sent, and --wait waits for the other"
        ),
        **dict.fromkeys(("--include", "--exclude"), "-Y FILTER plays only what passes: -Y 'frame.number <= 10'"),
        "--listnics": "dissect interfaces lists them",
        **dict.fromkeys(("--loopdelay-ms", "--loopdelay-ns"), "--loop-gap SECONDS"),
        "--pktlen": "a frame is sent as long as it was captured",
        "--duration": "-Y 'frame.time_relative < 10' plays the beginning",
        "--pps-multi": "--pps RATE is even",
        **dict.fromkeys(("--unique-ip", "--unique-ip-loops"), _ADDRESSES),
        **dict.fromkeys(("--netmap", "--nm-delay"), "--interface NAME plays through the kernel"),
        **dict.fromkeys(("--enet-vlan", "--enet-vlan-tag", "--enet-vlan-pri"), "--add-vlan ID,priority=5"),
        "--ttl": "--map-ttl OLD=NEW, where *=N is for all",
        "--version": "dissect --version tells it",
        "--cachefile": "--side ADDRESS plays what one side sent",
        "-v": "dissect --version tells it",
    },
}
"""By sub-command: options that its sibling elsewhere has, and what does the same here."""

_ELSEWHERE = {
    "--pnat": "write",
    "--portmap": "write",
    "--enet-dmac": "write",
    "--enet-smac": "write",
    "--fixcsum": "write",
    "--srcipmap": "write",
    "--dstipmap": "write",
    "--enet-vlan-tag": "write",
    "--ttl": "write",
    "--novlan": "write",
}
"""Options that mean one thing whatever the tool, by the sub-command that has the advice on them."""


def advice_on_option(command: str, option: str) -> str | None:
    """Return what does here what an option of the sub-command's sibling does; None for what no sibling has.

    A value that stands in one word with the option is looked away from.

    >>> advice_on_option("capture", "-C")
    '-b filesize:KB, -b duration:SECONDS and -b files:N make a ring of files'
    >>> advice_on_option("read", "--pnat=10.0.0.0/8:192.168.0.0/16")
    'dissect write --map-ip OLD=NEW'
    >>> advice_on_option("capture", "-C10")
    '-b filesize:KB, -b duration:SECONDS and -b files:N make a ring of files'
    """
    name = option.partition("=")[0] if option.startswith("--") else option[:2]
    known = _OPTIONS.get(command, {}).get(name)
    if known is None and name.startswith("--"):
        near = get_close_matches(name, _OPTIONS.get(command, {}), 1, 0.85)
        known = _OPTIONS[command][near[0]] if near else None
    if known is None and name in _ELSEWHERE:
        found = _OPTIONS[_ELSEWHERE[name]][name]
        known = f"dissect {_ELSEWHERE[name]} {found}" if found.startswith("-") else found
    return known


def advice_on_tool(name: str) -> str | None:
    """Return the command line that does the work of another program; None for one that is not known.

    >>> advice_on_tool("editcap")
    "'dissect write' does what editcap does"
    """
    command = _TOOLS.get(name.lower())
    return None if command is None else f"'dissect {command}' does what {name.lower()} does"
