"""Packets as tshark prints them for Elasticsearch: two lines each, of which the second has the fields of all layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from json import dumps
from json.encoder import encode_basestring as any_text

from dissect.declaration.header import Header
from dissect.declaration.symbols import changed, retold, told
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.node import Node
from dissect.views.parts import InParts
from dissect.views.shown import Shown, shown_of
from dissect.views.tree import nodes_behind, nodes_in_front, nodes_of
from dissect.wireshark.field_types import ABSOLUTE_TIME, BOOLEAN, NONE
from dissect.wireshark.frame import BILLION
from dissect.wireshark.types import field_type, protocol_of

__all__ = ["EkDocuments", "ek_fields", "ek_packet"]

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
    return EkDocuments(clock, raw=raw, protocols=protocols, whole=whole)(packet)


class EkDocuments(InParts):
    """Makes the documents of packets (`ek_packet`)."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        raw: bool = False,
        protocols: frozenset[str] | None = None,
        whole: bool = False,
    ) -> None:
        self._clock = clock
        self._raw = raw
        self._protocols = protocols
        self._whole = whole

    def front(self, packet: Packet, protocols: str) -> str:
        return "\n".join(
            [_lines(packet), self._members(nodes_in_front(packet, self._clock, protocols), packet, packet.data)]
        )

    def group(self, layers: Sequence[Header], first: int, end: int) -> str:
        return self._members(nodes_of(layers, first, end), None, layers[0].buffer)

    def behind(self, packet: Packet) -> str:
        return self._members(nodes_behind(packet), packet, packet.data)

    def joined(self, parts: Sequence[str]) -> str:
        index, begin, *members = [line for part in parts for line in part.split("\n") if line]
        found: dict[str, tuple[str, str]] = {}
        for member in members:
            # Neither names nor values hold tabs: they are spelt out in JSON.
            key, value, raw = member.split("\t")
            known = found.get(key)
            if known is not None:
                value, raw = _together(known[0], value), _together(known[1], raw) if known[1] and raw else ""
            found[key] = value, raw
        written = ",".join(_written(key.partition(" ")[2], value, raw) for key, (value, raw) in found.items())
        return f"{index}\n{begin}{{{written}}}}}"

    def _members(self, nodes: Iterable[Node], packet: Packet | None, data: bytes) -> str:
        """Return the members that these nodes make, one in a line: what they stand below, name, value and bytes."""
        document = _Document(packet, data if self._raw else None, self._protocols, self._whole)
        members = document.members(shown_of(nodes))
        return "\n".join(f"{parent} {name}\t{value}\t{raw}" for parent, name, value, raw in members)


def _together(value: str, other: str) -> str:
    """Return the values of two members of one name as those of one."""
    return f"[{_several(value)},{_several(other)}]"


def _written(name: str, value: str, raw: str) -> str:
    """Return a member, behind its bytes where it has some."""
    return f'{name[:-1]}_raw":{raw},{name}:{value}' if raw else f"{name}:{value}"


def _several(value: str) -> str:
    """Return the values in a list without its brackets, and any other value as it is."""
    return value[1:-1] if value.startswith("[") else value


def ek_fields(packet: Packet, fields: Sequence[tuple[str, str]]) -> str:
    """Return the two lines with chosen fields; `fields` holds their names and values, the latter as JSON."""
    # No text has this between two of its own characters, for a quote in a text stands behind a backslash.
    members = ",".join(f"{dumps(_key(name))}:{values.replace(_BETWEEN, _CLOSER)}" for name, values in fields)
    return f"{_lines(packet)}{{{members}}}}}"


def _lines(packet: Packet) -> str:
    """Return the line in front of a packet's, and the beginning of that."""
    time_ns = packet.time_ns or 0
    index = f'{{"index":{{"_index":"packets-{told(_day, time_ns)}","_type":"doc"}}}}'
    return f'{index}\n{{"timestamp":"{time_ns // BILLION}{time_ns % BILLION // _MILLION:03d}","layers":'


def _day(time_ns: int) -> str:
    return f"{_moment(time_ns):%Y-%m-%d}"


class _Document:
    """What of a packet is printed, and how."""

    def __init__(
        self, packet: Packet | None, data: bytes | None, protocols: frozenset[str] | None, whole: bool
    ) -> None:
        self.packet = packet
        self.data = data
        self.protocols = protocols
        self.whole = whole

    def members(self, fields: list[Shown], *, chosen: bool = False) -> Iterator[tuple[str, str, str, str]]:
        """Yield the members of an object: what field they stand below, name, value and bytes, these three as JSON.

        Fields of one name below fields of one name come together, and have their bytes beside them where all of them
        have some; else these are "".
        """
        groups: dict[tuple[str, str], list[Shown]] = {}
        self._gather("", fields, groups, chosen)
        for (parent, _), group in groups.items():
            values = _one_or_list([self._value(each, chosen) for each in group])
            digits = [self._digits(each) for each in group]
            raw = "" if None in digits else _one_or_list([f'"{each}"' for each in digits])
            yield parent, dumps(_name(group[0])), values, raw

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
            below = self.members(field.children, chosen=chosen or (self.protocols is not None and self.whole))
            return f"{{{','.join(_written(key, value, raw) for _, key, value, raw in below)}}}"
        kind = field_type(field.name) if field.name else None
        if kind is BOOLEAN:
            return retold(_truth, field.text or "")
        if kind is NONE:
            return "null"
        if kind is ABSOLUTE_TIME:
            packet = self.packet if field.name == "frame.time" else None
            time_ns = field.number if packet is None else packet.time_ns
            return f'"{told(_iso, time_ns or 0)}"'
        if not field.name:
            return changed(any_text, field.line)
        return f'"{field.printed}"' if field.is_octets else changed(any_text, field.printed)

    def _digits(self, field: Shown) -> str | None:
        """Return the bytes of a field as digits, its bits as a number; None where it stands in no bytes."""
        if self.data is None or field.start is None or not field.length or not field.name:
            return None
        return field.digits_in(self.data)


def _truth(text: str) -> str:
    return "true" if text == "1" else "false"


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
