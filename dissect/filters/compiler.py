"""Display filters compiled to functions: types are checked once, and a packet is asked only for what matters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from dissect.declaration.header import Header
from dissect.declaration.selection import changes
from dissect.declaration.traced_bytes import TracedOctets, number_in
from dissect.errors import FilterError
from dissect.filters.expressions import (
    Expression,
    Expressions,
    field_of,
    incompatible,
    ordering,
    search_literal,
    unknown_field,
)
from dissect.filters.following import TIME_FIELDS, Following
from dissect.filters.grammar import parse
from dissect.filters.literals import Prefix
from dissect.filters.nodes import (
    All,
    And,
    Call,
    Character,
    Comparison,
    Existence,
    Membership,
    MistakeError,
    Name,
    Node,
    Not,
    Or,
    Quantifier,
    Search,
    Slice,
    Text,
    Value,
)
from dissect.filters.prefilter import Leaf, Prefilter, compile_prefilter, sieve_of
from dissect.filters.reach import carriers_of, stands_alone
from dissect.filters.regular import compile_pattern
from dissect.filters.values import Context, has_protocol
from dissect.flows.usual import Sieve, Usual
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.field_tables import LEARNT
from dissect.wireshark.field_types import BYTES

if TYPE_CHECKING:
    from dissect.filters.held import HeldByPassing

__all__ = ["CompiledFilter", "compile_filter"]

Predicate: TypeAlias = Callable[[Packet | Header], bool]


class CompiledFilter:
    """A display filter, ready to be asked: `compiled(packet)` says whether a packet or header passes.

    `text` is the filter; `fields` are the names it asks for, in their order; `context_fields`
    those among them that depend on other packets, so that a reading pass has to tell them. `node` is the filter as a
    tree, and `leaves` has those of its parts that test a field against constants.

    Such a filter is right about packets that went through one (`dissect.with_context`, and
    `dissect.read` with a filter). Otherwise it makes a pass of its own over what it is asked about:
    all packets of a capture from number 1 on, as `dissect.read` yields them, where a packet
    numbered 1 begins a capture; FilterError where some were left out. A packet by itself, and a
    header, is so the only one of its capture, whose stream is 0 and whose numbers are relative to
    its own. What fragments carry together is seen after a reading pass only.
    """

    __slots__ = (
        "_following",
        "_predicate",
        "_prefilters",
        "_sieves",
        "context_fields",
        "fields",
        "leaves",
        "node",
        "text",
    )

    def __init__(
        self,
        text: str,
        fields: tuple[str, ...],
        context_fields: tuple[str, ...],
        predicate: Predicate,
        node: Node,
        leaves: dict[Node, Leaf],
        following: Following | None = None,
    ) -> None:
        self.text = text
        self.fields = fields
        self.context_fields = context_fields
        self._predicate = predicate
        self.node = node
        self.leaves = leaves
        self._following = following
        self._prefilters: dict[tuple[int, int], Prefilter | None] = {}
        self._sieves: dict[tuple[tuple[type[Header], ...], tuple[int, ...], int], Sieve | None] = {}

    def __repr__(self) -> str:
        return f"CompiledFilter(text={self.text!r}, fields={self.fields!r}, context_fields={self.context_fields!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Cross to another process as text, where it is compiled again and knows of no packets yet."""
        return compile_filter, (self.text,)

    def __call__(self, packet: Packet | Header) -> bool:
        """Return whether the packet passes; FilterError where it depends on packets that the filter has not seen."""
        if not hasattr(packet, "layers"):
            raise TypeError(f"a filter is asked about a packet or header, not {packet!r}: parse makes one of bytes")
        following = self._following
        if following is not None:
            passes = self._predicate(following.observed(packet))
            if passes:
                following.let_through()
            return passes
        if isinstance(packet, Packet) and packet._frame is None and self.rules_out(packet):
            return False
        return self._predicate(packet)

    def rules_out(self, packet: Packet) -> bool:
        """Whether the bytes of the packet tell that it does not pass, so that nobody has to look at its headers."""
        if self._following is not None:
            return False
        data = packet.data
        # Traced bytes are not looked at for what the filter would not look at.
        test = self.prefilter(packet.link) if data.__class__ is bytes else None
        return test is not None and not test(data, 0, len(data))

    @property
    def stands_alone(self) -> bool:
        """Whether a packet that is no fragment passes or not whatever other packets say."""
        return stands_alone(self.fields) and TIME_FIELDS.isdisjoint(self.fields)

    @property
    def test(self) -> Callable[[Packet], bool] | None:
        """The filter itself, for packets that a reading pass observed, if it asks nothing but the packet; else None."""
        return self._predicate if TIME_FIELDS.isdisjoint(self.fields) else None

    def held(self, into: Container[type[Header]] | None = None) -> HeldByPassing:
        """Return the classes of headers that may be in a frame which passes: of others there is nothing to learn.

        With `into`, frames are left out in which others than these headers carry anything.
        """
        # Loaded where frames are read in the light of others.
        from dissect.filters.held import HeldByPassing

        return HeldByPassing(self.node, self.leaves, into)

    def into(self, facts: Collection[str] | None) -> Container[type[Header]] | None:
        """Return the classes of headers of which the filter may ask what they carry; None where that may be all.

        It asks that of all where `facts`, those that take long and are learnt, depend on it; None for all such facts.
        """
        return carriers_of(self.fields, facts) if self.stands_alone else None

    def prefilter(self, link: int) -> Prefilter | None:
        """Return a test on the bytes of a record that runs before any object is made; None where none would help.

        `test(buffer, start, end)` is False where the frame at `buffer[start:end]`, of the LINKTYPE
        `link`, certainly does not pass, and True where the filter itself has to be asked. Calling
        the filter with a packet whose headers nobody has looked at makes use of it, too.
        """
        try:
            return self._prefilters[link, changes()]
        except KeyError:
            test = self._prefilters[link, changes()] = compile_prefilter(self.sieve, link)
            return test

    def sieve(self, usual: Usual) -> Sieve | None:
        """Return which frames of a usual chain may pass, for loops (`dissect.flows.shortcut`); None for all of them."""
        chain = usual.classes, usual.starts, changes()
        try:
            return self._sieves[chain]
        except KeyError:
            sieve = self._sieves[chain] = sieve_of(self.node, self.leaves, usual)
            return sieve


