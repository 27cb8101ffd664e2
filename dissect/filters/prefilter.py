"""Filters as tests on the bytes of a record: what certainly does not pass is told before any object is made.

Nearly all traffic is TCP or UDP in IPv4 without options in Ethernet, where every field of a header has its place.
For such frames a function is written out from the declarations; all others are left to the filter itself.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple, TypeAlias

from dissect.declaration.automatic import Selector, TotalLength
from dissect.declaration.decoder import field_of_role
from dissect.declaration.fields import Derived, Field
from dissect.declaration.header import Data, Header
from dissect.declaration.options import Option
from dissect.declaration.record import Record
from dissect.filters.literals import Prefix
from dissect.filters.nodes import All, And, Node, Not, Or, Quantifier
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.wireshark.field_types import FieldType
from dissect.wireshark.fields import fields_of
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.types import CONTEXT_FIELDS, declared_fields

__all__ = ["Leaf", "Prefilter", "compile_prefilter"]

Prefilter: TypeAlias = Callable[[bytes, int, int], bool]
"""`test(buffer, start, end)`: False where the frame in `buffer[start:end]` certainly does not pass."""

_ETHERNET_LINK = 1


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


def compile_prefilter(node: Node, leaves: dict[Node, Leaf], link: int) -> Prefilter | None:
    """Return the test on bytes for records of a link type; None where it could not rule anything out."""
    if link != _ETHERNET_LINK:
        return None
    ip = Ethernet._fixed
    transport = ip + IPv4._fixed
    answers: dict[type[Header], str] = {}
    for cls in (UDP, TCP):
        chain: _Chain = ((Ethernet, 0), (IPv4, ip), (cls, transport))
        answers[cls] = _bounds(node, leaves, chain).may_hold if _carries_data_only(cls) else "True"
    if set(answers.values()) == {"True"}:
        return None
    lines = [
        "def test(buffer, start, end):",
        f" if end - start < {transport + UDP._fixed}: return True",
        # Type; version and header length; total length; flags and fragment offset; protocol.
        " kind, version, total, fragment, protocol = plain(buffer, start + 12)",
        f" if kind != {int(EtherType.IPV4)} or version != 0x45 or fragment & 0x3FFF: return True",
    ]
    # Behind a length that is too short, filters see no further.
    too_short: dict[type[Header], str] = {
        UDP: f"not buffer[start + {transport + 4}] and buffer[start + {transport + 5}] < {UDP._fixed}"
    }
    too_short[TCP] = f"buffer[start + {transport + 12}] < {TCP._fixed // 4 << 4}"
    for cls, number in ((UDP, IPProtocol.UDP), (TCP, IPProtocol.TCP)):
        least = transport + cls._fixed
        lines += [
            f" if protocol == {int(number)}:",
            f"  if total < {least - ip} or end - start < {least} or {too_short[cls]}: return True",
            f"  return {answers[cls]}",
        ]
    lines.append(" return True")
    names: dict[str, Any] = {"plain": Struct("!HBxHxxHxB").unpack_from, "number": int.from_bytes}
    exec(compile("\n".join(lines), "<prefilter>", "exec"), names)
    return names["test"]  # type: ignore[no-any-return]


def _carries_data_only(cls: type[Header]) -> bool:
    """Whether nothing that a filter knows can stand behind the header."""
    return not cls._carried and field_of_role(cls, Selector) is None and cls._other_payload is Header._other_payload


def _bounds(node: Node, leaves: dict[Node, Leaf], chain: _Chain) -> _Bounds:
    if isinstance(node, All):
        return _ALWAYS
    if isinstance(node, Not):
        inner = _bounds(node.operand, leaves, chain)
        return _Bounds(inner.may_fail, inner.may_hold)
    if isinstance(node, (And, Or)):
        bounds = [_bounds(operand, leaves, chain) for operand in node.operands]
        holds, fails = [each.may_hold for each in bounds], [each.may_fail for each in bounds]
        return _Bounds(_all(holds), _any(fails)) if isinstance(node, And) else _Bounds(_any(holds), _all(fails))
    leaf = leaves.get(node)
    return _UNKNOWN if leaf is None else _of_leaf(leaf, chain)


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


def _of_leaf(leaf: Leaf, chain: _Chain) -> _Bounds:
    name = leaf.name
    if name in CONTEXT_FIELDS or name in FRAME_FIELDS or name == Data.name:
        return _UNKNOWN
    if leaf.kind.family == "protocol":
        if leaf.operator != "exists":
            return _UNKNOWN
        return _ALWAYS if name == "frame" or any(cls.name == name for cls, _ in chain) else _NEVER
    places: list[tuple[Field, int]] = []
    length = field_of_role(IPv4, TotalLength)
    total = None if length is None else length.name
    for cls, offset in chain:
        for field in fields_of(cls):
            if name in (field.label, field.also):
                if isinstance(field, Derived) and cls is IPv4 and (field.with_options or field.when_zero == total):
                    # The header of IPv4 is one without options, and its total length is not 0.
                    continue
                if isinstance(field, Derived) or not field.width:
                    return _UNKNOWN
                places.append((field, offset))
    if not places:
        return _UNKNOWN if _may_be_elsewhere(name, chain) else _NEVER
    if leaf.operator == "exists":
        return _ALWAYS
    tests = [_test(leaf, field, offset) for field, offset in places]
    if None in tests:
        return _UNKNOWN
    known = [test for test in tests if test is not None]
    holds = _any(known) if leaf.quantifier == "any" else _all(known)
    if leaf.operator == "in" and leaf.quantifier == "all" and len(leaf.constants) > 1:
        # "All in the same element" is less than "each in one of them".
        return _Bounds(holds, "True")
    return _Bounds(holds, f"not {holds}")


def _may_be_elsewhere(name: str, chain: _Chain) -> bool:
    """Whether a field that none of the headers declares can be there all the same: in data, or in options."""
    classes = {cls for cls, _ in chain}
    for field in declared_fields(name):
        owner: type[Record] | None = field.owner
        if owner is None or issubclass(owner, Data):
            return True
        if issubclass(owner, Option) and owner.name not in {cls.name for cls, _ in chain if cls is not IPv4}:
            # The header of IPv4 is one without options.
            continue
        if not issubclass(owner, Header) or any(issubclass(cls, owner) for cls in classes):
            return True
    return not declared_fields(name)


def _test(leaf: Leaf, field: Field, offset: int) -> str | None:
    """Return Python for the test of one field; None where it has no quick form."""
    first, width = 8 * offset + field.bit, field.width
    start, end = first // 8, (first + width + 7) // 8
    whole = not first % 8 and not width % 8
    if leaf.kind.is_bytes:
        if not whole or leaf.kind.family not in ("ether", "ipv4"):
            return None
        value = f"buffer[start + {start}:start + {end}]"
    elif leaf.kind.is_number and leaf.kind.family != "signed":
        value = (
            f"buffer[start + {start}]" if end - start == 1 else f"number(buffer[start + {start}:start + {end}], 'big')"
        )
        down = 8 * end - first - width
        if down:
            value = f"{value} >> {down}"
        if not whole:
            value = f"({value} & {(1 << width) - 1})"
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
