"""Filters as tests on the bytes of a record: what certainly does not pass is told before any object is made.

Nearly all frames are of the form that declarations call usual: TCP or UDP in IPv4 without options in Ethernet.
There every field has its place, and a function is written out for them; all others are left to the filter itself.
So are those with a port that leads to something the filter asks for, a tunnel for instance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from dissect.declaration.automatic import HeaderLength, Ports, Selector, TotalLength
from dissect.declaration.decoder import field_of_role
from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import Field
from dissect.declaration.gathering import Span, gathered
from dissect.declaration.generated import unused, written
from dissect.declaration.header import Data, Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option
from dissect.declaration.record import Record
from dissect.declaration.selection import looks_of
from dissect.filters.literals import Prefix
from dissect.filters.nodes import All, And, Node, Not, Or, Quantifier
from dissect.filters.reach import NOTHING, OPENED, Reach, carried_reach
from dissect.flows.usual import Sieve, Usual, UsualNetwork, guesses_behind, usual_chain, usual_networks
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.field_tables import LEARNT
from dissect.wireshark.field_types import FieldType
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.record_fields import fields_of
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.types import declared_fields

__all__ = ["Leaf", "Prefilter", "compile_prefilter", "sieve_of"]

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
    places: dict[str, Span]
    """The places that the tests ask for, by the names of the variables that hold their values."""

    @property
    def network(self) -> type[Header]:
        """The class of the header that tells where the frame's payload ends; here it is one without options."""
        return self.chain[-2][0]

    def value(self, offset: int, field: Field, *, is_octets: bool = False) -> str:
        """Return Python for the number, or the bytes, in a field of the header at this offset."""
        place = Span(field.bit, field.width, is_octets).behind(offset)
        name = f"{'o' if is_octets else 'n'}{place.bit}_{place.width}"
        self.places[name] = place
        return name


def compile_prefilter(sieve: Callable[[Usual], Sieve | None], link: int) -> Prefilter | None:
    """Return the test on bytes for records of a link type; None where it could not rule anything out.

    `sieve` gives what `sieve_of` does for a filter.
    """
    names: dict[str, Any] = {}
    lines = [line for around in usual_networks(link) for line in _network_lines(sieve, around, names)]
    if not lines:
        return None
    head = ["def test(data, base, stop):", " here = stop - base"]
    return written([*head, *lines, " return True"], names, "test", f"{__name__} of link type {link}")


def _network_lines(sieve: Callable[[Usual], Sieve | None], around: UsualNetwork, names: dict[str, Any]) -> list[str]:
    """Return the lines for frames in which a header usually carries a certain network header; none where none help."""
    inside: list[str] = []
    for number, cls in around.network.usually_carries().items():
        found = sieve(usual_chain(around, cls, None))
        if found is not None and found.test != "True":
            names |= found.names
            least = around.size + cls.least_size
            inside += [
                f"  if onward == {int(number)}:",
                f"   if here < {least} or end < {least}: return True",
                *(f"   {line}" for line in _gathered(found.places, names)),
                f"   return {found.test}",
            ]
    if not inside:
        return []
    places = {name: place for name, place in around.places.items() if name not in ("source", "destination")}
    return [
        f" if here < {around.size}: return True",
        *(f" {line}" for line in _gathered(places, names)),
        f" end = {around.end}",
        f" if {' and '.join(around.tests)}:",
        *inside,
    ]


def _gathered(places: Mapping[str, Span], names: dict[str, Any]) -> list[str]:
    """Return the lines that give the values at these places their names."""
    if not places:
        return []
    how, gather = gathered(places), unused(names, "gather")
    names[gather] = how.unpack
    return how.lines(f"{gather}(data, base)")


def sieve_of(node: Node, leaves: dict[Node, Leaf], usual: Usual) -> Sieve | None:
    """Return which frames of a usual chain may pass, and which do for certain; None where nobody can tell.

    Those that carry what the last header has a number for pass for certain only if the filter itself says so.
    """
    cls, offset = usual.classes[-1], usual.starts[-1]
    if not _has_place(cls):
        return None
    form = _Form(tuple(zip(usual.classes, usual.starts, strict=True)), NOTHING, {})
    answer, special = _answers(node, leaves, form)
    fails = _bounds(node, leaves, form).may_fail
    sure = "True" if fails == "False" else "False" if fails == "True" else f"not {fails}"
    if answer == "True" and sure == "False":
        return None
    names: dict[str, Any] = {"number_of": int.from_bytes}
    tests = [] if answer == "False" else [answer]
    if special:
        known = f"special_{_called(cls)}"
        names[known] = frozenset(_port_bytes(cls, [number for number in special if number is not None]))
        tests += [f"{form.value(offset, port, is_octets=True)} in {known}" for port in _ports(cls)]
        if None in special:
            tests.append(_begins_likely(form, names))
    if answer != "True":
        tests += _too_short(form)
    return Sieve(form.places, " or ".join(tests) or "False", sure, names)


