"""A protocol's page, made of its declaration: what it is, its fields, options, numbers, problems, and an example."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from dissect.declaration.automatic import Selector
from dissect.declaration.decoder import field_of_role
from dissect.declaration.derived_fields import Derived, Expert
from dissect.declaration.entry import EntryList
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.header import Data, Header
from dissect.declaration.options import Option
from dissect.declaration.record import FIELDS, Record
from dissect.errors import DissectError
from dissect.filters.catalogue import facts_of
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.sight_fields import Mark, Noted
from dissect.wireshark.types import field_type, header_classes
from docs.site.examples import example_of
from docs.site.markdown import anchor, code, examples_in, fenced, prose, table
from docs.site.protocols import FRAME, Protocol, enumeration_of, every_protocol

__all__ = ["home_of", "page"]

_KINDS = {
    "ether": "MAC address",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "bytes": "bytes",
    "string": "text",
    "bool": "bool",
    "uint": "number",
    "int": "signed number",
    "double": "number with a fraction",
    "oid": "object identifier",
    "moment": "time",
    "duration": "seconds",
    "list": "list",
}
"""What people call the values of a kind."""
_FIELD_COLUMNS = ("Python", "filter", "type", "range", "default", "meaning")
_NOT_TOLD = {"check", "headline", "info", "listed_name", "option_problems", "other_payload", "problems", "tells_names"}
"""Methods that protocols override, which are documented once, where they are declared first."""


@cache
def _homes() -> dict[type, str]:
    homes: dict[type, str] = {}
    for protocol in every_protocol().values():
        for cls in (*protocol.headers, *protocol.entries, *protocol.enumerations):
            homes[cls] = protocol.name
    return homes


def home_of(cls: type) -> str:
    """Return the protocol on whose page a class stands; "" for one that stands on none."""
    return _homes().get(cls, "")


class _Places:
    """The places of a page that links lead to, each once: the first that has a name."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        """Return the place of a name that stands here first; "" where it has one."""
        if name in self._taken:
            return ""
        self._taken.add(name)
        return anchor(name)


def _link(cls: type, page: str, text: str = "") -> str:
    """Return a link to a class, from a protocol's page."""
    shown = text or code(cls.__name__)
    home = home_of(cls)
    if not home:
        return shown
    return f"[{shown}]({'' if home == page else every_protocol()[home].page}#{cls.__name__})"


def page(protocol: Protocol) -> str:
    """Return the page in Markdown."""
    places = _Places()
    if protocol.name == FRAME:
        return _frame_page(protocol, places)
    parts = [f"# {protocol.name}: {protocol.title}\n\n", _glance(protocol)]
    parts += [_record_section(cls, protocol, places, level=2) for cls in protocol.headers]
    if protocol.entries:
        parts.append("## Options and records\n\n")
        parts += [_record_section(cls, protocol, places, level=3) for cls in protocol.entries]
    if protocol.enumerations:
        parts.append("## Numbers with names\n\n")
        parts += [_enumeration_section(each, places) for each in protocol.enumerations]
    parts += [_problem_section(protocol, places), _filter_section(protocol, places), example_of(protocol)]
    return "".join(parts)


def _frame_page(protocol: Protocol, places: _Places) -> str:
    told = (
        "# frame: What a capture says of a packet\n\n"
        "Names that no protocol declares: of the packet's record, of what is remarked, and such as stand for others. "
        'In Python they are `packet.get("frame.len")`, and attributes of `Packet`.\n\n'
    )
    return told + _filter_section(protocol, places)


def _glance(protocol: Protocol) -> str:
    first = protocol.headers[0]
    rows = [
        ("name in filters", code(protocol.name)),
        ("in Python", ", ".join(_link(cls, protocol.name) for cls in protocol.headers)),
        ("described in", prose(", ".join(dict.fromkeys(cls.document for cls in protocol.headers if cls.document)))),
        ("stands in", ", ".join(dict.fromkeys(_carriers(protocol)))),
        ("carries", ", ".join(_carried(protocol))),
        ("declared in", code(f"{first.__module__.replace('.', '/')}.py")),
    ]
    return table(("", "at a glance"), [row for row in rows if row[1]])


@cache
def _numbers() -> dict[Any, list[tuple[type[Header], int]]]:
    """Return, by what decodes them, the carriers of protocols and the numbers by which they stand there."""
    told: dict[Any, list[tuple[type[Header], int]]] = {}
    for carrier in dict.fromkeys(header_classes()):
        if home_of(carrier):
            for number, decode in carrier.decoders().items():
                told.setdefault(getattr(decode, "__func__", decode), []).append((carrier, int(number)))
    return told


def _decoder(cls: type[Header]) -> Any:
    return getattr(cls.decode, "__func__", cls.decode)


