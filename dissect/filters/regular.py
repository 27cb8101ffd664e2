"""Perl's regular expressions, as `matches` has them, for Python's `re`; they see bytes and ignore case."""

from __future__ import annotations

import re
import warnings

__all__ = ["compile_pattern"]

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-zA-Z",  # case is ignored
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t-\r ",
    "upper": "A-Za-z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
# Outside of brackets: what Perl writes and what Python writes for it.
_ESCAPES = {
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
    "h": r"[\t \xa0]",
    "H": r"[^\t \xa0]",
    "v": r"[\n-\r\x85]",
    "V": r"[^\n-\r\x85]",
    "R": r"(?:\r\n|[\n-\r\x85])",
    "N": r"[^\n]",
    "e": r"\x1b",
    "s": r"[\t-\r ]",
    "S": r"[^\t-\r ]",
}
_IN_BRACKETS = {"h": r"\t \xa0", "v": r"\n-\r\x85", "e": r"\x1b", "s": r"\t-\r ", "R": "R", "b": r"\x08"}
_REFUSED = {
    "K": r"\K (forget what was matched so far)",
    "G": r"\G (the start of the match)",
    "X": r"\X (a grapheme)",
    "p": r"\p{…} (a property of Unicode)",
    "P": r"\P{…} (a property of Unicode)",
    "C": r"\C (a single byte)",
}