def compile_filter(text: str, *, clock: Clock | None = None, context: Context | None = None) -> CompiledFilter:
    """Compile a display filter of Wireshark 4.0; FilterError, with a caret below the place, where it is none.

    `clock` is what frame.time_relative and frame.time_delta refer to; `context(packet)` gives the
    values of fields that a reading pass knows (stream numbers, fragments, answers), by name. Without
    them packets tell these themselves, or the filter learns them (see `CompiledFilter`).

    >>> from dissect import Ethernet, IPv4
    >>> passes = compile_filter("ip.addr == 10.0.0.0/8 and ip.ttl < 5")
    >>> passes(Ethernet() / IPv4(src="10.0.0.1", ttl=3)), passes.fields
    (True, ('ip.addr', 'ip.ttl'))
    """
    node = parse(text)
    displayed = Clock()
    compiler = _Compiler(clock, context, displayed)
    try:
        predicate = compiler.test(node)
    except MistakeError as mistake:
        raise FilterError(str(mistake), text, *mistake.place) from None
    places = compiler.expressions.fields
    of_context = tuple(name for name in places if name in LEARNT)
    learnt = of_context if context is None else ()
    if clock is None:
        learnt += tuple(name for name in places if name in TIME_FIELDS)
    following = Following(text, learnt[0], places[learnt[0]], displayed) if learnt else None
    return CompiledFilter(text, tuple(places), of_context, predicate, node, compiler.leaves, following)


