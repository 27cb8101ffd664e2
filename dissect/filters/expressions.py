"""Values in a filter, typed and compiled: fields, literals, slices, sums and functions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from dissect.declaration.addresses import ipv4_text, ipv6_text
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.references import remembered
from dissect.declaration.traced_bytes import TracedOctets, answered
from dissect.filters import numbers
from dissect.filters.literals import Constant, Prefix, convert, to_bytes
from dissect.filters.nodes import (
    Arithmetic,
    Call,
    Character,
    MistakeError,
    Name,
    Negative,
    Place,
    Range,
    Slice,
    Text,
    Value,
)
from dissect.filters.numbers import Signed
from dissect.filters.values import Context, gather_field, gather_protocol
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.field_types import BYTES, STRING, UINT32, FieldType
from dissect.wireshark.misspelt import unknown_name
from dissect.wireshark.types import field_names, field_type, has_field

__all__ = [
    "SIGNS",
    "Evaluate",
    "Expression",
    "Expressions",
    "field_of",
    "incompatible",
    "ordering",
    "search_literal",
    "unknown_field",
]

Evaluate: TypeAlias = Callable[[Packet | Header], list[Any] | None]
"""What gives an expression's values in a packet: None where a field that it needs is not there."""
Wanted: TypeAlias = tuple[FieldType, str] | None
"""The type that a literal takes, and the name of the field that has it."""

FUNCTIONS = ("len", "count", "upper", "lower", "string", "max", "min", "abs")

# What each family of types can do beside being compared.
_ARITHMETIC = {
    "unsigned": "&+-*/%",
    "signed": "&+-*/%",
    "framenum": "&+-*/%",
    "double": "+-*/",
    "relative_time": "+-",
    "bytes": "&",
    "ether": "&",
    "ipv4": "&",
    "ipv6": "&",
}
_SHOWN = {"unsigned", "signed", "framenum", "double", "ether", "ipv4", "ipv6"}


class Expression(NamedTuple):
    """A value of a filter: its type, what it is called in messages, and what gives it.

    `constant` holds the value where it depends on no packet. `is_plain` says that numbers are
    never signed, so that they compare as they are; slices compare with everything that is bytes.
    """

    kind: FieldType
    name: str
    evaluate: Evaluate
    place: Place
    constant: Constant | None = None
    is_plain: bool = True
    is_slice: bool = False


def field_of(node: Value) -> str | None:
    """Return the name of the field or protocol that a word is; None for every other node."""
    if not isinstance(node, Name) or node.text[:1] == ":":
        return None
    name = node.text.removeprefix(".")
    return name if has_field(name) else None