def compile_pattern(pattern: bytes) -> re.Pattern[bytes]:
    r"""Return the compiled expression; ValueError says in words why it is none.

    Written as Perl has them: named groups (?<name>…), \z, \h, \R, \x{41}, \Q…\E, [[:alpha:]].

    >>> bool(compile_pattern(rb"^get\h(?<path>/\S*)").search(b"GET /index.html"))
    True
    """
    try:
        with warnings.catch_warnings():
            # Python warns of sets that it may read otherwise some day.
            warnings.simplefilter("ignore")
            return re.compile(_translated(pattern.decode("latin-1")).encode("latin-1"), re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _translated(pattern: str) -> str:
    pieces: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            piece, position = _escape(pattern, position + 1)
            pieces.append(piece)
        elif character == "[":
            piece, position = _brackets(pattern, position)
            pieces.append(piece)
        elif pattern.startswith("(?<", position) and pattern[position + 3 : position + 4] not in ("=", "!"):
            pieces.append("(?P<")
            position += 3
        elif pattern.startswith("(*", position):
            raise ValueError(f'verbs such as "{pattern[position : position + 8]}" are not understood here')
        else:
            inline = re.compile(r"\(\?([a-zA-Z]*)(?:-([a-zA-Z]*))?\)").match(pattern, position)
            if inline is not None:
                piece, position = _inline(inline, pattern, position)
                pieces.append(piece)
            else:
                pieces.append(character)
                position += 1
    return "".join(pieces)


def _inline(match: re.Match[str], pattern: str, position: int) -> tuple[str, int]:
    """Return what (?i) and the like stand for: in Python, flags begin a group of their own."""
    on, off = match[1], match[2] or ""
    for flag in on + off:
        if flag not in "imsx":
            raise ValueError(f'the flag "{flag}" in {match[0]} is not understood here, expected i, m, s or x')
    depth, end, start, alternatives = 0, match.end(), match.end(), []
    while end < len(pattern):
        if pattern[end] == "\\":
            end += 1
        elif pattern[end] == "[":
            end = _end_of_brackets(pattern, end) - 1
        elif pattern[end] == "(":
            depth += 1
        elif pattern[end] == "|" and not depth:
            alternatives.append(pattern[start:end])
            start = end + 1
        elif pattern[end] == ")":
            depth -= 1
            if depth < 0:
                break
        end += 1
    alternatives.append(pattern[start:end])
    flags = on + (f"-{off}" if off else "")
    scoped = (f"(?{flags}:{_translated(each)})" if flags else _translated(each) for each in alternatives)
    return "|".join(scoped), min(end, len(pattern))


def _escape(pattern: str, position: int) -> tuple[str, int]:
    """Return what the escape behind a backslash stands for, and where the pattern goes on."""
    letter = pattern[position : position + 1]
    if letter == "":
        raise ValueError("a backslash at the end stands for nothing")
    if letter == "Q":
        end = pattern.find("\\E", position)
        quoted = pattern[position + 1 : len(pattern) if end < 0 else end]
        return re.escape(quoted), len(pattern) if end < 0 else end + 2
    if letter == "E":
        return "", position + 1
    if letter in _REFUSED:
        raise ValueError(f"{_REFUSED[letter]} is not understood here")
    braced = re.compile(r"x\{([0-9A-Fa-f]{1,6})\}").match(pattern, position)
    if braced is not None:
        return _byte(int(braced[1], 16)), braced.end()
    if letter == "x":
        digits = re.compile(r"[0-9A-Fa-f]{0,2}").match(pattern, position + 1)
        assert digits is not None
        return _byte(int(digits[0] or "0", 16)), digits.end()
    named = re.compile(r"k(?:<(\w+)>|\{(\w+)\}|'(\w+)')|g\{?([0-9]+)\}?").match(pattern, position)
    if named is not None:
        name = named[1] or named[2] or named[3]
        return (f"(?P={name})" if name else f"(?:\\{named[4]})"), named.end()
    if letter in _ESCAPES:
        return _ESCAPES[letter], position + 1
    if letter.isalnum() and letter not in "0123456789AbBdDwWafnrt":
        raise ValueError(f"\\{letter} is not understood here")
    return "\\" + letter, position + 1


def _byte(number: int) -> str:
    if number > 255:
        raise ValueError(f"\\x{{{number:x}}} is no byte, expected at most ff")
    return f"\\x{number:02x}"


def _end_of_brackets(pattern: str, position: int) -> int:
    """Return where a set that begins at `position` ends, behind its closing bracket."""
    position += 1
    if pattern[position : position + 1] == "^":
        position += 1
    if pattern[position : position + 1] == "]":
        position += 1
    while position < len(pattern) and pattern[position] != "]":
        if pattern[position] == "\\":
            position += 2
        elif pattern.startswith("[:", position) and ":]" in pattern[position:]:
            position = pattern.index(":]", position) + 2
        else:
            position += 1
    return position + 1


def _brackets(pattern: str, position: int) -> tuple[str, int]:
    end = _end_of_brackets(pattern, position)
    if end > len(pattern):
        raise ValueError('a set that begins with "[" has no closing "]"')
    body, pieces, index = pattern[position + 1 : end - 1], ["["], 0
    if body[:1] == "^":
        pieces.append("^")
        index = 1
    if body[index : index + 1] == "]":
        pieces.append("\\]")
        index += 1
    while index < len(body):
        if body.startswith("[:", index) and ":]" in body[index:]:
            close = body.index(":]", index)
            name = body[index + 2 : close]
            if name not in _CLASSES:
                raise ValueError(f"[:{name}:] is no class, expected one of {', '.join(_CLASSES)}")
            pieces.append(_CLASSES[name])
            index = close + 2
        elif body[index] == "\\":
            letter = body[index + 1 : index + 2]
            if letter in _IN_BRACKETS:
                pieces.append(_IN_BRACKETS[letter])
                index += 2
            elif letter == "":
                raise ValueError("a backslash at the end of a set stands for nothing")
            elif letter in "x" or letter in _REFUSED:
                piece, index = _escape(body, index + 1)
                pieces.append(piece)
            else:
                pieces.append("\\" + letter)
                index += 2
        else:
            # A set in a set has no meaning; Python may give it one some day.
            pieces.append("\\[" if body[index] == "[" else body[index])
            index += 1
    return "".join([*pieces, "]"]), end