class _Compiler:
    """Compiles the tests of one filter; `leaves` gathers those that a test on bytes could make."""

    def __init__(self, clock: Clock | None, context: Context | None, displayed: Clock) -> None:
        self.expressions = Expressions(clock, context, displayed)
        self.leaves: dict[Node, Leaf] = {}

    def test(self, node: Node) -> Predicate:
        """Return the function for a test; MistakeError where types do not fit."""
        if isinstance(node, And):
            tests = tuple(self.test(operand) for operand in node.operands)
            if len(tests) == 2:
                first, second = tests
                return lambda packet: first(packet) and second(packet)
            return lambda packet: all(test(packet) for test in tests)
        if isinstance(node, Or):
            choices = tuple(self.test(operand) for operand in node.operands)
            return lambda packet: any(test(packet) for test in choices)
        if isinstance(node, Not):
            inner = self.test(node.operand)
            return lambda packet: not inner(packet)
        if isinstance(node, Comparison):
            return self._comparison(node)
        if isinstance(node, Search):
            return self._search(node)
        if isinstance(node, Membership):
            return self._membership(node)
        if isinstance(node, All):
            return lambda packet: True
        return self._existence(node)

    def _existence(self, node: Existence) -> Predicate:
        operand = self.expressions.operand(node.operand)
        if isinstance(node.operand, Call):
            raise MistakeError(f"{node.operand.name}(…) alone is no test, expected one such as > 0", node.place)
        evaluate = operand.evaluate
        if isinstance(node.operand, Name):
            if not node.operand.layers:
                self.leaves[node] = Leaf(operand.name, operand.kind, "exists", "any", ())
            if operand.kind.family == "protocol":
                return has_protocol(operand.name, node.operand.layers)
            return lambda packet: evaluate(packet) is not None
        if operand.is_slice:
            return lambda packet: any(evaluate(packet) or ())
        return lambda packet: any(map(_is_set, evaluate(packet) or ()))

    def _comparison(self, node: Comparison) -> Predicate:
        left = self.expressions.operand(node.left)
        if left.kind.family == "none":
            raise MistakeError(f"{left.name} is {left.kind.words} and has no value to compare", node.left.place)
        right = self._other_side(left, node.right)
        if isinstance(node.left, Name) and not node.left.layers and right.constant is not None and right.is_plain:
            self.leaves[node] = Leaf(left.name, left.kind, node.operator, node.quantifier, (right.constant,))
        return _compared(node.operator, node.quantifier, left, right)

    def _other_side(self, left: Expression, node: Value) -> Expression:
        right = self.expressions.value(node, (left.kind, left.name))
        either_slice = left.is_slice or right.is_slice
        if not left.kind.compares_with(right.kind) and not (
            either_slice and left.kind.is_bytes and right.kind.is_bytes
        ):
            raise incompatible(left, right)
        return right

    def _element(self, left: Expression, node: Value) -> Expression:
        if isinstance(node, Slice):
            raise MistakeError(
                'a set takes no slices, expected values or fields: compare with "==" instead', node.place
            )
        return self._other_side(left, node)

    def _search(self, node: Search) -> Predicate:
        if isinstance(node.left, (Text, Character)) or (isinstance(node.left, Name) and field_of(node.left) is None):
            raise unknown_field(node.left)
        # A slice is bytes, and takes its partner for bytes: of a protocol, the header alone.
        in_slices = isinstance(node.left, Slice) or (node.operator == "contains" and isinstance(node.right, Slice))
        left = self.expressions.value(node.left, None, whole=not in_slices)
        if left.kind.family not in ("string", "bytes", "ether", "protocol"):
            raise MistakeError(f"{left.name} is {left.kind.words}, in which nothing can be looked for", node.left.place)
        evaluate, quantified = left.evaluate, any if node.quantifier == "any" else all
        if node.operator == "matches":
            return self._matching(node, left)
        # Nothing is found in bytes, if there are any, and not in text or a protocol, as Wireshark has it.
        finds_nothing = in_slices or left.kind.family in ("bytes", "ether")
        if isinstance(node.right, (Text, Character)) or (isinstance(node.right, Name) and field_of(node.right) is None):
            sought = search_literal(node.right, left)
            if not sought and not finds_nothing:
                return lambda packet: False
            if not sought:
                return lambda packet: (values := evaluate(packet)) is not None and quantified(map(bool, values))
            return lambda packet: (
                (values := evaluate(packet)) is not None and quantified(sought in each for each in values)
            )
        right = self.expressions.value(node.right, (left.kind, left.name), whole=not in_slices)
        if not (left.kind.compares_with(right.kind) or (in_slices and left.kind.is_bytes and right.kind.is_bytes)):
            raise incompatible(left, right)
        other = right.evaluate

        def contains(packet: Packet | Header) -> bool:
            values, parts = evaluate(packet), other(packet)
            if values is None or parts is None:
                return False
            return quantified(
                bytes(part) in each if part else finds_nothing and bool(each) for each in values for part in parts
            )

        return contains

    def _matching(self, node: Search, left: Expression) -> Predicate:
        if not isinstance(node.right, Text):
            raise MistakeError('"matches" needs a regular expression in double quotes', node.right.place)
        try:
            found = compile_pattern(node.right.value).search
        except ValueError as reason:
            raise MistakeError(f"this is no regular expression: {reason}", node.right.place) from None

        def search(value: Any) -> Any:
            return found(bytes(value))

        evaluate, quantified = left.evaluate, any if node.quantifier == "any" else all
        if left.is_slice:
            # A slice behind the end has no bytes and matches nothing.
            return lambda packet: (
                (values := evaluate(packet)) is not None and quantified(bool(each) and search(each) for each in values)
            )
        return lambda packet: (values := evaluate(packet)) is not None and quantified(map(search, values))

    def _membership(self, node: Membership) -> Predicate:
        name = field_of(node.left)
        if name is None or not isinstance(node.left, Name):
            if isinstance(node.left, Name):
                raise unknown_field(node.left)
            raise MistakeError('"in" takes a field as it is on its left side, such as tcp.port', node.left.place)
        left = self.expressions.operand(node.left)
        if left.kind.family == "none":
            raise MistakeError(f"{left.name} is {left.kind.words} and has no value to compare", node.left.place)
        tests: list[Predicate] = []
        constants: list[Any] = []
        for low, high in node.elements:
            first = self._element(left, low)
            if high is None:
                tests.append(_compared("==", node.quantifier, left, first))
                constants.append(first.constant if first.is_plain else None)
                continue
            last = self._element(left, high)
            tests.append(_between(node.quantifier, left, first, last))
            plain = first.is_plain and last.is_plain and first.constant is not None and last.constant is not None
            constants.append((first.constant, last.constant) if plain else None)
        if not node.left.layers and None not in constants:
            self.leaves[node] = Leaf(left.name, left.kind, "in", node.quantifier, tuple(constants))
        if len(tests) == 1:
            return tests[0]
        evaluate = left.evaluate
        if node.quantifier == "any" and left.is_plain and all(isinstance(each, (int, bytes)) for each in constants):
            known = frozenset(constants)
            return lambda packet: (values := evaluate(packet)) is not None and not known.isdisjoint(values)
        return lambda packet: any(test(packet) for test in tests)


