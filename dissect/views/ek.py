"""Packets as tshark prints them for Elasticsearch: two lines each, of which the second has the fields of all layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from json import dumps

from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.shown import Shown, shown
from dissect.wireshark.field_types import ABSOLUTE_TIME, BOOLEAN, NONE
from dissect.wireshark.frame import BILLION
from dissect.wireshark.types import field_type, protocol_of

__all__ = ["ek_fields", "ek_packet"]

_MILLION = 1_000_000
_BETWEEN, _CLOSER = '", "', '","'


def ek_packet(
    packet: Packet,
    clock: Clock | None = None,
    *,
    raw: bool = False,
    protocols: frozenset[str] | None = None,
    whole: bool = False,
) -> str:
    """Return the two lines of a packet, without a newline at the end.

    Names have "_" for "." and the name of their protocol in front. Truth values are true or false, marks null, all
    else text. Values of one name that stand side by side are a list. With `raw`, each field that stands in bytes of
    the frame comes after these as digits, under its name with "_raw". Of layers and fields that `protocols`, where
    they are given, do not name, there is {"filtered": name}; with `whole` what stands below a named layer is there.
    """
    data = bytes(packet)
    document = _Document(packet, data if raw else None, protocols, whole)
    return _lines(packet, document.text(shown(packet, clock)))


def ek_fields(packet: Packet, fields: Sequence[tuple[str, str]]) -> str:
    """Return the two lines with chosen fields; `fields` holds their names and values, the latter as JSON."""
    # No text has this between two of its own characters, for a quote in a text stands behind a backslash.
    members = ",".join(f"{dumps(_key(name))}:{values.replace(_BETWEEN, _CLOSER)}" for name, values in fields)
    return _lines(packet, f"{{{members}}}")


def _lines(packet: Packet, layers: str) -> str:
    time_ns = packet.time_ns or 0
    index = f'{{"index":{{"_index":"packets-{_moment(time_ns):%Y-%m-%d}","_type":"doc"}}}}'
    return f'{index}\n{{"timestamp":"{time_ns // BILLION}{time_ns % BILLION // _MILLION:03d}","layers":{layers}}}'


class _Document:
    """What of a packet is printed, and how."""

    def __init__(self, packet: Packet, data: bytes | None, protocols: frozenset[str] | None, whole: bool) -> None:
        self.packet = packet
        self.data = data
        self.protocols = protocols
        self.whole = whole

    def text(self, layers: list[Shown]) -> str:
        return f"{{{','.join(self._members(layers, chosen=False))}}}"

    def _members(self, fields: list[Shown], chosen: bool) -> Iterator[str]:
        """Yield the members of an object: fields of one name below fields of one name come together."""
        groups: dict[tuple[str, str], list[Shown]] = {}
        self._gather("", fields, groups, chosen)
        for group in groups.values():
            name = _name(group[0])
            digits = [self._digits(each) for each in group] if self.data is not None else []
            if digits and None not in digits:
                yield f"{dumps(f'{name}_raw')}:{_one_or_list([dumps(each) for each in digits])}"
            yield f"{dumps(name)}:{_one_or_list([self._value(each, chosen) for each in group])}"

    def _gather(
        self, parent: str, fields: list[Shown], groups: dict[tuple[str, str], list[Shown]], chosen: bool
    ) -> None:
        """Sort fields, and those below them up to the next object, by their parent's name and their own."""
        for field in fields:
            groups.setdefault((parent, field.name), []).append(field)
            if not _is_object(field) and (chosen or self.protocols is None or field.name in self.protocols):
                self._gather(field.name, field.children, groups, chosen)

    def _value(self, field: Shown, chosen: bool) -> str:
        name = field.name or "text"
        is_named = self.protocols is None or chosen or name in self.protocols
        if not is_named:
            return dumps({"filtered": name}, separators=(",", ":"))
        if _is_object(field):
            below = list(self._members(field.children, chosen or (self.protocols is not None and self.whole)))
            return f"{{{','.join(below)}}}"
        kind = field_type(field.name) if field.name else None
        if kind is BOOLEAN:
            return "true" if field.text == "1" else "false"
        if kind is NONE:
            return "null"
        if kind is ABSOLUTE_TIME:
            time_ns = self.packet.time_ns if field.name == "frame.time" else field.number
            return dumps(_iso(time_ns or 0))
        if not field.name:
            return dumps(field.line, ensure_ascii=False)
        return dumps(field.printed, ensure_ascii=False)

    def _digits(self, field: Shown) -> str | None:
        """Return the bytes of a field as digits, its bits as a number; None where it stands in no bytes."""
        if self.data is None or field.start is None or not field.length or not field.name:
            return None
        return field.digits_in(self.data)


def _is_object(field: Shown) -> bool:
    return field.is_layer or field.name == "_ws.expert"


def _one_or_list(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{','.join(values)}]"


def _name(field: Shown) -> str:
    if not field.name:
        return "text"
    if _is_object(field) or field.is_option:
        return _key(field.name)
    return f"{_key(field.protocol or protocol_of(field.name))}_{_key(field.name)}"


def _key(name: str) -> str:
    return name.replace(".", "_")


def _moment(time_ns: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time_ns // BILLION)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _iso(time_ns: int) -> str:
    return f"{_moment(time_ns):%Y-%m-%dT%H:%M:%S}.{time_ns % BILLION:09d}Z"