def _carriers(protocol: Protocol) -> Iterator[str]:
    """Yield what carries the protocol, with the numbers that say so."""
    found: dict[type[Header], list[int]] = {}
    for cls in protocol.headers:
        for carrier, number in _numbers().get(_decoder(cls), ()):
            found.setdefault(carrier, []).append(number)
        if cls.link_type is not None:
            yield f"captures of link type {cls.link_type}"
    for carrier, numbers in found.items():
        listed = ", ".join(_number(carrier, number) for number in sorted(set(numbers))[:12])
        yield f"{_link(carrier, protocol.name)} ({listed}{', …' if len(set(numbers)) > 12 else ''})"
    always = {each for each in header_classes() if each.always_carries in protocol.headers and home_of(each)}
    for carrier in sorted(always - found.keys(), key=lambda each: each.__name__):
        yield f"{_link(carrier, protocol.name)} (always)"


def _number(carrier: type[Header], number: int) -> str:
    """Return a number as details print it in the field of the carrier that says what follows."""
    selector = field_of_role(carrier, Selector)
    if selector is None or selector.base != 16:
        return str(number)
    return f"0x{number:0{selector.width // 4}x}"


def _carried(protocol: Protocol) -> Iterator[str]:
    """Yield the protocols that the headers carry."""
    found: dict[str, type[Header]] = {}
    by_decoder = {_decoder(each): each for each in reversed(header_classes()) if home_of(each)}
    for cls in protocol.headers:
        decodes = [*cls.decoders().values(), *cls.guessed_decoders()]
        carried = [by_decoder.get(getattr(decode, "__func__", decode)) for decode in decodes]
        for each in (*carried, cls.always_carries):
            if each is not None and home_of(each):
                found.setdefault(home_of(each), each)
    for name in sorted(found):
        yield f"[{name}]({every_protocol()[name].page})"


def _record_section(cls: type[Record], protocol: Protocol, places: _Places, *, level: int) -> str:
    title = f" – {cls.title}" if cls.title not in ("", "Entry", cls.__name__) else ""
    number = cls.number if issubclass(cls, Option) else None
    lines = [
        f"{'#' * level} {cls.__name__}{title} {{#{cls.__name__}}}\n\n",
        f"Kind {number}. " if number is not None else "",
        f"{prose(cls.__doc__)}\n\n",
    ]
    if cls.document and cls.document != protocol.headers[0].document:
        lines.append(f"Described in {prose(cls.document)}.\n\n")
    if ">>>" in (cls.__doc__ or ""):
        lines.append(fenced(examples_in(cls.__doc__), "pycon"))
    if cls.layout and issubclass(cls, Header) and cls is not Data:
        lines.append(fenced(str(cls.diagram())))
    shown = [each for each in cls.fields if not isinstance(each, Derived)]
    lines.append(table(_FIELD_COLUMNS, [_field_row(each, protocol.name, places) for each in shown]))
    lines.append(table(("in Python as well", "meaning"), _further(cls)))
    return "".join(lines)


def _field_row(each: Field, page: str, places: _Places) -> tuple[str, ...]:
    names = [name for name in (each.label, each.also) if name]
    return (
        code(each.name),
        "<br>".join(f"{places.of(name)}{code(name)}" for name in names),
        _type(each, page),
        _range(each),
        _default(each),
        _meaning(each),
    )