class Expressions:
    """Compiles the values of one filter; `fields` gathers the names that it asks for, and where it does so first.

    `displayed` knows the packet that was displayed last where there is no `clock` for everything.
    """

    def __init__(self, clock: Clock | None, context: Context | None, displayed: Clock | None = None) -> None:
        self.fields: dict[str, Place] = {}
        self._clock = clock
        self._displayed = displayed if clock is None else clock
        self._context = context

    def operand(self, node: Value, whole: bool = False) -> Expression:
        """Return the left side of a test, which gives the other side its type; `whole` as for protocols' bytes."""
        leftmost = node
        while isinstance(leftmost, (Arithmetic, Negative)):
            leftmost = leftmost.left if isinstance(leftmost, Arithmetic) else leftmost.operand
        if isinstance(leftmost, (Name, Text, Character)) and field_of(leftmost) is None:
            raise unknown_field(leftmost)
        return self.value(node, None, whole)

    def value(self, node: Value, wanted: Wanted, whole: bool = False) -> Expression:
        """Return the compiled value; literals take the type `wanted`."""
        name = field_of(node)
        if name is not None:
            assert isinstance(node, Name)
            return self.field(node, name, whole)
        if isinstance(node, (Name, Text, Character)):
            if wanted is None:
                raise unknown_field(node)
            return _constant(convert(_bare(node), *wanted), wanted, node.place)
        if isinstance(node, Slice):
            return self._slice(node)
        if isinstance(node, Call):
            return self._call(node, wanted)
        if isinstance(node, Negative):
            return self._negative(node, wanted)
        return self._arithmetic(node, wanted)

    def field(self, node: Name, name: str, whole: bool = False) -> Expression:
        """Return the values of a field, of the layers that are meant."""
        kind = field_type(name)
        assert kind is not None
        self.fields.setdefault(name, node.place)
        if kind.family == "protocol":
            gather = gather_protocol(name, node.layers, whole)
        else:
            clock = self._displayed if name == "frame.time_delta_displayed" else self._clock
            gather = gather_field(name, node.layers, clock, self._context)
        if kind.family == "signed":
            return Expression(
                kind, name, lambda packet: list(map(Signed, gather(packet))) or None, node.place, None, False
            )
        return Expression(kind, name, lambda packet: gather(packet) or None, node.place)

    def _slice(self, node: Slice) -> Expression:
        if isinstance(node.operand, (Name, Text, Character)) and field_of(node.operand) is None:
            raise unknown_field(node.operand)
        base = self.value(node.operand, None)
        if not base.kind.is_bytes:
            raise MistakeError(f"{base.name} is {base.kind.words} and cannot be cut into bytes", node.operand.place)
        evaluate, ranges = base.evaluate, node.ranges

        def cut(packet: Packet | Header) -> list[Any] | None:
            values = evaluate(packet)
            return values and [_piece(value, ranges) for value in values]

        return Expression(BYTES, base.name, cut, node.place, is_slice=True)

    def _negative(self, node: Negative, wanted: Wanted) -> Expression:
        inner = self.value(node.operand, (wanted[0], '"-"') if wanted and self._is_literal(node.operand) else wanted)
        family, bits = inner.kind.family, _bits(inner.kind)
        if "-" not in _ARITHMETIC.get(family, ""):
            raise MistakeError(f"{inner.name} is {inner.kind.words} and has no negative", node.place)
        if inner.constant is not None:
            constant: Any = inner.constant
            negated = numbers.negated(constant, bits) if inner.kind.is_number else -constant
            if negated is None:
                raise MistakeError(f"-{constant} does not fit, expected at least {-(1 << bits - 1)}", node.place)
            return Expression(inner.kind, inner.name, lambda packet: [negated], node.place, negated, False)
        if not inner.kind.is_number:
            return self._mapped(inner, inner.kind, operator.neg, node.place)
        return self._mapped(inner, inner.kind, lambda number: numbers.negated(number, bits), node.place)

    def _mapped(self, inner: Expression, kind: FieldType, change: Callable[[Any], Any], place: Place) -> Expression:
        """Return what changes every value, those that come out as None left out."""
        evaluate = inner.evaluate

        def mapped(packet: Packet | Header) -> list[Any] | None:
            values = evaluate(packet)
            return None if values is None else [each for value in values if (each := change(value)) is not None]

        return Expression(kind, inner.name, mapped, place, None, False)

    def _arithmetic(self, node: Arithmetic, wanted: Wanted) -> Expression:
        sign = f'"{node.operator}"'
        if wanted is None or not self._is_literal(node.left):
            left = self.value(node.left, wanted)
        else:
            # A name stands for a value of a field itself, and not for a part of a sum.
            left = self.value(node.left, (wanted[0], sign))
        kind = left.kind
        if node.operator not in _ARITHMETIC.get(kind.family, ""):
            raise MistakeError(f'{left.name} is {kind.words}, for which there is no "{node.operator}"', node.place)
        if isinstance(node.right, (Text, Character)):
            raise MistakeError(f'"{node.operator}" takes no strings, expected a number or a field', node.right.place)
        right = self.value(node.right, (kind, sign))
        if node.operator not in _ARITHMETIC.get(right.kind.family, ""):
            raise MistakeError(
                f'{right.name} is {right.kind.words}, for which there is no "{node.operator}"', node.right.place
            )
        if not kind.compares_with(right.kind):
            raise incompatible(left, right)
        combine = _combination(node.operator, kind)
        first, second = left.evaluate, right.evaluate

        def combined(packet: Packet | Header) -> list[Any] | None:
            ours = first(packet)
            if ours is None:
                return None
            theirs = second(packet)
            if theirs is None:
                return None
            return [each for a in ours for b in theirs if (each := combine(a, b)) is not None]

        return Expression(kind, left.name, combined, node.place, None, False)

    def _is_literal(self, node: Value) -> bool:
        return isinstance(node, (Name, Text, Character)) and field_of(node) is None

    def _call(self, node: Call, wanted: Wanted) -> Expression:
        if node.name not in FUNCTIONS:
            from difflib import get_close_matches

            near = get_close_matches(node.name.lower(), FUNCTIONS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"they are {', '.join(FUNCTIONS)}"
            raise MistakeError(
                f"there is no function {node.name!r}; {hint}",
                Place(node.place.start, node.place.start + len(node.name)),
            )
        count = len(node.arguments)
        if not count or (count > 1 and node.name not in ("max", "min")):
            expected = "at least one" if node.name in ("max", "min") else "exactly one"
            raise MistakeError(f"{node.name} has {count} arguments, expected {expected}", node.place)
        if node.name in ("max", "min"):
            return self._extreme(node, wanted)
        if node.name == "abs":
            return self._absolute(node, wanted)
        argument = node.arguments[0]
        name = field_of(argument)
        if name is None or not isinstance(argument, Name):
            if isinstance(argument, Name):
                raise unknown_field(argument)
            raise MistakeError(f"{node.name} takes a field as it is, such as tcp.payload", argument.place)
        inner = self.field(argument, name)
        if node.name in ("len", "count"):
            return self._measured(node, inner)
        family = inner.kind.family
        if node.name == "string":
            if family not in _SHOWN:
                raise MistakeError(f"{name} is {inner.kind.words}, expected a number or an address", argument.place)
            return self._present(self._mapped(inner, STRING, _printer(inner.kind), node.place))
        if family != "string":
            raise MistakeError(f"{name} is {inner.kind.words}, expected text, such as frame.protocols", argument.place)
        raised = bytes.upper if node.name == "upper" else bytes.lower

        def change(value: Any) -> bytes:
            return raised(bytes(value))

        return self._present(self._mapped(inner, STRING, change, node.place))

    def _measured(self, node: Call, inner: Expression) -> Expression:
        evaluate = inner.evaluate
        if node.name == "count":

            def counted(packet: Packet | Header) -> list[Any] | None:
                values = evaluate(packet)
                return None if values is None else [len(values)]

            return Expression(UINT32, f"{node.name}({inner.name})", counted, node.place)
        if inner.kind.is_bytes:
            size: Callable[[Any], int] = len
        else:
            fixed = inner.kind.bits // 8 if inner.kind.family in ("unsigned", "signed", "framenum") else 0

            def size(value: Any) -> int:
                return fixed

        measured = self._mapped(inner, UINT32, size, node.place)
        return Expression(UINT32, f"{node.name}({inner.name})", measured.evaluate, node.place)

    def _present(self, inner: Expression) -> Expression:
        """Return a function's result, which is not there where it has no values."""
        evaluate = inner.evaluate
        return Expression(
            inner.kind, inner.name, lambda packet: evaluate(packet) or None, inner.place, None, inner.is_plain
        )

    def _absolute(self, node: Call, wanted: Wanted) -> Expression:
        argument = node.arguments[0]
        inner = self._argument(node, argument, wanted)
        kind, bits = inner.kind, _bits(inner.kind)
        if not (kind.is_number or kind.family in ("double", "relative_time")):
            raise MistakeError(f"{inner.name} is {kind.words}, expected a number", argument.place)
        change: Callable[[Any], Any] = (lambda number: numbers.magnitude(number, bits)) if kind.is_number else abs
        result = self._present(self._mapped(inner, kind, change, node.place))
        return result._replace(name=f"abs({inner.name})")

    def _argument(self, node: Call, argument: Value, wanted: Wanted) -> Expression:
        if isinstance(argument, (Slice, Text, Character)):
            raise MistakeError(f"{node.name} takes no strings and no slices, expected a field or a sum", argument.place)
        return self.value(argument, wanted)

    def _extreme(self, node: Call, wanted: Wanted) -> Expression:
        first = self._argument(node, node.arguments[0], wanted)
        kind = first.kind
        arguments = [first]
        for argument in node.arguments[1:]:
            each = self._argument(node, argument, (kind, first.name))
            if each.kind != kind:
                raise MistakeError(
                    f"{each.name} is {each.kind.words}, expected {kind.words} as {first.name} is: {node.name} compares "
                    "fields of one type",
                    argument.place,
                )
            arguments.append(each)
        if kind.family == "none":
            raise MistakeError(f"{first.name} is {kind.words} and has no value", first.place)
        sign = "<" if node.name == "max" else ">"
        replaces = ordering(sign, kind, plain=False)
        evaluations = [_unprefixed(each) for each in arguments]

        def extreme(packet: Packet | Header) -> list[Any] | None:
            found: list[Any] = []
            for evaluate in evaluations:
                for value in evaluate(packet) or ():
                    if not found or replaces(found[0], value):
                        found[:] = [value]
            return found or None

        return Expression(kind, f"{node.name}({first.name})", extreme, node.place, None, False)


def unknown_field(node: Name | Text | Character) -> MistakeError:
    """Return what to say of a value where a field must stand."""
    if not isinstance(node, Name):
        return MistakeError("a value stands where a field is expected: fields stand on the left side", node.place)
    word = node.text.removeprefix(".")
    place = Place(node.place.start, node.place.start + len(node.text))
    if word[:1].isdigit() and "." not in word:
        return MistakeError(f"{word} stands where a field is expected: fields stand on the left side", place)
    return MistakeError(unknown_name(word, field_names()), place)


def _bare(node: Name | Text | Character) -> Name | Text | Character:
    if isinstance(node, Name) and node.text[:1] == ".":
        raise unknown_field(node)
    return node


def _constant(constant: Constant, wanted: tuple[FieldType, str], place: Place) -> Expression:
    kind, name = wanted
    values = [constant]
    return Expression(kind, name, lambda packet: values, place, constant)


def _unprefixed(expression: Expression) -> Evaluate:
    """Return what gives the values, an address without its prefix length."""
    if isinstance(expression.constant, Prefix):
        values = [expression.constant.address]
        return lambda packet: values
    return expression.evaluate


def _piece(value: bytes, ranges: tuple[Range, ...]) -> bytes:
    """Return the bytes in the ranges, one behind the other, as far as they are all there."""
    size, pieces = len(value), []
    for start, length in ranges:
        first = start if start >= 0 else size + start
        last = size if length is None else first + length
        if first < 0 or first >= size or last > size:
            break
        pieces.append(value[first:last])
    return pieces[0] if len(pieces) == 1 else b"".join(map(bytes, pieces))


def _bits(kind: FieldType) -> int:
    return 64 if kind.bits > 32 else 32


def _combination(sign: str, kind: FieldType) -> Callable[[Any, Any], Any]:
    """Return the operation on two values of the type; its result is None where there is none."""
    if kind.is_number:
        bits = _bits(kind)
        return lambda left, right: numbers.arithmetic(sign, left, right, bits)
    if sign == "&":
        return _both
    if sign == "/":
        return lambda left, right: left / right if right else None
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[sign]


def _both(left: Any, right: Any) -> bytes:
    """Return the bits that two strings of bytes have in common, as long as the shorter one."""
    other = right.address if isinstance(right, Prefix) else right
    if left.__class__ is TracedOctets and other.__class__ is bytes:
        common: bytes = answered(_in_common_with(other), left)
        return common
    return bytes(a & b for a, b in zip(left, other, strict=False))


@remembered
def _in_common_with(other: bytes) -> Callable[[bytes], bytes]:
    """Return what gives the bits that bytes have in common with others."""
    return lambda data: _both(data, other)


def _printer(kind: FieldType) -> Callable[[Any], bytes]:
    if kind.family == "ether":
        return lambda value: bytes(value).hex(":").encode()
    if kind.family == "ipv4":
        return lambda value: ipv4_text(bytes(value)).encode()
    if kind.family == "ipv6":
        return lambda value: ipv6_text(bytes(value)).encode()
    if kind.family == "double":
        return lambda value: f"{value:.15g}".encode()
    return lambda value: str(int(value)).encode()


SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""What compares, by its sign in a filter."""


def ordering(sign: str, kind: FieldType, plain: bool) -> Callable[[Any, Any], bool | None]:
    """Return the comparison of two values of a type; `plain` where neither can be a signed number.

    It gives None where two numbers cannot be compared, which is neither true nor false: no test of
    any value succeeds for it, and none of all values fails.
    """
    test = SIGNS[sign]
    if kind.is_number and not plain:
        return numbers.compare(test)
    if not kind.is_bytes or sign in ("==", "!="):
        return test
    if kind.family in ("bytes", "ether", "protocol"):
        # A longer string of bytes is greater than a shorter one, whatever they hold.
        return lambda left, right: test((len(left), bytes(left)), (len(right), bytes(right)))
    return lambda left, right: test(bytes(left), bytes(right))


def incompatible(left: Expression, right: Expression) -> MistakeError:
    """Return what to say of two values of which neither can be taken for the other's type."""
    return MistakeError(
        f"{left.name} is {left.kind.words} and {right.name} is {right.kind.words}: they cannot be compared", right.place
    )


def search_literal(node: Name | Text | Character, left: Expression) -> bytes:
    """Return what `contains` looks for: any bytes of an address, not a whole one."""
    if left.kind.family == "ether" and isinstance(node, Name):
        return to_bytes(_bare(node).text, node.place)  # type: ignore[union-attr]
    found = convert(_bare(node), left.kind, left.name)
    assert isinstance(found, bytes)
    return found
