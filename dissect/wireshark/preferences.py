"""Tshark's preferences of the protocols that are read here (`-o NAME:VALUE`): what they are, and what was chosen.

Those of checksums are kept where checksums are verified (`dissect.declaration.checksum`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from dissect.declaration.checksum import verifying
from dissect.errors import DissectError

__all__ = ["IDLE", "PREFERENCES", "assumes_check_sequences", "chosen_preferences", "is_on", "preferring", "text_of"]

_SWITCH = ("TRUE", "FALSE")
_CHECKS = ("ip.check_checksum", "tcp.check_checksum", "udp.check_checksum")
PREFERENCES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_CHECKS, _SWITCH),
    "arp.detect_duplicate_ips": _SWITCH,
    "arp.detect_request_storms": ("FALSE", "TRUE"),
    "eth.check_fcs": ("FALSE", "TRUE"),
    "eth.fcs": ("According to heuristic", "Never", "Always"),
    "ip.defragment": _SWITCH,
    "ip.security_flag": ("FALSE", "TRUE"),
    "ipv6.defragment": _SWITCH,
    "tcp.analyze_sequence_numbers": _SWITCH,
    "tcp.calculate_timestamps": _SWITCH,
    "tcp.relative_sequence_numbers": _SWITCH,
    "tcp.track_bytes_in_flight": _SWITCH,
    "tls.keylog_file": (),
    "udp.calculate_timestamps": _SWITCH,
}
"""What can be chosen, by name, the default first; any text where nothing is named.

Of checksums, offloaded ones are told apart by default.
"""
IDLE = frozenset(
    """
    eth.deduplicate_dmac icmp.favor_icmp_mpls ip.summary_in_tree ip.try_heuristic_first ip.tso_support ip.use_geoip
    ipv6.summary_in_tree ipv6.try_heuristic_first ipv6.tso_support ipv6.use_geoip tcp.bif_seq_based
    tcp.desegment_tcp_streams tcp.fastrt_supersedes_ooo tcp.no_subdissector_on_error
    tcp.reassemble_out_of_order tcp.summary_in_tree tcp.try_heuristic_first udp.ignore_ipv6_zero_checksum
    udp.process_info udp.summary_in_tree udp.try_heuristic_first vlan.summary_in_tree
    """.split()
)
"""Others of tshark's that change nothing of what is told here, so that they are taken and do nothing."""
_CHOSEN: dict[str, str] = {}


def is_on(name: str) -> bool:
    """Whether a preference is TRUE.

    >>> is_on("ip.defragment"), is_on("eth.check_fcs")
    (True, False)
    """
    return (_CHOSEN.get(name) or PREFERENCES[name][0]) == "TRUE"


def text_of(name: str) -> str:
    """Return the text that was chosen for a preference that takes any; "" where none was.

    >>> text_of("tls.keylog_file")
    ''
    """
    return _CHOSEN.get(name, "")


def assumes_check_sequences() -> bool:
    """Whether the last four bytes of every Ethernet frame are taken for its check sequence."""
    return _CHOSEN.get("eth.fcs") == "Always"


@contextmanager
def preferring(chosen: Mapping[str, str]) -> Iterator[None]:
    """Have these preferences, as `chosen_preferences` gives them, inside the block."""
    before = dict(_CHOSEN)
    _CHOSEN.update(chosen)
    checks = {name.partition(".")[0]: chosen[name] == "TRUE" for name in _CHECKS if name in chosen}
    try:
        with verifying(checks):
            yield
    finally:
        _CHOSEN.clear()
        _CHOSEN.update(before)


def chosen_preferences(texts: Sequence[str]) -> dict[str, str]:
    """Return what "tcp.relative_sequence_numbers:FALSE" and the like choose; DissectError for what is no preference.

    >>> chosen_preferences(["eth.fcs: always", "ip.use_geoip:FALSE"])
    {'eth.fcs': 'Always'}
    """
    found: dict[str, str] = {}
    for text in texts:
        name, colon, value = (part.strip() for part in text.partition(":"))
        if name in IDLE and colon:
            continue
        if name not in PREFERENCES:
            # Loaded for those who mistyped.
            from difflib import get_close_matches

            near = get_close_matches(name, PREFERENCES, 1, 0.8)
            hint = f"did you mean {near[0]}?" if near else f"they are {', '.join(PREFERENCES)}"
            raise DissectError(f"-o {text} is no preference that is understood here; {hint}")
        if not PREFERENCES[name]:
            found[name] = value
            continue
        known = {each.lower(): each for each in PREFERENCES[name]}
        if value.lower() not in known:
            expected = " or ".join(
                f"-o '{name}:{each}'" if " " in each else f"-o {name}:{each}" for each in known.values()
            )
            raise DissectError(f"-o {text} has no value, expected {expected}")
        found[name] = known[value.lower()]
    return found
