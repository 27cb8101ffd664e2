"""Filters as tests on the bytes of a record: what certainly does not pass is told before any object is made.

Nearly all frames are of the form that declarations call usual: TCP or UDP in IPv4 without options in Ethernet.
There every field has its place, and a function is written out for them; all others are left to the filter itself.
So are those with a port that leads to something the filter asks for, a tunnel for instance.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple, TypeAlias

from dissect.declaration.automatic import HeaderLength, Ports, Selector, TotalLength
from dissect.declaration.decoder import LINKS, field_of_role, plain_byte
from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import Field
from dissect.declaration.generated import written
from dissect.declaration.header import Data, Header
from dissect.declaration.options import Option
from dissect.declaration.pending import declare_pending
from dissect.declaration.record import Record
from dissect.filters.literals import Prefix
from dissect.filters.nodes import All, And, Node, Not, Or, Quantifier
from dissect.filters.reach import NOTHING, Reach, carried_reach
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.field_types import FieldType
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.record_fields import fields_of
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.sight import LEARNT
from dissect.wireshark.types import declared_fields, header_classes

__all__ = ["Leaf", "Prefilter", "compile_prefilter"]

Prefilter: TypeAlias = Callable[[bytes, int, int], bool]
"""`test(buffer, start, end)`: False where the frame in `buffer[start:end]` certainly does not pass."""


class Leaf(NamedTuple):
    """A test of one field against constants: "exists", a comparison, or "in" (a pair is a range)."""

    name: str
    kind: FieldType
    operator: str
    quantifier: Quantifier
    constants: tuple[Any, ...]


class _Bounds(NamedTuple):
    """Python for whether a test may be true, and whether it may be false; "True" where nobody can tell."""

    may_hold: str
    may_fail: str


_UNKNOWN = _Bounds("True", "True")
_NEVER = _Bounds("False", "True")
_ALWAYS = _Bounds("True", "False")

_Chain: TypeAlias = tuple[tuple[type[Header], int], ...]
"""Headers and their offsets in the frame."""


class _Form(NamedTuple):
    """Frames of one form, each field of which has its place: a chain of headers, and what may stand behind it."""

    chain: _Chain
    beyond: Reach
    gathered: dict[tuple[int, int], str]
    """The variables that hold whole bytes of the frame, by the first one and the one behind them."""

    @property
    def network(self) -> type[Header]:
        """The class of the header that tells where the frame's payload ends; here it is one without options."""
        return self.chain[-2][0]


def compile_prefilter(node: Node, leaves: dict[Node, Leaf], link: int) -> Prefilter | None:
    """Return the test on bytes for records of a link type; None where it could not rule anything out."""
    declare_pending()
    lines = ["def test(buffer, start, end):"]
    names: dict[str, Any] = {"number": int.from_bytes}
    for outermost in header_classes():
        if LINKS.get(link) is outermost.decode:
            for number, network in outermost.usually_carries().items():
                lines += _network_lines(node, leaves, (outermost, number, network), names)
    if len(lines) == 1:
        return None
    lines.append(" return True")
    return written(lines, names, "test", f"{__name__} of link type {link}")


def _network_lines(
    node: Node, leaves: dict[Node, Leaf], usual: tuple[type[Header], int, type[Header]], names: dict[str, Any]
) -> list[str]:
    """Return the lines for frames in which one header usually carries a certain network header; none where none help.

    What such a header must be like is what the decoders ask, too: no options, no length that lies, no fragment.
    """
    link, number, network = usual
    selector, onward = field_of_role(link, Selector), field_of_role(network, Selector)
    total, plain = field_of_role(network, TotalLength), plain_byte(network)
    transports = {number: cls for number, cls in network.usually_carries().items() if _has_place(cls)}
    if selector is None or onward is None or total is None or plain is None or not transports:
        return []
    at, behind = link.least_size, link.least_size + network.least_size
    least = behind + min(cls.least_size for cls in transports.values())
    partial = _Bits.of(network, at)
    spans = {_bytes(0, selector), _bytes(at, total), _bytes(at, onward), (at + plain[0], at + plain[0] + 1)}
    spans |= {(partial.start, partial.stop)} if partial else set()
    spans |= {_bytes(behind, port) for cls in transports.values() for port in _ports(cls)}
    gathered = _gathered({span for span in spans if span[1] <= least})
    plain_value = gathered[at + plain[0], at + plain[0] + 1]
    tests = [f"{_value(gathered, 0, selector)} == {number}", f"{plain_value} & {plain[1]} == {plain[2]}"]
    if partial:
        tests.append(f"not {_whole(gathered, partial.start, partial.stop)} & {partial.mask}")
    gather = f"gather{len(names)}"
    names[gather] = _unpacker(gathered)
    lines = [
        f" if end - start < {least}: return True",
        f" {', '.join(gathered.values())}, = {gather}(buffer, start)",
        f" if {' and '.join(tests)}:",
        f"  protocol, total = {_value(gathered, at, onward)}, {_value(gathered, at, total)}",
    ]
    helps = False
    for protocol, cls in transports.items():
        answer, special = _answers(node, leaves, _Form(((link, 0), (network, at), (cls, behind)), NOTHING, gathered))
        helps = helps or answer != "True"
        reaches = cls.least_size + (network.least_size if total.factory.with_header else 0)  # type: ignore[union-attr]
        too_short = [f"total < {reaches}", f"end - start < {behind + cls.least_size}", *_too_short(cls, behind)]
        lines += [f"  if protocol == {int(protocol)}:", f"   if {' or '.join(too_short)}: return True"]
        if special:
            known = f"special{len(names)}"
            names[known] = frozenset(special)
            asked = " or ".join(f"{_value(gathered, behind, port)} in {known}" for port in _ports(cls))
            lines.append(f"   if {asked}: return True")
        lines.append(f"   return {answer}")
    return lines if helps else []