def _type(each: Field, page: str) -> str:
    enumeration = enumeration_of(each)
    size = (
        f"{each.width} bit{'' if each.width == 1 else 's'}"
        if each.width % 8 or not each.width
        else _bytes(each.width // 8)
    )
    told = f", {size}" if each.width else ""
    if enumeration is not None:
        return f"{_link(enumeration, page)}{told}"
    if isinstance(each.kind, EntryList):
        return f"list of {_link(each.kind.family, page)}"
    kind = _KINDS.get(each.kind.code, each.kind.code)
    if each.kind.code == "list":
        kind = f"list of {_KINDS.get(each.kind.item, 'number')}s"
    return f"{kind}{told}{', low byte first' if each.little else ''}"


def _bytes(count: int) -> str:
    return f"{count} byte{'' if count == 1 else 's'}"


def _range(each: Field) -> str:
    """Return what a constructor takes, in the words in which it refuses everything else."""
    try:
        each.kind.store(_Nothing(), each.width)
    except ValueError as error:
        return str(error).removeprefix("a whole number from ")
    except (TypeError, NotImplementedError, AttributeError, DissectError):
        return ""
    return ""


class _Nothing:
    """A value that fits no field."""


def _default(each: Field) -> str:
    if each.factory is not None:
        return "computed"
    if each.default is AUTOMATIC:
        return f"as {code(each.over)} says" if each.over else "computed"
    if isinstance(each.default, int) and not isinstance(each.default, bool):
        enumeration = enumeration_of(each)
        if enumeration is not None and issubclass(enumeration, Code):
            return code(enumeration(each.default).word)
        return code(hex(each.default) if each.base == 16 else str(int(each.default)))
    return code(repr(each.default))


def _meaning(each: Field) -> str:
    told = [each.title]
    if each.doc:
        told.append(" ".join(each.doc.split("\n\n")[0].split()).removesuffix("."))
    if isinstance(each.when, str):
        told.append(f"there where {code(each.when)} is not 0")
    elif isinstance(each.when, Mapping):
        told.append(f"there where {' and '.join(f'{code(name)} is {value}' for name, value in each.when.items())}")
    elif each.when is not None:
        told.append(_words_of(each.when, "there where the other fields say so"))
    if isinstance(each.length, str) and each.length not in ("", "rest"):
        told.append(f"as long as {code(each.length)} says")
    elif each.length == "rest":
        told.append("up to the header's end")
    if each.over:
        told.append(f"bits of {code(each.over)}")
    return "; ".join(dict.fromkeys(part for part in told if part))


def _words_of(function: Callable[..., object], otherwise: str) -> str:
    doc = inspect.getdoc(function)
    return doc.splitlines()[0].removesuffix(".") if doc else otherwise


def _further(cls: type[Record]) -> Iterator[tuple[str, str]]:
    """Yield what the class has beside fields: what is computed from them, properties and methods."""
    declared = {each.name for each in cls.fields}
    for name, value in sorted(vars(cls).items()):
        if name.startswith("_") or name in declared or name in _NOT_TOLD or name == "payload":
            continue
        if isinstance(value, Derived):
            doc = value.doc or value.title
        elif isinstance(value, property) or (inspect.isfunction(value) and value.__module__ == cls.__module__):
            doc = inspect.getdoc(value) or ""
        else:
            continue
        call = "()" if inspect.isfunction(value) else ""
        yield code(f"{name}{call}"), prose(doc.split("\n\n")[0])


def _enumeration_section(each: type[Code] | type[Flags], places: _Places) -> str:
    first = f"### {each.__name__} {{#{each.__name__}}}\n\n{prose(each.__doc__)}\n\n"
    numbers = [(member, hex(member) if issubclass(each, Flags) else str(int(member))) for member in each]
    rows = [(code((member.name or "").lower()), number, getattr(member, "title", "")) for member, number in numbers]
    return first + table(("name", "number", "what people read"), rows)


def _problem_section(protocol: Protocol, places: _Places) -> str:
    """Return what may be wrong with such headers: the names that filters have for it, and what each class looks at."""
    rows: list[tuple[str, str, str]] = []
    for label in protocol.names:
        for each in FIELDS.get(label, ()):
            if isinstance(each, Expert | Mark | Noted):
                severity = each.notice.severity.lower() if isinstance(each, Mark | Noted) else ""
                doc = each.doc.split("\n\n")[0] if isinstance(each, Noted) else ""
                rows.append((f"{places.of(label)}{code(label)}", severity, prose(each.title or doc)))
                break
    checked = [
        (_link(cls, protocol.name), prose(inspect.getdoc(vars(cls)["check"])).removeprefix("Yield "))
        for cls in protocol.headers
        if "check" in vars(cls)
    ]
    if not rows and not checked:
        return ""
    told = "`problems()` tells them with field and byte, filters ask for them by these names:\n\n"
    return "".join(
        [
            "## Problems {#problems}\n\n",
            "Every header is looked through for what all may have: cut short, a length or checksum that is wrong, a "
            "number that stands for something else than what is carried.\n\n",
            table(("class", "beside that, it looks for"), checked),
            told if rows else "",
            table(("filter", "severity", "what is remarked"), rows),
        ]
    )


def _filter_section(protocol: Protocol, places: _Places) -> str:
    """Return the names that only filters have: what other frames tell, what is computed, what stands for several."""
    rows = []
    for label in protocol.names:
        place = places.of(label)
        if not place:
            continue
        facts = facts_of(label)
        meaning = ", ".join(map(code, facts.stands_for)) if facts.stands_for else _joined(facts.meaning, facts.doc)
        if label in EXPERT_FIELDS and not meaning:
            meaning = EXPERT_FIELDS[label].title
        kind = field_type(label)
        rows.append((f"{place}{code(label)}", "" if kind is None else kind.name, meaning))
    if not rows:
        return ""
    told = (
        "Names that only display filters, `-e` and `packet.get(...)` have: computed, told by other frames, "
        "or for several fields.\n\n"
    )
    return "## In filters {#in-filters}\n\n" + told + table(("filter", "type", "meaning"), rows)


def _joined(meaning: str, doc: str) -> str:
    return f"{meaning}: {doc}" if doc and meaning != doc else meaning
