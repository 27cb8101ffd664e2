"""The line that tshark's details have of a field: its bits, what it is called, and what its value means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from dissect.declaration.kinds import Coded
from dissect.declaration.symbols import has_holes, retold
from dissect.protocols.service_class import ServiceClass
from dissect.protocols.tcp import TCPFlags
from dissect.wireshark.field_tables import HOLDERS, OWN_WORDS, TITLES
from dissect.wireshark.field_types import BOOLEAN, NONE, RELATIVE_TIME, UINT24
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.loading import load_named
from dissect.wireshark.names import truth_names, value_names
from dissect.wireshark.option_names import IPV4_OPTIONS, TCP_OPTIONS, byte_count, name_of_option
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.tcp import flag_names
from dissect.wireshark.types import declared_fields, field_type

__all__ = ["bits_in_place", "holder", "line_of_option", "worded", "wording"]

_BOTH = {"icmp.ident", "icmp.ident_le", "icmp.seq", "icmp.seq_le"}
"""Numbers that are shown in both bases, the decimal one first."""
_SECONDS = " seconds"


def holder(name: str) -> int:
    """Return the bits of the number in which Wireshark looks for those of a field; 0 where it is the field's own."""
    load_named(name)
    return max(((len(prefix), bits) for prefix, bits in HOLDERS.items() if name.startswith(prefix)), default=(0, 0))[1]


def bits_in_place(value: int, mask: int, width: int) -> str:
    """Return the bits of a number of `width` bits that are in the mask, with a dot for each other one.

    >>> bits_in_place(0x40, 0x70, 8)
    '.100 ....'
    """
    places = [str(value >> place & 1) if mask >> place & 1 else "." for place in range(width - 1, -1, -1)]
    return " ".join("".join(places[start : start + 4]) for start in range(0, width, 4))


def wording(name: str, line: str, text: str, bits: str = "") -> str:
    """Return the line of a field, given our own line of it ("" for none), its value as text, and its bits in place."""
    if len(line) + len(text) > _LONGEST_KEPT:
        return _wording(name, line, text, bits)
    return _kept_wording(name, line, text, bits)


_BEGINNINGS = (".", "0", "1", "[")
"""What lines begin with that have bits in front, or a bracket without its other one."""


def worded(name: str, line: str, text: str, bits: str = "") -> str:
    """Return the same of texts that may have holes in them: most fields are called something, and are what they are."""
    if text and is_what_it_is(name):
        own = line[1:-1] if line[:1] == "[" and line[-1:] == "]" else line
        title, colon, value = own.partition(": ")
        if not line or (colon and value == text and not has_holes(title) and title[:1] not in _BEGINNINGS):
            title = _title(name) or title
            return f"{bits} = {title}: {text}" if bits else f"{title}: {text}"
    return retold(wording, name, line, text, bits)


@cache
def is_what_it_is(name: str) -> bool:
    """Whether a field's value stands in its line as it is, where that has nothing but the value behind a colon."""
    if name in _LINES or name in _FORMS or name in OWN_WORDS or name in _BOTH or name.endswith((".code", ".checksum")):
        return False
    kind = field_type(name)
    is_said = kind in (None, BOOLEAN, NONE, RELATIVE_TIME, UINT24)
    return kind is not None and not is_said and not (kind.is_number and _named(name))


def _wording(name: str, line: str, text: str, bits: str) -> str:
    own = line.removeprefix("[").removesuffix("]") if line.startswith("[") else line
    behind = own.partition(" = ")[2] if own[:1] in (".", "0", "1") and " = " in own else own
    title, colon, meaning = behind.partition(": ")
    title = _title(name) or title
    if name in _LINES:
        return _LINES[name](text)
    if name in OWN_WORDS:
        return own
    if not text and field_type(name) is NONE:
        return own if meaning else title
    formed = _FORMS.get(name)
    words = formed(text) if formed is not None else _meaning(name, text, meaning if colon else text)
    return f"{bits} = {title}: {words}" if bits else f"{title}: {words}"


_kept_wording = lru_cache(8192)(_wording)
"""Few values come again and again."""
_LONGEST_KEPT = 256
"""How many characters a line and a value have together at most, to be kept."""


@cache
def _title(name: str) -> str:
    load_named(name)
    if name in TITLES:
        return TITLES[name]
    if name.endswith(".checksum.status"):
        return "Checksum Status"
    if name.endswith(".checksum_calculated"):
        return "Calculated Checksum"
    if name in FRAME_FIELDS:
        return FRAME_FIELDS[name].title
    if name in RESOLVED:
        return RESOLVED[name].title
    return next((field.title for field in declared_fields(name)), "")


def _meaning(name: str, text: str, ours: str) -> str:
    kind = field_type(name)
    if kind is BOOLEAN:
        yes, no = truth_names(name)
        return yes if text in ("1", "True") else no
    if kind is RELATIVE_TIME:
        return text + _SECONDS
    if kind is UINT24 and name.endswith("oui"):
        return int(text).to_bytes(3, "big").hex(":")
    if name in _BOTH:
        return f"{text} ({int(text):#06x})"
    known = _named(name)
    if name in ("icmp.code", "icmpv6.code"):
        return text if ours.startswith("No code (") else f"{text} ({ours.rpartition(' (')[0]})"
    if ours == f"{text} [none]":
        return f"{text} [zero-value ignored]"
    if name.endswith(".checksum") and " [incorrect" in ours:
        return ours.replace("[", "").replace("]", "") + _SUSPICIONS.get(name, "")
    if known and kind is not None and kind.is_number:
        number = int(text, 0)
        if number in known:
            return known[number] if name.endswith(".status") else f"{known[number]} ({text})"
    if name not in _HEXADECIMAL_FIRST and ours == f"{text} ({int(text, 16) if text.startswith('0x') else ''})":
        return text
    return ours