def _has_place(cls: type[Header]) -> bool:
    """Whether what the header carries is told by ports, or is nothing that a filter knows."""
    if field_of_role(cls, Selector) is None:
        return cls.may_carry() == []
    return bool(_ports(cls))


def _ports(cls: type[Header]) -> list[Field]:
    """Return the fields of both ports by which the header says what it carries; none where it has none."""
    selector = field_of_role(cls, Ports)
    if selector is None:
        return []
    factory: Any = selector.factory
    return [cls.field(port) if isinstance(port, str) else port for port in factory.numbers(selector)]


def _answers(node: Node, leaves: dict[Node, Leaf], form: _Form) -> tuple[str, list[int]]:
    """Return Python for which frames pass with nothing behind their transport, and the ports that lead to more.

    A port counts only where what is carried there could change the answer.
    """
    answer = _bounds(node, leaves, form).may_hold
    if answer == "True":
        return answer, []
    special: list[int] = []
    matters: dict[Reach, bool] = {}
    for number, beyond in carried_reach(form.chain[-1][0]).items():
        if beyond not in matters:
            matters[beyond] = _bounds(node, leaves, form._replace(beyond=beyond)).may_hold != answer
        if matters[beyond]:
            if number is None:
                # What is told by a look at its bytes may stand behind any port.
                return "True", []
            special.append(number)
    return answer, special


def _too_short(cls: type[Header], offset: int) -> list[str]:
    """Return Python for a length that is less than the header, behind which filters see no further."""
    measured, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    tests = []
    if measured is not None:
        role: Any = measured.factory
        tests.append(f"{_value({}, offset, measured)} * {role.unit} + {role.uncounted} < {cls.least_size}")
    if total is not None and total.factory.with_header:  # type: ignore[union-attr]
        tests.append(f"{_value({}, offset, total)} < {cls.least_size}")
    return tests


class _Bits(NamedTuple):
    """Bits that lie near each other, which are all 0 in a whole datagram: the bytes that hold them, and a mask."""

    start: int
    stop: int
    mask: int

    @classmethod
    def of(cls, network: type[Header], offset: int) -> _Bits | None:
        """Return those of a network header at this offset; None where it has none."""
        fields = [network.field(name) for name in network.partial]
        if not fields:
            return None
        spans = [_bytes(offset, field) for field in fields]
        start, stop = min(start for start, _ in spans), max(stop for _, stop in spans)
        ends = [8 * stop - 8 * offset - field.bit - field.width for field in fields]
        return cls(start, stop, sum((1 << field.width) - 1 << end for field, end in zip(fields, ends, strict=True)))


def _bytes(offset: int, field: Field) -> tuple[int, int]:
    """Return the first byte of the frame that holds the field of a header at this offset, and the one behind it."""
    first = 8 * offset + field.bit
    return first // 8, (first + field.width + 7) // 8


_LETTERS = {1: "B", 2: "H", 4: "I"}


