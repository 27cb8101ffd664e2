"""The grammar of display filters, as Wireshark 4.0 has it: text to a tree of nodes.

Source: the manual page wireshark-filter(4) of version 4.0, and tshark 4.0 where that is silent.

`TERMINALS` and `RULES` are the grammar. Its table, of which a parser works, is made when they change, by
`python -m tests.filters.parsing_table`, and stored: to make it takes longer than all else that happens at a start.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from dissect.errors import FilterError
from dissect.filters.lalr import END, Parser, Token, UnexpectedError, UnreadableError
from dissect.filters.lexemes import number, ranges, unescaped
from dissect.filters.nodes import (
    All,
    And,
    Arithmetic,
    Call,
    Character,
    Comparison,
    Existence,
    Membership,
    MistakeError,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Place,
    Quantifier,
    Range,
    Search,
    Slice,
    Text,
    Value,
)
from dissect.filters.parsing_table import REDUCTIONS, STATES

__all__ = ["BLANKS", "MAXIMUM_DEPTH", "MAXIMUM_LENGTH", "RULES", "TERMINALS", "children", "parse"]

MAXIMUM_LENGTH = 65_536
"""The most characters that a filter may have."""
MAXIMUM_DEPTH = 100
"""How deep operators and functions may be nested; parentheses alone do not count."""

_KEYWORD_ENDS = r"(?!\.?[A-Za-z0-9_:-])"
"""A keyword ends where a word would."""

TERMINALS = {
    "STRING": r'(?s:[rR]?"(\\.|[^"\\])*")',
    "COMPARE": rf"===|!==|==|!=|~=|<=|>=|<|>|(any_eq|all_eq|any_ne|all_ne|eq|ne|gt|ge|lt|le){_KEYWORD_ENDS}",
    "SEARCH": rf"~|(contains|matches){_KEYWORD_ENDS}",
    "_AND": rf"&&|and{_KEYWORD_ENDS}",
    "_OR": rf"\|\||or{_KEYWORD_ENDS}",
    "ANY": rf"any{_KEYWORD_ENDS}",
    "ALL": rf"all{_KEYWORD_ENDS}",
    "IN": rf"in{_KEYWORD_ENDS}",
    "PREFIXED": r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+/[0-9]{1,2}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f.]*/[0-9]{1,3}",
    "BITWISE_AND": rf"&|bitwise_and{_KEYWORD_ENDS}",
    "NOT": rf"!|not{_KEYWORD_ENDS}",
    "WORD": r"\.?[A-Za-z0-9_:][A-Za-z0-9_:-]*(\.[A-Za-z0-9_:-]+)*",
    "LAYERS": r"#([0-9]+|\[[^\]]*\])",
    "CHARACTER": r"(?s:'(\\.|[^'\\])*')",
    "RANGES": r"\[[^\]]*\]",
    "_DOTS": r"\.\.",
    "_COMMA": ",",
    "_LBRACE": r"\{",
    "RBRACE": r"\}",
    "_LPAREN": r"\(",
    "RPAR": r"\)",
    "PLUS": r"\+",
    "MINUS": "-",
    "STAR": r"\*",
    "SLASH": "/",
    "PERCENT": "%",
}
"""The tokens, of which the first that fits is taken; blanks may stand between them.

Those whose names begin with "_" are not handed on to a rule's node. Keywords are kept for themselves everywhere, as
Wireshark keeps them.
"""
BLANKS = r"[ \t\r\n]+"

# Parentheses group tests and braces group sums; a minus may stand before a single value only.
RULES = """
start: [test]

?test: conjunction | conjunction (_OR conjunction)+ -> disjunction
?conjunction: negation | negation (_AND negation)+
?negation: NOT negation
    | _LPAREN test RPAR -> grouped
    | ANY relation -> any_of
    | ALL relation -> all_of
    | relation
    | sum -> existence
?relation: sum (COMPARE sum)+ -> comparison
    | entity SEARCH entity -> search
    | entity IN set -> membership
    | entity NOT IN set -> no_membership
set: _LBRACE element (_COMMA element)* RBRACE
element: limit [_DOTS limit]
?limit: entity | MINUS entity -> negative | PLUS entity -> positive

?sum: additive | sum BITWISE_AND additive -> arithmetic
?additive: product | additive (PLUS | MINUS) product -> arithmetic
?product: factor | product (STAR | SLASH | PERCENT) factor -> arithmetic
?factor: entity | MINUS entity -> negative | PLUS entity -> positive | _LBRACE sum RBRACE -> braced

?entity: name | STRING -> string | CHARACTER -> character
    | entity RANGES -> slice
    | WORD _LPAREN [sum (_COMMA sum)*] RPAR -> call
