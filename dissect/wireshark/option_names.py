"""What Wireshark calls the options of IPv4 and TCP where it says that one has a wrong length."""

from __future__ import annotations

from typing import Any

__all__ = ["IPV4_OPTIONS", "TCP_OPTIONS", "byte_count", "faulty_length", "name_of_option"]

IPV4_OPTIONS = {
    0: "End of Options List (EOL)",
    1: "No Operation (NOP)",
    7: "Record Route",
    11: "MTU Probe",
    12: "MTU Reply",
    25: "Quick-Start",
    68: "Time Stamp",
    82: "Traceroute",
    130: "Security",
    131: "Loose Source Route",
    133: "Extended Security",
    134: "Commercial Security",
    136: "Stream ID",
    137: "Strict Source Route",
    148: "Router Alert",
    149: "Selective Directed Broadcast",
}
"""By type."""
TCP_OPTIONS = {
    0: "End of Option List (EOL)",
    1: "No-Operation (NOP)",
    2: "Maximum segment size",
    3: "Window scale",
    4: "SACK permitted",
    5: "SACK",
    6: "Echo",
    7: "Echo reply",
    8: "Timestamps",
    11: "CC",
    12: "CC.NEW",
    13: "CC.ECHO",
    19: "TCP MD5 signature",
    20: "SCPS capabilities",
    21: "Selective Negative Acknowledgment",
    22: "SCPS record boundary",
    23: "SCPS corruption experienced",
    27: "Quick-Start",
    28: "User Timeout",
    29: "TCP AO",
    30: "Multipath TCP",
    34: "TCP Fast Open",
    76: "Riverbed Probe",
    78: "Riverbed Transparency",
    172: "Accurate ECN",
    174: "Accurate ECN",
    253: "Experimental",
    254: "Experimental",
}
"""By kind."""


def name_of_option(names: dict[int, str], number: int) -> str:
    """Return what an option of this number is called.

    >>> name_of_option(TCP_OPTIONS, 153)
    'Unknown (0x99)'
    """
    return names.get(number) or f"Unknown ({number:#04x})"


def faulty_length(names: dict[int, str], option: Any) -> str:
    """Return what is wrong with the length of an option that ends the list, whose bytes are all that is left of it."""
    data = bytes(option)
    name = name_of_option(names, data[0])
    if len(data) == 1:
        return f"{name} (length byte past end of options)"
    if data[1] < 2:
        return f"{name} (with too-short option length = {byte_count(data[1])})"
    return f"{name} (option length = {byte_count(data[1])} says option goes past end of options)"


def byte_count(number: int) -> str:
    """Return so many bytes in words.

    >>> byte_count(1), byte_count(2)
    ('1 byte', '2 bytes')
    """
    return f"{number} byte" if number == 1 else f"{number} bytes"
