"""The grammar: what binds tighter, what stands for what, and where an error points."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dissect.errors import FilterError
from dissect.filters.grammar import MAXIMUM_DEPTH, MAXIMUM_LENGTH, parse
from dissect.filters.nodes import (
    All,
    And,
    Arithmetic,
    Call,
    Character,
    Comparison,
    Existence,
    Membership,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Search,
    Slice,
    Text,
    Value,
)


def shown(node: Node | Value | None) -> str:
    """Write the tree with every pair of brackets that it implies."""
    match node:
        case None:
            return ""
        case All():
            return "all"
        case And(_, operands):
            return f"({' & '.join(map(shown, operands))})"
        case Or(_, operands):
            return f"({' | '.join(map(shown, operands))})"
        case Not(_, operand):
            return f"!{shown(operand)}"
        case Existence(_, operand):
            return f"{shown(operand)}?"
        case Comparison(_, operator, quantifier, left, right):
            return f"[{quantifier} {shown(left)} {operator} {shown(right)}]"
        case Search(_, operator, quantifier, left, right):
            return f"[{quantifier} {shown(left)} {operator} {shown(right)}]"
        case Membership(_, quantifier, left, elements):
            inside = ", ".join(shown(low) + (f"..{shown(high)}" if high else "") for low, high in elements)
            return f"[{quantifier} {shown(left)} in {inside}]"
        case Arithmetic(_, operator, left, right):
            return f"({shown(left)}{operator}{shown(right)})"
        case Negative(_, operand):
            return f"-{shown(operand)}"
        case Slice(_, operand, ranges):
            return f"{shown(operand)}{[tuple(each) for each in ranges]}"
        case Call(_, name, arguments):
            return f"{name}({', '.join(map(shown, arguments))})"
        case Name(_, text, layers):
            return text + (f"#{[tuple(each) for each in layers]}" if layers else "")
        case Text(_, value):
            return repr(value)
        case Character(_, value):
            return f"'{value}'"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", "all"),
        (" \n\t", "all"),
        ("tcp", "tcp?"),
        ("tcp or arp and udp", "(tcp? | (arp? & udp?))"),
        ("tcp and arp or udp", "((tcp? & arp?) | udp?)"),
        ("(tcp or arp) and udp", "((tcp? | arp?) & udp?)"),
        ("tcp||arp&&!udp", "(tcp? | (arp? & !udp?))"),
        ("not tcp and arp", "(!tcp? & arp?)"),
        ("!ip.ttl == 64", "![any ip.ttl == 64]"),
        ("not not tcp", "tcp?"),
        ("a == 1", "[any a == 1]"),
        ("a eq 1", "[any a == 1]"),
        ("a any_eq 1", "[any a == 1]"),
        ("a === 1", "[all a == 1]"),
        ("a all_eq 1", "[all a == 1]"),
        ("a != 1", "[all a != 1]"),
        ("a ne 1", "[all a != 1]"),
        ("a all_ne 1", "[all a != 1]"),
        ("a !== 1", "[any a != 1]"),
        ("a ~= 1", "[any a != 1]"),
        ("a any_ne 1", "[any a != 1]"),
        ("any a != 1", "[any a != 1]"),
        ("all a == 1", "[all a == 1]"),
        ("a < b <= c", "([any a < b] & [any b <= c])"),
        ("a ge 1 and a le 2", "([any a >= 1] & [any a <= 2])"),
        ("a & 1 + 2 * 3 == 4", "[any (a&(1+(2*3))) == 4]"),
        ("a & 1 == 1", "[any (a&1) == 1]"),
        ("a - 1 - 2", "((a-1)-2)?"),
        ("a * {1 + 2}", "(a*(1+2))?"),
        ("a bitwise_and 3", "(a&3)?"),
        ("-a == +1", "[any -a == 1]"),
        ("a-1 == 2", "[any a-1 == 2]"),
        ("a -1 == 2", "[any (a-1) == 2]"),
        ("a == 10/2", "[any a == (10/2)]"),
        ("a == 10.0.0.0/8", "[any a == 10.0.0.0/8]"),
        ("a == fe80::/10", "[any a == fe80::/10]"),
        ("a == ::1", "[any a == ::1]"),
        ("a in {1, 2 .. 3, -4..-1}", "[any a in 1, 2..3, -4..-1]"),
        ("a in {80..90}", "[any a in 80..90]"),
        ("a not in {1}", "![any a in 1]"),
        ("all a in{1}", "[all a in 1]"),
        ('a contains "b"', "[any a contains b'b']"),
        ('a ~ "b"', "[any a matches b'b']"),
        (r'a matches r"\d\"" ', r"""[any a matches b'\\d\\"']"""),
        (r'a == "\x41\101\u00e9\\\"\n"', r"""[any a == b'AA\xc3\xa9\\"\n']"""),
        ("a == 'b'", "[any a == '98']"),
        (r"a == '\x7f'", "[any a == '127']"),
        ("a[0:2] == 1", "[any a[(0, 2)] == 1]"),
        ("a[1-3,5,:2,3:,-2:]", "a[(1, 3), (5, 1), (0, 2), (3, None), (-2, None)]?"),
        ("a[-3--1]", "a[(-3, 3)]?"),
        ("a[:]", "a[(0, None)]?"),
        ("a[0x10]", "a[(16, 1)]?"),
        ("a#2[0]", "a#[(2, 1)][(0, 1)]?"),
        ("a#[1-2,-1]", "a#[(1, 2), (-1, 1)]?"),
        ("a #1", "a#[(1, 1)]?"),
        ("len(a) > max(b, 1 + 2)", "[any len(a) > max(b, (1+2))]"),
        ("len (a) > 1", "[any len(a) > 1]"),
        ("android", "android?"),
        ("not_in", "not_in?"),
        (".tcp", ".tcp?"),
    ],
)
def test_tree(text: str, tree: str) -> None:
    assert shown(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("ip.ttl ==", 9, "ends too early"),
        ("tcp and", 7, "ends too early"),
        ("(tcp", 4, 'ends too early, expected ")"'),
        ("tcp)", 3, '")" is unexpected'),
        ("tcp udp", 4, '"udp" is unexpected'),
        ("tcp.port in {80 443}", 16, 'expected "}", "," or ".."'),
        ("a in {}", 6, '"}" is unexpected'),
        ("a in {1+1}", 7, '"+" is unexpected'),
        ("a = 1", 2, '"==" does'),
        ("a | b", 2, "'|' is not part of any filter"),
        ('a contains "b', 11, "no closing quote"),
        ("a contains 'b", 11, "no closing quote"),
        ("a[1", 1, "no closing"),
        ("a[]", 2, "is no range"),
        ("a[3-1]", 2, "ends before it begins"),
        ("a[0,1:0]", 4, "holds nothing"),
        ("a[-1-1]", 2, "counted from the front"),
        ("a[x]", 2, '"x" is no number'),
        ("a[99999999999]", 2, "too large"),
        ("a# 1", 1, "number of a layer"),
        ("a == 'bc'", 5, "2 bytes"),
        ("a == ''", 5, "0 bytes"),
        (r'a == "\q"', 5, r"\q is no escape"),
        (r'a == "\777"', 5, "larger than 255"),
        (r'a == "\ud800"', 5, "no character of Unicode"),
        ("(a) == 1", 4, '"==" is unexpected'),
        ("a == (1)", 5, '"(" is unexpected'),
        ("any a", 5, "ends too early"),
        ("all (a == 1)", 4, '"(" is unexpected'),
        ("--a", 1, '"-" is unexpected'),
        ("tcp AND udp", 4, '"AND" is unexpected'),
        ("a == $b", 5, "selected in a window"),
    ],
)
def test_an_error_points_at_its_place(text: str, position: int, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.position == position
    assert said in caught.value.message
    sentence, shown_filter, caret = str(caught.value).split("\n")
    assert sentence == caught.value.message
    assert shown_filter == f"  {text}"
    assert caret.index("^") == 2 + position


def test_nesting_has_a_limit_that_parentheses_and_chains_do_not_reach() -> None:
    assert isinstance(parse("(" * 5000 + "a" + ")" * 5000), Existence)
    assert isinstance(parse("!" * 5001 + "a"), Not)
    assert isinstance(parse(" and ".join(["a"] * 5000)), And)
    with pytest.raises(FilterError, match=f"nested deeper than the {MAXIMUM_DEPTH} levels"):
        parse("a" + " + 1" * 5000)


def test_a_filter_has_a_greatest_length() -> None:
    with pytest.raises(FilterError, match=str(MAXIMUM_LENGTH)):
        parse("a" * (MAXIMUM_LENGTH + 1))


PIECES = st.sampled_from(
    """
    tcp ip.src ip.ttl frame.time 64 0x40 -1 10.0.0.1 10.0.0.0/8 02:00 "a" 'a' "\\x41" r"\\d" == != === !== < <= > >=
    ~ ~= contains matches in not and or any all ( ) { } , .. [0:2] [-1] [1-2] #1 #[1-2] & + - * / %
    len( max( string( ! && ||
    ' " [ # \\ \x00 é \ud800
    """.split(" ")
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map(" ".join)))
@example("[\n]")
def test_any_text_parses_or_is_refused_with_a_place(text: str) -> None:
    error = None
    try:
        parse(text)
    except FilterError as refused:
        error = refused
    assert error is None or 0 <= error.position <= len(text)
    assert error is None or len(str(error).split("\n")) == 3
