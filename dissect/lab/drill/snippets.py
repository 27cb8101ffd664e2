"""The Python in scripts: assertions about the connection, of which nothing is run that could do anything else."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

from dissect.errors import ScenarioError

__all__ = ["SnippetError", "run_snippet"]


class SnippetError(Exception):
    """An assertion does not hold: its text, and what stands behind its comma."""


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv, ast.Mod: operator.mod, ast.BitAnd: operator.and_, ast.BitOr: operator.or_,
    ast.BitXor: operator.xor, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {"abs": abs, "min": min, "max": max, "len": len, "int": int, "str": str}
_LONGEST_TEXT = 10_000
_LARGEST = 1 << 128


def run_snippet(source: str, names: Mapping[str, int], where: str) -> list[str]:
    """Run assertions and prints, and return what was printed.

    `names` are what may be used. A script is foreign text: statements other than `assert`, `print`, `pass` and the
    setting of a name, and expressions other than comparisons, arithmetic, names, constants and a few functions, are
    a ScenarioError at `where`. Raises SnippetError where an assertion doesn't hold.

    >>> run_snippet("assert tcpi_rto > 9; print('RTO', tcpi_rto)", {"tcpi_rto": 10}, "a.pkt:3")
    ['RTO 10']
    """
    text = dedent(source.replace("\\\n", " ").replace("\t", "    ")).strip()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        raise ScenarioError(f"{where}: the code cannot be read as Python: {text.splitlines()[0][:60]!r}") from None
    return _Run(dict(names), where).statements(tree.body)


class _Run:
    def __init__(self, names: dict[str, Any], where: str) -> None:
        self.names = names
        self.where = where
        self.printed: list[str] = []

    def statements(self, body: list[ast.stmt]) -> list[str]:
        for statement in body:
            self._statement(statement)
        return self.printed

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assert):
            if not self._value(statement.test):
                said = "" if statement.msg is None else f" ({self._value(statement.msg)})"
                raise SnippetError(f"{ast.unparse(statement.test)} does not hold{said}")
        elif isinstance(statement, ast.If):
            self.statements(statement.body if self._value(statement.test) else statement.orelse)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            self.names[statement.targets[0].id] = self._value(statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            if isinstance(call.func, ast.Name) and call.func.id == "print" and not call.keywords:
                self.printed.append(" ".join(str(self._value(argument)) for argument in call.args))
            else:
                self._value(call)
        elif not isinstance(statement, ast.Pass):
            raise self._refused(statement)

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            if node.id not in self.names:
                raise ScenarioError(f"{self.where}: {node.id} is not known here")
            return self.names[node.id]
        if isinstance(node, (ast.Tuple, ast.List)):
            return tuple(self._value(each) for each in node.elts)
        if isinstance(node, ast.BoolOp):
            found: Any = isinstance(node.op, ast.And)
            for each in node.values:
                found = self._value(each)
                if bool(found) is not isinstance(node.op, ast.And):
                    break
            return found
        if isinstance(node, ast.UnaryOp):
            return _UNARY[type(node.op)](self._value(node.operand))
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return self._calculated(node)
        if isinstance(node, ast.Compare) and all(type(each) in _COMPARISONS for each in node.ops):
            left = self._value(node.left)
            for how, each in zip(node.ops, node.comparators, strict=True):
                right = self._value(each)
                if not _COMPARISONS[type(how)](left, right):
                    return False
                left = right
            return True
        if isinstance(node, ast.IfExp):
            return self._value(node.body if self._value(node.test) else node.orelse)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            function = _FUNCTIONS.get(node.func.id)
            if function is not None:
                return function(*(self._value(each) for each in node.args))
        raise self._refused(node)

    def _calculated(self, node: ast.BinOp) -> Any:
        left, right = self._value(node.left), self._value(node.right)
        is_large = any(isinstance(each, int) and abs(each) > _LARGEST for each in (left, right))
        is_shifted_far = isinstance(node.op, ast.LShift) and not (isinstance(right, int) and 0 <= right <= 64)
        is_repeated = isinstance(node.op, ast.Mult) and not all(
            isinstance(each, (int, float)) for each in (left, right)
        )
        if is_large or is_shifted_far or is_repeated:
            raise ScenarioError(f"{self.where}: {ast.unparse(node)[:60]!r} is larger than what scripts calculate")
        try:
            found = _BINARY[type(node.op)](left, right)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ScenarioError(f"{self.where}: {ast.unparse(node)[:60]!r} cannot be calculated: {error}") from None
        if isinstance(found, str) and len(found) > _LONGEST_TEXT:
            raise ScenarioError(f"{self.where}: {ast.unparse(node)[:60]!r} is longer than {_LONGEST_TEXT} letters")
        return found

    def _refused(self, node: ast.AST) -> ScenarioError:
        words = ast.unparse(node).splitlines()[0][:60]
        return ScenarioError(f"{self.where}: {words!r} is not allowed in a script, expected assertions and prints")
