"""What is written in a filter as a value, converted to the type of the field on the other side."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, TypeAlias

from dissect.declaration.addresses import ipv4_bytes, ipv6_bytes
from dissect.declaration.named_tuples import NamedTuple
from dissect.filters.lexemes import integer
from dissect.filters.nodes import Character, MistakeError, Name, Place, Text
from dissect.wireshark.field_types import FieldType
from dissect.wireshark.names import truth_names, value_names

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["Constant", "Prefix", "convert", "to_bytes"]

BILLION = 1_000_000_000


class Prefix(NamedTuple):
    """An address with a prefix length: two addresses compare by the bits in `mask`."""

    address: bytes
    mask: bytes


Constant: TypeAlias = int | float | bytes | Prefix


def convert(node: Name | Text | Character, wanted: FieldType, field: str) -> Constant:
    """Return the value of a literal for a field of the type `wanted`; `field` is its name, for messages.

    Raises MistakeError, which says what would fit, where the literal is no such value.
    """
    if isinstance(node, Character):
        if wanted.family == "boolean":
            return int(node.value != 0)
        if wanted.is_number:
            return node.value
        if wanted.family in ("string", "bytes", "protocol"):
            return bytes([node.value])
        raise MistakeError(f"a character is no value of {field}, expected {_fitting(wanted)}", node.place)
    if isinstance(node, Text):
        return _from_text(node, wanted, field)
    word = node.text
    if node.layers:
        raise MistakeError(f'"{word}" is no field, and only fields have layers', node.place)
    if ":" in word and (wanted.family == "absolute_time" or (wanted.family == "string" and not _is_address(word))):
        raise MistakeError(f'"{word}" stands without quotes, expected {_fitting(wanted)} in double quotes', node.place)
    if wanted.family == "boolean":
        number = integer(word)
        return _truth(word, node.place, field) if number is None else int(number != 0)
    if wanted.is_number:
        return _number(word, node.place, wanted, field)
    if wanted.family == "string":
        return word.encode()
    if wanted.family in ("bytes", "protocol"):
        return to_bytes(word, node.place)
    if wanted.family == "ether":
        return _hardware_address(word, node.place, field)
    if wanted.family in ("ipv4", "ipv6"):
        return _network_address(word, node.place, wanted, field)
    if wanted.family == "absolute_time":
        return _moment(word, node.place, field)
    if wanted.family == "relative_time":
        return _seconds(word, node.place, field)
    return _decimal(word, node.place, field)


def _is_address(word: str) -> bool:
    """Whether a word with colons is bytes or an IPv6 address, which alone need no quotes."""
    if re.match(r":?[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*\Z", word):
        return True
    try:
        return bool(ipv6_bytes(word.partition("/")[0]))
    except ValueError:
        return False


def _from_text(node: Text, wanted: FieldType, field: str) -> Constant:
    if wanted.family in ("string", "bytes", "protocol"):
        return node.value
    text = node.value.decode("utf-8", "replace")
    if wanted.family == "absolute_time":
        return _moment(text, node.place, field)
    if wanted.family == "boolean":
        return _truth(text, node.place, field)
    if wanted.is_number and value_names(field):
        return _named(text, node.place, field)
    raise MistakeError(f"text is no value of {field}, expected {_fitting(wanted)}, without quotes", node.place)


def _fitting(wanted: FieldType) -> str:
    """Return what fits a field of this type, in words."""
    if wanted.is_number and wanted.family != "boolean":
        low, high = wanted.range
        return f"{low} to {high}"
    examples = {
        "boolean": "True, False, 1 or 0",
        "ether": "an address like 00:05:5d:a1:b8:40",
        "ipv4": "an address like 192.168.0.2, or with a prefix length: 192.168.0.0/24",
        "ipv6": "an address like 2001:db8::1, or with a prefix length: 2001:db8::/32",
        "absolute_time": 'a time like "2026-11-21 10:59:40"',
        "relative_time": "seconds like 0.001",
        "double": "a number like 0.5",
    }
    return examples.get(wanted.family, wanted.words)


def _number(word: str, place: Place, wanted: FieldType, field: str) -> int:
    number = integer(word)
    if number is None:
        if value_names(field):
            return _named(word, place, field)
        raise MistakeError(f'"{word}" is no value of {field}, expected {_fitting(wanted)}', place)
    low, high = wanted.range
    if not low <= number <= high:
        raise MistakeError(f"{word} does not fit {field}, expected {_fitting(wanted)}", place)
    return number


def _named(text: str, place: Place, field: str) -> int:
    names = {name.casefold(): number for name, number in value_names(field).items()}
    number = names.get(text.casefold())
    if number is None:
        from difflib import get_close_matches

        near = get_close_matches(text.casefold(), names, 1, 0.4)
        written = {name.casefold(): name for name in value_names(field)}
        hint = f'did you mean "{written[near[0]]}"?' if near else f"expected a number or a name such as {_some(field)}"
        raise MistakeError(f'no value of {field} is called "{text}"; {hint}', place)
    return number


def _some(field: str) -> str:
    return ", ".join(f'"{name}"' for name in list(value_names(field))[:3])


def _truth(text: str, place: Place, field: str) -> int:
    if text in ("True", "TRUE"):
        return 1
    if text in ("False", "FALSE"):
        return 0
    high, low = truth_names(field)
    if text.casefold() in (high.casefold(), low.casefold()):
        return int(text.casefold() == high.casefold())
    raise MistakeError(f'{field} is never "{text}", expected True, False, 1, 0, "{high}" or "{low}"', place)


# Patterns are compiled when they are first needed, which few starts do: `re` keeps them.
_SEPARATED = r"[0-9A-Fa-f]{1,4}(?:([:.-])[0-9A-Fa-f]{1,4}(?:\1[0-9A-Fa-f]{1,4})*)?\Z"
_PLAIN = r"[0-9A-Fa-f]+\Z"


def to_bytes(word: str, place: Place) -> bytes:
    """Return bytes written as hexadecimal digits: 02:00, 02-00, 02.00, 0200, or 0x02 for a single one."""
    digits = word.removeprefix(":")
    if re.match(r"0[xX][0-9A-Fa-f]{2}\Z", digits):
        return bytes([int(digits, 16)])
    if re.match(_PLAIN, digits):
        return _pairs(digits)
    match = re.match(_SEPARATED, digits)
    if match is not None and len(match[1]) == 1:
        groups = digits.split(match[1])
        if all(len(group) == 2 for group in groups) or (match[1] != ":" and all(len(group) != 3 for group in groups)):
            return b"".join(map(_pairs, groups))
    raise MistakeError(f'"{word}" is no byte string, expected pairs of hexadecimal digits such as 02:00:5e', place)


def _pairs(digits: str) -> bytes:
    # A digit that is left over is a byte of its own, as Wireshark reads it.
    return bytes(int(digits[index : index + 2], 16) for index in range(0, len(digits), 2))


def _hardware_address(word: str, place: Place, field: str) -> bytes:
    try:
        found = to_bytes(word, place)
    except MistakeError:
        found = b""
    if len(found) != 6:
        count = f"is {len(found)} byte{'' if len(found) == 1 else 's'}" if found else "is no address"
        raise MistakeError(f'"{word}" {count}, expected the 6 of {field}, as in 00:05:5d:a1:b8:40', place)
    return found


def _network_address(word: str, place: Place, wanted: FieldType, field: str) -> bytes | Prefix:
    text, slash, digits = word.partition("/")
    try:
        address = ipv4_bytes(text) if wanted.family == "ipv4" else ipv6_bytes(text)
    except ValueError:
        raise MistakeError(f'"{word}" is no value of {field}, expected {_fitting(wanted)}', place) from None
    if not slash:
        return address
    length = int(digits)
    if length > wanted.bits:
        raise MistakeError(f"a prefix of {length} bits is too long, expected 0 to {wanted.bits}", place)
    mask = (1 << wanted.bits) - (1 << wanted.bits - length)
    return Prefix(address, mask.to_bytes(wanted.bits // 8, "big"))


_SECONDS = r"([0-9]+)(?:\.([0-9]{1,9}))?\Z"


def _seconds(word: str, place: Place, field: str) -> int:
    match = re.match(_SECONDS, word)
    if match is None or len(match[1]) > 19:
        raise MistakeError(
            f'"{word}" is no value of {field}, expected seconds with at most 9 decimals, such as 0.001', place
        )
    return int(match[1]) * BILLION + int((match[2] or "").ljust(9, "0"))


def _decimal(word: str, place: Place, field: str) -> float:
    number = integer(word) if word[:2] in ("0x", "0X") else None
    if number is not None:
        return float(number)
    if re.match(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z", word):
        return float(word)
    raise MistakeError(f'"{word}" is no value of {field}, expected a number such as 0.5', place)


_ISO = (
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?)?"
    r"(Z| ?[A-Z]{2,6}|[+-]\d{2}:?\d{2})?\Z"
)
_WRITTEN = r"([A-Z][a-z]{2})\s+(\d{1,2}),\s*(\d{4})\s+(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?( [A-Z+\-\d]{1,6})?\Z"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _moment(text: str, place: Place, field: str) -> int:
    """Return nanoseconds since the epoch; a time that names no zone is one of the machine's own."""
    # Loaded for filters that name a time.
    from calendar import timegm
    from datetime import datetime

    iso, written = re.match(_ISO, text), re.match(_WRITTEN, text)
    try:
        if iso is not None:
            year, month, day, hour, minute, second, fraction, zone = iso.groups()
        elif written is not None and written[1] in _MONTHS:
            name, day, year, hour, minute, second, fraction, zone = written.groups()
            month = str(_MONTHS.index(name) + 1)
        else:
            raise ValueError
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        named = None if zone is None else zone.strip()
        if named is None:
            whole = int(moment.timestamp())
        elif named in time.tzname and named != "UTC":
            # The zone's own names tell summer time from the other where an hour comes twice.
            whole = int(time.mktime((*moment.timetuple()[:8], time.tzname.index(named))))
        else:
            whole = timegm((moment - _offset(named)).timetuple())
    except (ValueError, OverflowError, OSError):
        raise MistakeError(
            f'"{text}" is no value of {field}, expected a time like "2026-11-21 10:59:40.5" '
            'or "Nov 21, 2026 10:59:40", with " UTC" behind it for no other zone',
            place,
        ) from None
    return whole * BILLION + int((fraction or "").ljust(9, "0"))


def _offset(zone: str) -> timedelta:
    from datetime import timedelta

    if zone in ("Z", "UTC"):
        return timedelta()
    if zone[0] not in "+-":
        raise ValueError
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
