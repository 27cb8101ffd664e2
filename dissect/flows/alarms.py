"""Alarms over a capture: what looks like an attack, or like connections that one end alone takes for open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dissect.captures.source import Source
from dissect.declaration.header import Header
from dissect.errors import DissectError
from dissect.flows.alarm import Alarm, detectors
from dissect.flows.watching import watch
from dissect.packets.packet import Packet

__all__ = ["alarms"]

_MOST_TALKS = 1 << 15
"""How many conversations are watched at once: what detectors remember of others is in tables of their own."""


def alarms(
    source: Source | Iterable[Packet | Header],
    *,
    keep: Callable[[Packet], bool] | None = None,
    **settings: float,
) -> Iterator[Alarm]:
    """Yield what should be looked at, when it is sure: some things are when the capture is over.

    Told are half-open connections and floods of SYNs ("half-open", "syn-flood"), scans of ports and hosts
    ("port-scan", "host-scan"), network addresses that two hardware addresses claim ("arp-spoofing", "nd-spoofing"),
    answers to one question for a name that contradict each other ("dns-spoofing"), addresses leased to two clients at
    one time ("double-lease"), passwords that everybody can read ("clear-password"), old duplicates of SYNs
    ("stale-syn"), resets in somebody else's name ("forged-reset"), echo requests to all hosts ("broadcast-echo").

    `source` is a path, an open binary file, or packets; those that `keep` refuses, as a
    `compile_filter("tcp")` does, don't count. `settings` are thresholds: `dissect alarms --help` tells all of them.
    All tables are bounded, so that memory does not grow with the capture.

    Raises CaptureError and OSError as `dissect.read` does, and DissectError for a setting that does not exist or is
    negative.

    >>> from dissect import ARP, Ethernet, ARPOperation
    >>> reply = ARP(opcode=ARPOperation.REPLY, sender_mac="02:00:00:00:00:01", sender_ip="10.0.0.1")
    >>> other = ARP(opcode=ARPOperation.REPLY, sender_mac="02:00:00:00:00:02", sender_ip="10.0.0.1")
    >>> [alarm.text for alarm in alarms([Ethernet() / reply, Ethernet() / other])]
    ['10.0.0.1 was 02:00:00:00:00:01, and 02:00:00:00:00:02 claims it in a reply that nobody has asked for']
    """
    found = detectors()
    known = {setting.name for each in found for setting in each.settings}
    for name, value in settings.items():
        if name not in known:
            raise DissectError(f"there is no setting {name!r}; there are {', '.join(sorted(known))}")
        if not value >= 0:
            raise DissectError(f"{name} is a number of things or seconds, and {value} is none")
    return watch(source, [each(settings) for each in found], most=_MOST_TALKS, keep=keep)
