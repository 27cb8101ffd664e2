"""Frames from program source: Python's bytes literals and C's arrays of numbers."""

from __future__ import annotations

__all__ = ["frames_of_c", "frames_of_python"]

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from dissect.captures.hexframe import HexFrame, shortened
from dissect.errors import HexTextError

_PROMPT = re.compile(r"(?m)^[ \t]*(?:>>>|\.\.\.) ?")
_FROM_HEX = frozenset({"fromhex", "unhexlify", "a2b_hex"})
_CONSTRUCTORS = frozenset({"bytes", "bytearray", "memoryview"})
# What `*` may make of a literal, in bytes.
_LONGEST_REPEAT = 1 << 24

_C_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|//[^\n]*|^[ \t]*#[^\n]*", re.DOTALL | re.MULTILINE)
_C_BLOCK = re.compile(r"\{([^{}]*)\}")
_C_NUMBER = re.compile(r"0[xX]([0-9a-fA-F]{1,2})")
_C_BETWEEN = re.compile(r"(?:\(byte\)|[\s,;()\[\]&])+")


def frames_of_python(text: str) -> Iterator[HexFrame]:
    """Yield a frame for each statement, and each item of a list, that makes bytes; nothing is executed."""
    try:
        with warnings.catch_warnings():
            # An escape that Python does not know is a matter of the text's author.
            warnings.simplefilter("ignore")
            tree = ast.parse(textwrap.dedent(_PROMPT.sub("", text)))
        yield from [frame for statement in tree.body for frame in _frames_of_statement(statement)]
    except SyntaxError as error:
        raise HexTextError(
            f"line {error.lineno or 1}: this looks like Python source and is none ({error.msg})", line=error.lineno or 1
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise HexTextError(
            "this looks like Python source and is too deeply nested or damaged to be read", line=1
        ) from None


def _frames_of_statement(statement: ast.stmt) -> Iterator[HexFrame]:
    if isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign)) and statement.value is not None:
        yield from _frames_of_expression(statement.value)
    elif not isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
        raise HexTextError(
            f"line {statement.lineno}: bytes literals were expected, and no other statements of Python",
            line=statement.lineno,
        )


def _frames_of_expression(node: ast.expr) -> Iterator[HexFrame]:
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and not all(_is_number(item) for item in node.elts):
        for item in node.elts:
            yield from _frames_of_expression(item)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _frames_of_expression(value)
    else:
        yield HexFrame(_bytes_of(node), node.lineno)


def _bytes_of(node: ast.expr) -> bytes:
    """Return the bytes that an expression makes, or raise where it is of no kind that is understood."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bytes):
            return node.value
        if isinstance(node.value, str):
            return _bytes_of_string(node.value, node)
    if isinstance(node, (ast.List, ast.Tuple)) and all(_is_number(item) for item in node.elts):
        return _bytes_of_numbers(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _bytes_of(node.left) + _bytes_of(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        many, times = (node.left, node.right) if _is_number(node.right) else (node.right, node.left)
        if _is_number(times):
            return _repeated(_bytes_of(many), times)
    if isinstance(node, ast.Call) and not node.keywords:
        return _bytes_of_call(node)
    raise _not_bytes(node)


def _repeated(data: bytes, times: ast.expr) -> bytes:
    count = times.value if isinstance(times, ast.Constant) and isinstance(times.value, int) else 0
    if count * len(data) > _LONGEST_REPEAT:
        raise HexTextError(
            f"line {times.lineno}: this makes {count * len(data)} bytes, and {_LONGEST_REPEAT} are the most",
            line=times.lineno,
        )
    return data * count


def _bytes_of_call(node: ast.Call) -> bytes:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _CONSTRUCTORS and not node.args:
        return b""
    if len(node.args) == 1:
        (argument,) = node.args
        if name in _CONSTRUCTORS and not (
            isinstance(argument, ast.Constant) and isinstance(argument.value, (int, str))
        ):
            return _bytes_of(argument)
        if name in _CONSTRUCTORS and _is_number(argument):
            return _repeated(b"\x00", argument)
        if name in _FROM_HEX and isinstance(argument, ast.Constant) and isinstance(argument.value, (str, bytes)):
            value = argument.value
            return _bytes_of_digits(value if isinstance(value, str) else value.decode("latin-1"), argument)
    raise _not_bytes(node)


def _bytes_of_string(text: str, node: ast.expr) -> bytes:
    """Return the bytes of a string: hex digits, or the characters that its escapes stand for."""
    if re.fullmatch(r"[0-9a-fA-F\s]+", text):
        return _bytes_of_digits(text, node)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise _not_bytes(node) from None


def _bytes_of_digits(text: str, node: ast.expr) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise HexTextError(
            f"line {node.lineno}: {shortened(text)} is no sequence of bytes of two hex digits each", line=node.lineno
        ) from None


def _bytes_of_numbers(node: ast.List | ast.Tuple) -> bytes:
    values = [item.value for item in node.elts if isinstance(item, ast.Constant)]
    for value in values:
        if not (isinstance(value, int) and 0 <= value <= 255):
            raise HexTextError(f"line {node.lineno}: {value!r} is no byte: a byte is from 0 to 255", line=node.lineno)
    return bytes(values)  # type: ignore[arg-type]  # they have just been looked at


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _not_bytes(node: ast.expr) -> HexTextError:
    return HexTextError(
        f"line {node.lineno}: {shortened(ast.unparse(node))} makes no bytes that can be told without running it: "
        "give a bytes literal or bytes.fromhex",
        line=node.lineno,
    )


def frames_of_c(text: str) -> Iterator[HexFrame]:
    """Yield a frame for each block in braces, or for each paragraph of numbers where there are no braces."""
    # Comments become spaces, so that every number stays in its line.
    text = _C_COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    blocks = [(match.start(1), match[1]) for match in _C_BLOCK.finditer(text)]
    if not blocks:
        blocks = [(match.start(), match[0]) for match in re.finditer(r"\S.*(?:\n[ \t]*\S.*)*", text)]
    line, counted = 1, 0
    for start, block in blocks:
        line, counted = line + text.count("\n", counted, start), start
        data = bytearray()
        first = 0
        for number, part in enumerate(block.split("\n"), line):
            for token in filter(None, _C_BETWEEN.split(part)):
                match = _C_NUMBER.fullmatch(token)
                if match is None:
                    raise HexTextError(
                        f"line {number}: {shortened(token)} is no byte: numbers from 0x00 to 0xff were expected",
                        line=number,
                    )
                first = first or number
                data.append(int(match[1], 16))
        if data:
            yield HexFrame(bytes(data), first)