def _called(cls: type[Header]) -> str:
    """Return what a class is called in Python that is written out: the same in each process, which finds it as kept."""
    return re.sub(r"\W", "_", f"{cls.__module__}.{cls.__qualname__}")


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


def _begins_likely(form: _Form, names: dict[str, Any]) -> str:
    """Return Python for whether the last header may carry a message that has no port, by how that begins."""
    cls, offset = form.chain[-1]
    guesses = guesses_behind(cls) or []
    measured = field_of_role(cls, HeaderLength)
    body = str(offset + cls.least_size)
    if measured is not None:
        role: Any = measured.factory
        body = f"{offset + role.uncounted} + {form.value(offset, measured)} * {role.unit}"
    tests = []
    for place, table, is_likely in looks_of(guesses):
        first, likely = f"first_{_called(cls)}_{place}", f"likely_{_called(cls)}_{place}"
        names |= {first: table, likely: is_likely}
        look = f"{first}[data[where + {place}]] and {likely}(data, where, stop)"
        tests.append(f"(where := base + {body}) + {place} < stop and {look}")
    return f"({' or '.join(tests)})"


def _port_bytes(cls: type[Header], numbers: list[int]) -> Iterator[bytes]:
    """Yield the ports as they stand in the header, which are compared sooner than numbers that are made of them."""
    size = _ports(cls)[0].width // 8
    yield from (number.to_bytes(size, "big") for number in numbers if number >> 8 * size == 0)


def _answers(node: Node, leaves: dict[Node, Leaf], form: _Form) -> tuple[str, list[int | None]]:
    """Return Python for which frames pass with nothing behind their transport, and the ports that lead to more.

    A port counts only where what is carried there could change the answer. None stands for what has no port, but
    messages that begin as it says.
    """
    answer = _bounds(node, leaves, form).may_hold
    if answer == "True":
        return answer, []
    special: list[int | None] = []
    # Most of what is carried has none of the fields, and what has the same ones makes the same of the answer.
    matters: dict[frozenset[str], bool] = {frozenset(): False}
    for number, beyond in carried_reach(form.chain[-1][0]).items():
        reached = frozenset(leaf.name for leaf in leaves.values() if _is_reached(leaf, beyond))
        if reached not in matters:
            matters[reached] = _bounds(node, leaves, form._replace(beyond=beyond)).may_hold != answer
        if matters[reached]:
            if number == OPENED or (number is None and guesses_behind(form.chain[-1][0]) is None):
                # What is told by a look at its bytes, or by other headers, may stand behind any port.
                return "True", []
            special.append(number)
    return answer, special


def _is_reached(leaf: Leaf, beyond: Reach) -> bool:
    """Whether what a test asks for may stand in this reach."""
    return beyond.has(leaf.name) if leaf.kind.family == "protocol" else beyond.declares(leaf.name)


def _too_short(form: _Form) -> list[str]:
    """Return Python for a length that is less than the header, behind which filters see no further."""
    cls, offset = form.chain[-1]
    measured, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    tests = []
    if measured is not None:
        role: Any = measured.factory
        # How many units the shortest header has, rounded up.
        least = -((role.uncounted - cls.least_size) // role.unit)
        tests.append(f"{form.value(offset, measured)} < {least}")
    if total is not None and total.factory.with_header:  # type: ignore[union-attr]
        tests.append(f"{form.value(offset, total)} < {cls.least_size}")
    return tests


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
        return _UNKNOWN if _is_reached(leaf, form.beyond) else _NEVER
    if _is_reached(leaf, form.beyond):
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
        value = form.value(offset, field, is_octets=True)
    elif leaf.kind.is_number and leaf.kind.family != "signed":
        value = form.value(offset, field)
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
        return f"number_of({value}, 'big') & {mask} {sign} {int.from_bytes(constant.address, 'big') & mask}"
    return f"{value} {sign} {constant!r}"