name: (WORD | PREFIXED) [LAYERS]
"""
"""The rules in the notation of lark; behind an arrow stands the method of `_Builder` that makes the node."""

_WORDS = {
    "eq": "==",
    "any_eq": "==",
    "ne": "!=",
    "all_ne": "!=",
    "all_eq": "===",
    "any_ne": "!==",
    "~=": "!==",
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
}
# How many of the occurrences must agree, unless `any` or `all` says so: of "!=" all, of "!==" one.
_QUANTIFIED: dict[str, tuple[str, Quantifier]] = {"===": ("==", "all"), "!=": ("!=", "all"), "!==": ("!=", "any")}

# Terminals in words, for what was expected; those that say the same are merged.
_EXPECTED = {
    "WORD": "a field or value",
    "PREFIXED": "a field or value",
    "STRING": "a field or value",
    "CHARACTER": "a field or value",
    "COMPARE": "a comparison such as ==",
    "SEARCH": "contains, matches or in",
    "IN": "contains, matches or in",
    "_AND": '"and" or "or"',
    "_OR": '"and" or "or"',
    "RPAR": '")"',
    "_LBRACE": '"{"',
    "RBRACE": '"}"',
    "_COMMA": '","',
    "_DOTS": '".."',
    END: "the end",
}


def parse(text: str) -> Node:
    """Return the tree of a filter; FilterError, pointing at the place, where it is none."""
    if not isinstance(text, str):
        raise TypeError(f"a display filter is text, not {text!r}")
    if len(text) > MAXIMUM_LENGTH:
        raise FilterError(f"the filter has {len(text)} characters, expected at most {MAXIMUM_LENGTH}", text, 0, 1)
    try:
        node: Node = _parser().parse(text)
    except MistakeError as mistake:
        raise FilterError(str(mistake), text, *mistake.place) from None
    except UnreadableError as error:
        raise _unreadable(text, error.position) from None
    except UnexpectedError as error:
        raise _unexpected(text, error) from None
    _refuse_depth(node, text)
    return node


@cache
def _parser() -> Parser:
    # The tree is built while parsing, so that no nesting is too deep for it.
    return Parser(TERMINALS, BLANKS, REDUCTIONS, STATES, _Builder())


def _unreadable(text: str, position: int) -> FilterError:
    rest = text[position:]
    if rest[:1] == '"' or rest[:2] in ('r"', 'R"'):
        message = "the string that begins here has no closing quote"
    elif rest[:1] == "'":
        message = "the character that begins here has no closing quote"
    elif rest[:1] == "[":
        message = 'the slice that begins here has no closing "]"'
    elif rest[:1] == "#":
        message = '"#" needs the number of a layer right behind it, as in ip.src#2'
    elif rest[:1] == "=":
        message = '"=" compares nothing: "==" does'
    elif rest[:1] == "$":
        message = '"$" stands for a field of the frame that is selected in a window, and there is none here'
    else:
        message = f"{rest[:1]!r} is not part of any filter"
    return FilterError(message, text, position, position + 1)


def _unexpected(text: str, error: UnexpectedError) -> FilterError:
    token = error.token
    expected = list(dict.fromkeys(_EXPECTED[name] for name in _EXPECTED if name in error.accepted))
    wanted = f", expected {_listed(expected)}" if expected else ""
    if token.kind == END:
        return FilterError(f"the filter ends too early{wanted}", text, len(text.rstrip()))
    return FilterError(f'"{token}" is unexpected here{wanted}', text, *token.place)


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"


def _refuse_depth(root: Node, text: str) -> None:
    """Refuse what is nested too deep; recursion over the tree is safe from here on."""
    level: list[Node | Value] = [root]
    for _ in range(MAXIMUM_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise FilterError(
        f"this is nested deeper than the {MAXIMUM_DEPTH} levels that a filter may have: use braces, or several filters",
        text,
        *level[0].place,
    )


def children(node: Node | Value) -> tuple[Node | Value, ...]:
    """Return what a node is made of."""
    if isinstance(node, (And, Or)):
        return node.operands
    if isinstance(node, (Not, Existence, Negative, Slice)):
        return (node.operand,)
    if isinstance(node, (Comparison, Search, Arithmetic)):
        return (node.left, node.right)
    if isinstance(node, Membership):
        return (node.left, *(limit for element in node.elements for limit in element if limit is not None))
    return node.arguments if isinstance(node, Call) else ()


def _around(first: Any, last: Any) -> Place:
    return Place(first.place.start, last.place.end)


class _Builder:
    """Makes the nodes; the methods are named after the rules of the grammar, and take a rule's parts."""

    def start(self, parts: list[Any]) -> Node:
        return parts[0] if parts and parts[0] is not None else All(Place(0, 0))

    def disjunction(self, parts: list[Any]) -> Node:
        return Or(_around(parts[0], parts[-1]), tuple(parts))

    def conjunction(self, parts: list[Any]) -> Node:
        return And(_around(parts[0], parts[-1]), tuple(parts))

    def negation(self, parts: list[Any]) -> Node:
        operand: Node = parts[1]
        # Two negations are none.
        return operand.operand if isinstance(operand, Not) else Not(_around(parts[0], operand), operand)

    def grouped(self, parts: list[Any]) -> Node:
        return parts[0]  # type: ignore[no-any-return]

    def braced(self, parts: list[Any]) -> Value:
        return parts[0]  # type: ignore[no-any-return]

    def existence(self, parts: list[Any]) -> Node:
        return Existence(parts[0].place, parts[0])

    def any_of(self, parts: list[Any]) -> Node:
        return _quantified(parts[1], "any")

    def all_of(self, parts: list[Any]) -> Node:
        return _quantified(parts[1], "all")

    def comparison(self, parts: list[Any]) -> Node:
        # a < b < c means a < b and b < c.
        tests = []
        for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            operator = _WORDS.get(sign, str(sign))
            operator, quantifier = _QUANTIFIED.get(operator, (operator, "any"))
            tests.append(Comparison(_around(left, right), operator, quantifier, left, right))
        return tests[0] if len(tests) == 1 else And(_around(tests[0], tests[-1]), tuple(tests))

    def search(self, parts: list[Any]) -> Node:
        left, word, right = parts
        return Search(_around(left, right), "contains" if word == "contains" else "matches", "any", left, right)

    def membership(self, parts: list[Any]) -> Node:
        left, _, (elements, last) = parts
        return Membership(_around(left, last), "any", left, elements)

    def no_membership(self, parts: list[Any]) -> Node:
        left, _, _, (elements, last) = parts
        place = _around(left, last)
        return Not(place, Membership(place, "any", left, elements))

    def set(self, parts: list[Any]) -> tuple[tuple[Any, ...], Token]:
        return tuple(part for part in parts if not isinstance(part, Token)), parts[-1]

    def element(self, parts: list[Any]) -> tuple[Any, Any]:
        return parts[0], parts[1]

    def arithmetic(self, parts: list[Any]) -> Value:
        left, sign, right = parts
        return Arithmetic(_around(left, right), "&" if sign == "bitwise_and" else str(sign), left, right)

    def negative(self, parts: list[Any]) -> Value:
        return Negative(_around(parts[0], parts[1]), parts[1])

    def positive(self, parts: list[Any]) -> Value:
        return parts[1]  # type: ignore[no-any-return]

    def name(self, parts: list[Any]) -> Value:
        word, layers = parts
        place = _around(word, layers if layers is not None else word)
        if layers is None:
            return Name(place, str(word))
        if layers[1:2] == "[":
            return Name(place, str(word), ranges(layers, layers[2:-1], 2))
        return Name(place, str(word), (Range(number(layers, layers[1:], 1), 1),))

    def string(self, parts: list[Any]) -> Value:
        token = parts[0]
        place = token.place
        if token[0] in "rR":
            return Text(place, token[2:-1].encode("utf-8", "surrogatepass"), token[2:-1])
        return Text(place, unescaped(token), token[1:-1])

    def character(self, parts: list[Any]) -> Value:
        token = parts[0]
        if "\\n" in token or re.search(r"\\[uU]", token):
            raise MistakeError("this is no character, expected one, or an escape like '\\x41'", token.place)
        value = unescaped(token)
        if len(value) != 1:
            raise MistakeError(
                f"{token} is {len(value)} bytes, expected a single one: text stands in double quotes", token.place
            )
        return Character(token.place, value[0])

    def slice(self, parts: list[Any]) -> Value:
        operand, token = parts
        return Slice(_around(operand, token), operand, ranges(token, token[1:-1], 1))

    def call(self, parts: list[Any]) -> Value:
        arguments = tuple(part for part in parts[1:-1] if part is not None and not isinstance(part, Token))
        return Call(_around(parts[0], parts[-1]), str(parts[0]), arguments)


def _quantified(node: Node, quantifier: Quantifier) -> Node:
    """Return the test with `any` or `all` in front; as in Wireshark, chains and `not in` stay what they are."""
    if isinstance(node, Comparison):
        return Comparison(node.place, node.operator, quantifier, node.left, node.right)
    if isinstance(node, Search):
        return Search(node.place, node.operator, quantifier, node.left, node.right)
    if isinstance(node, Membership):
        return Membership(node.place, quantifier, node.left, node.elements)
    return node
