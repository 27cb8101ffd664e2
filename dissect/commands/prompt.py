"""What dissect adds to Python's prompt and to IPython: completion, what a misspelt name meant, the command line."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any

import dissect
from dissect.commands.completion import complete
from dissect.declaration.header import Header
from dissect.declaration.misspelt import unknown_field
from dissect.errors import DissectError
from dissect.packets.packet import Packet

__all__ = ["completer", "hint", "is_told_in_a_sentence", "load_ipython_extension", "of_user"]

_PACKAGE = f"{Path(__file__).parents[1]}{os.sep}"


def completer(space: dict[str, Any]) -> Callable[[str, int], str | None]:
    """Return a completer for `readline` that knows frames, and leaves all else to Python's own."""
    import readline
    import rlcompleter

    python = rlcompleter.Completer(space).complete
    found: list[str] = []

    def texts(token: str) -> list[str]:
        line = readline.get_line_buffer()[: readline.get_endidx()]
        known = complete(line, space)
        if known is None:
            return []
        # Readline replaces its token, which may begin before or behind the text that is completed.
        kept, behind = token[: max(len(token) - known.length, 0)], max(known.length - len(token), 0)
        return [kept + text[behind:] for text in known.texts]

    def each(token: str, state: int) -> str | None:
        if state == 0:
            found[:] = texts(token)
        if found:
            return found[state] if state < len(found) else None
        return python(token, state)

    return each


def hint(error: AttributeError) -> str | None:
    """Return what was probably meant by an attribute that a frame has not; None where nothing is near.

    >>> from dissect import Ethernet, IPv4
    >>> try:
    ...     (Ethernet() / IPv4()).ttl
    ... except AttributeError as error:
    ...     hint(error)
    'the IPv4 layer has it: write [IPv4].ttl'
    """
    frame, name = error.obj, error.name
    if frame is None:
        return _meant_by_assignment(str(error))
    if not isinstance(frame, (Header, Packet)) or not isinstance(name, str):
        return None
    for layer in frame.layers():
        if type(layer).declares(name):
            cls = type(layer).__name__
            return f"the {cls} layer has it: write [{cls}].{name}"
    inner = {field.name: type(layer).__name__ for layer in frame.layers() for field in layer.fields}
    own = {known for known in dir(frame) if not known.startswith("_")}
    near = get_close_matches(name, sorted(own | set(inner)), 1)
    if not near:
        return None
    return f"did you mean {near[0]!r}?" if near[0] in own else f"did you mean [{inner[near[0]]}].{near[0]}?"


def _meant_by_assignment(message: str) -> str | None:
    """Return what the name of a field meant that was assigned to: Python 3.11 tells class and name in words alone."""
    told = _NO_ATTRIBUTE.fullmatch(message)
    cls: Any = None if told is None else getattr(dissect, told[1], None)
    if told is None or not isinstance(cls, type) or not issubclass(cls, Header):
        return None
    return unknown_field(cls, told[2])


_NO_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")


def is_told_in_a_sentence(error: BaseException) -> bool:
    """Whether the error is dissect's own about what was typed, so that where in dissect it was raised helps nobody."""
    if isinstance(error, DissectError):
        return True
    if isinstance(error, AttributeError):
        return isinstance(error.obj, (Header, Packet))
    deepest = error.__traceback__
    while deepest is not None and deepest.tb_next is not None:
        deepest = deepest.tb_next
    is_refusal = isinstance(error, (KeyError, TypeError)) and deepest is not None and _is_of_dissect(deepest)
    return is_refusal and deepest is not None and deepest.tb_frame.f_code.co_name in _REFUSING


_REFUSING = ("__getitem__", "parse", "_not_positional")
"""The functions that raise what Python has an error of its own for."""


def _is_of_dissect(trace: TracebackType) -> bool:
    code = trace.tb_frame.f_code.co_filename
    return code.startswith((_PACKAGE, "<dissect."))


def of_user(error: BaseException, trace: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that is not inside dissect; all of it where the error may be dissect's fault."""
    if trace is None or not is_told_in_a_sentence(error):
        return trace
    kept = []
    each: TracebackType | None = trace
    while each is not None and not _is_of_dissect(each):
        kept.append(each)
        each = each.tb_next
    behind = None
    for each in reversed(kept):
        behind = TracebackType(behind, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return behind


def load_ipython_extension(shell: Any) -> None:
    """Teach an IPython shell or notebook kernel, as `%load_ext dissect` and `dissect repl` do.

    Completion and hints work then, and `%dissect` runs a sub-command in the shell's own process.
    """
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher()  # type: ignore[untyped-decorator]
    def matcher(context: Any) -> dict[str, Any]:
        before = context.full_text.split("\n")[: context.cursor_line]
        known = complete("\n".join([*before, context.text_until_cursor]), shell.user_ns)
        if known is None:
            return {"completions": []}
        fragment = context.text_until_cursor[len(context.text_until_cursor) - known.length :]
        return {
            "completions": [SimpleCompletion(text, type="dissect") for text in known.texts],
            "matched_fragment": fragment,
            "suppress": bool(known.texts),
        }

    def explain(shell: Any, kind: type, error: Exception, trace: Any, tb_offset: int | None = None) -> None:
        meant = hint(error) if isinstance(error, AttributeError) else None
        if meant is not None:
            error.add_note(meant)
        if is_told_in_a_sentence(error):
            trace = of_user(error, trace)
            error.__suppress_context__ = True
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    def run(line: str) -> None:
        """Run dissect as on the command line: `%dissect read FILE -Y "tcp.port == 80"`."""
        from dissect.commands.main import main

        try:
            arguments = shlex.split(line)
        except ValueError as error:
            print(f"dissect: {error} in {line!r}", file=sys.stderr)
            return
        main(arguments)

    shell.Completer.custom_matchers.append(matcher)
    shell.register_magic_function(run, magic_name="dissect")
    shell.set_custom_exc((AttributeError, DissectError, KeyError, TypeError), explain)