_VERSION_6 = '6 [This field makes the filter match on "ip.version == 6" possible]'
_SCALING = {"-1": " (unknown)", "-2": " (no window scaling used)"}
_HEXADECIMAL_FIRST = {"eth.invalid_lentype", "geneve.vni", "ip.id"}
_SUSPICIONS = {
    "ip.checksum": '(may be caused by "IP checksum offload"?)',
    "tcp.checksum": '(maybe caused by "TCP checksum offload"?)',
    "udp.checksum": ' (maybe caused by "UDP checksum offload"?)',
}


@cache
def _named(name: str) -> dict[int, str]:
    return {number: title for title, number in value_names(name).items()}


def _with_bits(text: str) -> str:
    return f"{byte_count(int(text))} ({8 * int(text)} bits)"


def _acknowledged(text: str) -> str:
    return text if text == "0" else f"{text}    (relative ack number)"


def _relative(text: str) -> str:
    return f"{text}    (relative sequence number)"


_FIRST_RESERVED = 1 << len(TCPFlags)
"""The lowest reserved bit in front of the control bits of TCP (RFC 9293, section 3.1)."""
_ECN = ("Not-ECT", "ECT(1)", "ECT(0)", "CE")


def _service(text: str) -> str:
    value = int(text, 0)
    return f"{value:#04x} (DSCP: {ServiceClass(value >> 2).title}, ECN: {_ECN[value & 3]})"


def _fragment_flags(text: str) -> str:
    value = int(text, 0)
    names = [name for bit, name in ((4, "Reserved bit"), (2, "Don't fragment"), (1, "More fragments")) if value & bit]
    return ", ".join([f"{value:#x}", *names])


def _control(text: str) -> str:
    value = int(text, 0)
    return f"Flags: {value:#05x} ({flag_names(value, has_reserved=value >= _FIRST_RESERVED)})"


def _number_first(name: str) -> Callable[[str], str]:
    return lambda text: f"{text} ({_titles(name).get(int(text), 'Unknown')})"


@cache
def _titles(name: str) -> dict[int, str]:
    kinds = (field.kind for field in declared_fields(name))
    return {int(each): each.title for kind in kinds if isinstance(kind, Coded) for each in kind.codes}


def _counted(what: str) -> Callable[[str], str]:
    return lambda text: f"{what} ({byte_count(len(text) // 2)})"


def line_of_option(name: str, kind: int, size: int, texts: Mapping[str, str]) -> str:
    """Return the line of an option by its name in filters and its number; `texts` has the values below it by name."""
    if name.startswith("ip."):
        title = name_of_option(IPV4_OPTIONS, kind)
        if kind < 2:
            return f"IP Option - {_PLAIN_IPV4[kind]}"
        told = f": Router shall examine packet ({texts['ip.opt.ra']})" if texts.get("ip.opt.ra") == "0" else ""
        return f"IP Option - {title} ({size} bytes){told}"
    told = ""
    if "tcp.options.mss_val" in texts:
        told = f": {texts['tcp.options.mss_val']} bytes"
    elif "tcp.options.wscale.multiplier" in texts:
        told = f": {texts['tcp.options.wscale.shift']} (multiply by {texts['tcp.options.wscale.multiplier']})"
    elif "tcp.options.timestamp.tsecr" in texts:
        told = f": TSval {texts['tcp.options.timestamp.tsval']}, TSecr {texts['tcp.options.timestamp.tsecr']}"
    elif name == "tcp.options.experimental" and "tcp.options.tfo.cookie" in texts:
        told = ": Fast Open"
    return f"TCP Option - {TCP_OPTIONS.get(kind, 'Unknown')}{told}"


_PLAIN_IPV4 = ("End of Options List (EOL)", "No-Operation (NOP)")


_PRIORITIES = (
    "Best Effort (default)",
    "Background",
    "Excellent Effort",
    "Critical Applications",
    "Video, < 100ms latency and jitter",
    "Voice, < 10ms latency and jitter",
    "Internetwork Control",
    "Network Control",
)
"""IEEE 802.1Q-2011, annex I; display filters know the older names."""
_LINES: dict[str, Callable[[str], str]] = {
    "tcp.flags": _control,
    "tcp.payload": _counted("TCP payload"),
    "udp.payload": _counted("UDP payload"),
}
_FORMS: dict[str, Callable[[str], str]] = {
    "frame.len": _with_bits,
    "icmp.resptime": lambda text: f"{float(text):.3f} ms",
    "icmp.type": _number_first("icmp.type"),
    "icmpv6.resptime": lambda text: f"{float(text):.3f} ms",
    "ip.dsfield": _service,
    "ip.version": lambda text: _VERSION_6 if text == "6" else text,
    "ipv6.flow": lambda text: f"{int(text, 0):#07x}",
    "ipv6.tclass": _service,
    "mpls.bottom": lambda text: "1" if text in ("1", "True") else "0",
    "mpls.label": lambda text: f"{text} ({int(text):#07x})",
    "tcp.window_size_scalefactor": lambda text: text + _SCALING.get(text, ""),
    "ip.flags": _fragment_flags,
    "ip.frag_offset": lambda text: str(8 * int(text)),
    "vlan.priority": lambda text: f"{_PRIORITIES[int(text)]} ({text})",
    "frame.cap_len": _with_bits,
    "tcp.seq": _relative,
    "tcp.nxtseq": _relative,
    "tcp.ack": _acknowledged,
}