def _gathered(spans: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return a variable for each span of bytes that one call can unpack with the others, in their order."""
    found: dict[tuple[int, int], str] = {}
    position = 0
    for start, stop in sorted(spans):
        if stop - start in _LETTERS and start >= position:
            found[start, stop] = f"at{start}"
            position = stop
    return found


def _unpacker(gathered: dict[tuple[int, int], str]) -> Callable[[bytes, int], tuple[Any, ...]]:
    layout, position = "!", 0
    for start, stop in gathered:
        layout += f"{start - position}x{_LETTERS[stop - start]}"
        position = stop
    return Struct(layout).unpack_from


def _whole(gathered: dict[tuple[int, int], str], start: int, stop: int) -> str:
    """Return Python for the number that these bytes of the frame make."""
    if (start, stop) in gathered:
        return gathered[start, stop]
    single = stop - start == 1
    return f"buffer[start + {start}]" if single else f"number(buffer[start + {start}:start + {stop}], 'big')"


def _value(gathered: dict[tuple[int, int], str], offset: int, field: Field) -> str:
    """Return Python for the number in a field of the header at this offset."""
    start, stop = _bytes(offset, field)
    value = _whole(gathered, start, stop)
    down = 8 * stop - 8 * offset - field.bit - field.width
    if down:
        value = f"{value} >> {down}"
    if field.width != 8 * (stop - start):
        value = f"({value} & {(1 << field.width) - 1})"
    return value


def _bounds(node: Node, leaves: dict[Node, Leaf], form: _Form) -> _Bounds:
    if isinstance(node, All):
        return _ALWAYS
    if isinstance(node, Not):
        inner = _bounds(node.operand, leaves, form)
        return _Bounds(inner.may_fail, inner.may_hold)
    if isinstance(node, (And, Or)):
        bounds = [_bounds(operand, leaves, form) for operand in node.operands]
        holds, fails = [each.may_hold for each in bounds], [each.may_fail for each in bounds]
        return _Bounds(_all(holds), _any(fails)) if isinstance(node, And) else _Bounds(_any(holds), _all(fails))
    leaf = leaves.get(node)
    return _UNKNOWN if leaf is None else _of_leaf(leaf, form)


def _all(tests: list[str]) -> str:
    if "False" in tests:
        return "False"
    kept = list(dict.fromkeys(test for test in tests if test != "True"))
    return f"({' and '.join(kept)})" if kept else "True"


def _any(tests: list[str]) -> str:
    if "True" in tests:
        return "True"
    kept = list(dict.fromkeys(test for test in tests if test != "False"))
    return f"({' or '.join(kept)})" if kept else "False"


def _of_leaf(leaf: Leaf, form: _Form) -> _Bounds:
    name, chain = leaf.name, form.chain
    if name in LEARNT or name in FRAME_FIELDS or name in RESOLVED or name in EXPERT_FIELDS or name == Data.name:
        return _UNKNOWN
    if leaf.kind.family == "protocol":
        if leaf.operator != "exists":
            return _UNKNOWN
        if name == "frame" or any(cls.name == name for cls, _ in chain):
            return _ALWAYS
        return _UNKNOWN if form.beyond.has(name) else _NEVER
    if form.beyond.declares(name):
        return _UNKNOWN
    places: list[tuple[Field, int]] = []
    length = field_of_role(form.network, TotalLength)
    total = None if length is None else length.name
    for cls, offset in chain:
        for field in fields_of(cls):
            if name in (field.label, field.also):
                if isinstance(field, Derived) and cls is form.network and _has_none(field, total):
                    continue
                if isinstance(field, Derived) or field.floats or field.little:
                    return _UNKNOWN
                places.append((field, offset))
    if not places:
        return _UNKNOWN if _may_be_elsewhere(name, form) else _NEVER
    if leaf.operator == "exists":
        return _ALWAYS
    tests = [_test(leaf, field, offset, form) for field, offset in places]
    if None in tests:
        return _UNKNOWN
    known = [test for test in tests if test is not None]
    holds = _any(known) if leaf.quantifier == "any" else _all(known)
    if leaf.operator == "in" and leaf.quantifier == "all" and len(leaf.constants) > 1:
        # "All in the same element" is less than "each in one of them".
        return _Bounds(holds, "True")
    return _Bounds(holds, f"not {holds}")


def _has_none(field: Derived, total: str | None) -> bool:
    """Whether a network header without options, whose total length is not 0, has no value of the field."""
    return field.with_options or field.when_zero == total


def _may_be_elsewhere(name: str, form: _Form) -> bool:
    """Whether a field that none of the headers declares can be there all the same: in data, or in options."""
    classes = {cls for cls, _ in form.chain}
    for field in declared_fields(name):
        owner: type[Record] | None = field.owner
        if owner is None or issubclass(owner, Data):
            return True
        if issubclass(owner, Option) and owner.name not in {cls.name for cls in classes if cls is not form.network}:
            # The network header is one without options.
            continue
        if not issubclass(owner, Header) or any(issubclass(cls, owner) for cls in classes):
            return True
    return not declared_fields(name)


def _test(leaf: Leaf, field: Field, offset: int, form: _Form) -> str | None:
    """Return Python for the test of one field; None where it has no quick form."""
    if leaf.kind.is_bytes:
        if field.bit % 8 or field.width % 8 or leaf.kind.family not in ("ether", "ipv4"):
            return None
        start, end = _bytes(offset, field)
        value = f"buffer[start + {start}:start + {end}]"
    elif leaf.kind.is_number and leaf.kind.family != "signed":
        value = _value(form.gathered, offset, field)
        if field.scale != 1:
            value = f"{value} * {field.scale}"
    else:
        return None
    if leaf.operator != "in":
        return _comparison(value, leaf.operator, leaf.constants[0])
    elements: list[str] = []
    for constant in leaf.constants:
        if isinstance(constant, tuple) and not isinstance(constant, Prefix):
            low, high = constant
            if isinstance(low, Prefix) or isinstance(high, Prefix):
                return None
            elements.append(f"{low!r} <= {value} <= {high!r}")
        else:
            elements.append(_comparison(value, "==", constant))
    return _any(elements)


def _comparison(value: str, sign: str, constant: Any) -> str:
    if isinstance(constant, Prefix):
        mask = int.from_bytes(constant.mask, "big")
        return f"number({value}, 'big') & {mask} {sign} {int.from_bytes(constant.address, 'big') & mask}"
    return f"{value} {sign} {constant!r}"