def _is_set(value: Any) -> bool:
    """Return whether a sum is not zero."""
    return any(value) if isinstance(value, (bytes, TracedOctets)) else bool(value)


def _no_failure(results: Iterable[bool | None]) -> bool:
    """Whether no comparison failed; one without a result is no failure."""
    return not any(result is False for result in results)


def _both(first: bool | None, second: bool | None) -> bool | None:
    return False if first is False or second is False else None if first is None or second is None else True


def _between(quantifier: Quantifier, left: Expression, first: Expression, last: Expression) -> Predicate:
    above, below = _pairs(">=", left, first), _pairs("<=", left, last)
    evaluate, lows, highs = left.evaluate, first.evaluate, last.evaluate
    quantified = any if quantifier == "any" else _no_failure

    def between(packet: Packet | Header) -> bool:
        values, starts, ends = evaluate(packet), lows(packet), highs(packet)
        if values is None or starts is None or ends is None:
            return False
        return quantified(
            _both(above(value, start), below(value, end)) for value in values for start in starts for end in ends
        )

    return between


def _compared(sign: str, quantifier: Quantifier, left: Expression, right: Expression) -> Predicate:
    """Return the test of all pairs of values, of which any or all must agree."""
    test = _pairs(sign, left, right)
    evaluate = left.evaluate
    if right.constant is not None:
        constant = right.constant
        if quantifier == "any":
            if sign == "==" and left.is_plain and right.is_plain and not isinstance(constant, Prefix):
                return lambda packet: (values := evaluate(packet)) is not None and constant in values

            def any_constant(packet: Packet | Header) -> bool:
                values = evaluate(packet)
                if values is not None:
                    for value in values:
                        if test(value, constant):
                            return True
                return False

            return any_constant

        def all_constant(packet: Packet | Header) -> bool:
            values = evaluate(packet)
            return values is not None and _no_failure(test(value, constant) for value in values)

        return all_constant
    other = right.evaluate
    quantified = any if quantifier == "any" else _no_failure

    def pairs(packet: Packet | Header) -> bool:
        ours = evaluate(packet)
        if ours is None:
            return False
        theirs = other(packet)
        return theirs is not None and quantified(test(a, b) for a in ours for b in theirs)

    return pairs


def _pairs(sign: str, left: Expression, right: Expression) -> Callable[[Any, Any], bool | None]:
    """Return the comparison of two values; as `ordering`, bytes where one is a slice."""
    kind = BYTES if left.is_slice or right.is_slice else left.kind
    test = ordering(sign, kind, left.is_plain and right.is_plain)
    if isinstance(right.constant, Prefix):
        mask = int.from_bytes(right.constant.mask, "big")
        network = int.from_bytes(right.constant.address, "big") & mask
        return lambda value, constant: test(number_in(value) & mask, network)
    return test
