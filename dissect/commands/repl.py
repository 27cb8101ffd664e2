"""Build and take apart frames at a Python prompt, with everything of dissect at hand."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from types import CodeType
from typing import Any

import dissect
from dissect.commands.declarations import add_declaration_options
from dissect.commands.prompt import hint, is_told_in_a_sentence, of_user

__all__ = ["add_parser", "names", "run"]

GREETING = """\
dissect: Ethernet, ARP, IPv4, ICMP, TCP, UDP, parse, read, write and the rest are imported; Ctrl-D ends.
Try  frame = Ethernet() / IPv4(dst="192.168.0.2") / TCP(dport=80, flags="S")
and then  frame.show(), frame.hexdump(), frame.diagram(), frame.source(), frame.explain("checksum"), frame.bits("flags")
or  paste()  for the frames in the hex text that you copied, or  ask(frame, "eth0")  for what answers it there."""


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "repl",
        help="a Python prompt with dissect's names imported",
        description=__doc__,
        epilog="What comes through a pipe is run without greeting or prompt. IPython is used where it is installed. "
        "Exit status: 0, or what the code says; 1 where it raised an error; 2 where it could not be run.",
    )
    parser.add_argument("-c", dest="code", metavar="CODE", help="run this Python and end")
    add_declaration_options(parser)


def names() -> dict[str, Any]:
    """Return what the prompt knows: the public names of dissect, and `dissect` itself."""
    public = getattr(dissect, "__all__", None) or [name for name in vars(dissect) if not name.startswith("_")]
    return {"dissect": dissect} | {name: getattr(dissect, name) for name in public}


def run(options: argparse.Namespace) -> int:
    """Run the prompt, the code, or what standard input holds."""
    if options.code is not None:
        return _execute(options.code, "<-c>")
    if not sys.stdin.isatty():
        return _execute(sys.stdin.read(), "<stdin>")
    return _converse()


def _execute(source: str, name: str) -> int:
    """Run a program; 1 after an exception, whose traceback is shown for it is of the user's own code."""
    space = names() | {"__name__": "__main__"}
    try:
        program: CodeType = compile(source, name, "exec")
        exec(program, space)
    except BrokenPipeError:
        raise
    except Exception as error:
        _show(error)
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return 0


def _show(error: BaseException) -> None:
    import traceback

    meant = hint(error) if isinstance(error, AttributeError) else None
    if meant is not None:
        error.add_note(meant)
    # The first entry is the line above that runs the program.
    behind = error.__traceback__.tb_next if error.__traceback__ is not None else None
    traceback.print_exception(type(error), error, of_user(error, behind))


def _converse() -> int:
    try:
        prompt = import_module("IPython")
        settings = import_module("traitlets.config").Config()
    except ImportError:
        prompt = None
    if prompt is None:
        # Outside of the handler: what is typed there would seem to fail because IPython is missing.
        return _plain()
    settings.TerminalInteractiveShell.banner1 = GREETING + "\n"
    settings.InteractiveShellApp.extensions = ["dissect"]
    prompt.start_ipython(argv=[], user_ns=names(), config=settings)
    return 0


def _plain() -> int:
    import code

    space = names()
    try:
        import readline
    except ImportError:
        # Python without readline: a prompt without completion is still a prompt.
        pass
    else:
        from dissect.commands.prompt import completer

        readline.set_completer(completer(space))
        readline.parse_and_bind("tab: complete")

    class Console(code.InteractiveConsole):
        def showtraceback(self) -> None:
            error = sys.exc_info()[1]
            if isinstance(error, AttributeError) or (error is not None and is_told_in_a_sentence(error)):
                _show(error)
                return
            super().showtraceback()

    Console(space).interact(banner=GREETING, exitmsg="")
    return 0
